"""Share links: what they hold about people."""

from django.utils.translation import gettext_lazy as _

from privacy import datamap as dm
from privacy.gate import rules
from privacy.gate.rules import Rule
from privacy.sharing import links
from privacy.sharing.models import ShareLink

dm.serves("privacy.sharing.links", "publishing")
dm.serves("privacy.sharing.views", "publishing")


rules.see(ShareLink, Rule(owner="made_by"))

dm.declare(
    ShareLink,
    label=_("Share links you made"),
    retention=[
        dm.Until(dm.Event.ACCOUNT),
        dm.For("RETENTION_INVITES_DAYS", since="expires_at"),
    ],
    remove=links.remove,
    subjects=["made_by"],
    purposes=["publishing"],
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="owner"),
        "made_by": dm.link(),
        "item_model": dm.technical("one of a few words"),
        "item_id": dm.link(),
        "created_at": dm.moment(),
        "expires_at": dm.moment(),
        "revoked_at": dm.moment(),
        "used": dm.technical("how many browsers opened it; not whose"),
    },
)
