"""What the community app holds about people, and who sees it."""

from django.utils.translation import gettext_lazy as _

from community import importing, services
from community.models import Favourite
from privacy import datamap as dm
from privacy.gate import rules
from privacy.gate.rules import Rule
from privacy.portability.importing import register_importer

register_importer(Favourite, importing.bring_favourite, order=70)
rules.see(Favourite, Rule(owner="user", audience="user__profile__favourites_audience"))

dm.declare(
    Favourite,
    label=_("Your favourites"),
    remove=services.drop_row,
    subjects=["user"],
    purposes=["publishing"],
    fields={
        "id": dm.technical(),
        "user": dm.link(),
        "recording": dm.link(),
        "created_at": dm.moment(),
    },
)

dm.serves("community", "publishing")
