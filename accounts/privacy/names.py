"""Usernames that people gave up, and addresses they took away."""

from django.utils.translation import gettext_lazy as _

from accounts.models import FormerAddress, FormerName
from accounts.services import addresses, names
from privacy import datamap as dm
from privacy import desk, identifiers, rules
from privacy.rules import Rule

rules.see(FormerName, Rule(owner="user"))
rules.see(FormerAddress, Rule(owner="user"))
dm.declare(
    FormerName,
    label=_("Usernames you gave up"),
    subjects=["user"],
    purposes=["account", "safety"],
    retention=dm.For(
        "RETENTION_NAMES_DAYS",
        since="made_at",
        after=_("you gave it up; until then it is reserved"),
    ),
    fields={
        "id": dm.technical(),
        "user": dm.link(export=False),
        "name": dm.Datum("user.account.username", seen_by="owner"),
        "made_at": dm.moment(),
    },
    erase=dm.Erase.CUSTOM,
    purge=addresses.purge_names,
    erased_how=_("deleted; a keyed hash keeps the name reserved for the rest of its time"),
    order=91,
)
dm.declare(
    FormerAddress,
    label=_("Addresses you took away"),
    subjects=["user"],
    purposes=["rights"],
    basis=dm.Basis.INTEREST,
    fields={
        "id": dm.technical(),
        "user": dm.link(export=False),
        "sealed": dm.Datum(
            "user.contact.email",
            export=False,
            seen_by="nobody",
            note=_("encrypted; read once: what was written under it goes when you leave"),
        ),
        "made_at": dm.moment(),
    },
    order=91,
)
desk.corrected_by("accounts.user.username", names.correct)
identifiers.held_by(addresses.known)
identifiers.owned_by(addresses.owner_of)
