"""Accounts that nobody has come to for long."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Dormancy
from privacy import datamap as dm
from privacy import rules
from privacy.rules import Rule

rules.see(Dormancy, Rule(owner="user"))
dm.declare(
    Dormancy,
    label=_("Warnings that your account is unused"),
    subjects=["user"],
    purposes=["account"],
    basis=dm.Basis.INTEREST,
    retention=dm.For(
        "RETENTION_INACTIVE_DAYS",
        since="warned_at",
        after=_("the first warning, and only until you sign in again"),
    ),
    fields={
        "id": dm.technical(),
        "user": dm.link(export=False),
        "warned_at": dm.moment(),
        "leaves_at": dm.moment(),
        "warned_again_at": dm.moment(),
    },
    order=91,
)
