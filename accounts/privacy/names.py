"""Usernames that people gave up."""

from django.utils.translation import gettext_lazy as _

from accounts.models import FormerName
from privacy import datamap as dm
from privacy import rules
from privacy.rules import Rule

rules.see(FormerName, Rule(owner="user"))
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
    order=91,
)
