"""Suspensions: the person reads all of it; who of the staff acted is not told by name."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Suspension
from accounts.services.suspensions import KEPT
from privacy import datamap as dm
from privacy import rules
from privacy.rules import Rule

rules.see(Suspension, Rule(owner="user"))
dm.declare(
    Suspension,
    label=_("Suspensions of your account"),
    subjects=["user"],
    purposes=["safety"],
    basis=dm.Basis.INTEREST,
    retention=dm.For(KEPT, since="ended_at", after=_("it ended")),
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="owner"),
        "user": dm.link(export=False),
        "ground": dm.Datum("user.behavior", seen_by="owner"),
        "reason": dm.Datum("user.behavior", seen_by="owner"),
        "set_by": dm.Datum(
            "user.unique_id",
            dm.Erase.NULL,
            export=False,
            seen_by="nobody",
            note=_("which member of our staff"),
        ),
        "begins_at": dm.moment(),
        "ends_at": dm.moment(),
        "ended_at": dm.moment(),
        "appeal": dm.Datum("user.content", seen_by="owner"),
        "appealed_at": dm.moment(),
        "answer": dm.Datum("user.behavior", seen_by="owner"),
        "answered_at": dm.moment(),
        "answered_by": dm.Datum(
            "user.unique_id",
            dm.Erase.NULL,
            export=False,
            seen_by="nobody",
            note=_("which member of our staff"),
        ),
    },
    order=91,
)
