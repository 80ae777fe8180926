"""What the community app holds about people, and who sees it."""

from community.models import Favourite
from privacy import datamap as dm
from privacy import rules
from privacy.rules import Rule

rules.see(Favourite, Rule(owner="user", audience="user__profile__favourites_audience"))

dm.declare(
    Favourite,
    label="Your favourites",
    subjects=["user"],
    purposes=["publishing"],
    fields={
        "id": dm.technical(),
        "user": dm.link(),
        "recording": dm.link(),
        "created_at": dm.moment(),
    },
)
