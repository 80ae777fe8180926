"""Looks of staff: what they hold about people, and who sees them."""

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now, TruncDate
from django.utils.translation import gettext_lazy as _

from privacy import datamap as dm
from privacy import rules
from privacy.models import Look
from privacy.rules import Rule

# A look that an order keeps secret shows itself on the day the order ends.
TOLD = Q(hidden_until__isnull=True) | Q(hidden_until__lte=TruncDate(Now()))

rules.see(Look, Rule(owner="user", only=TOLD))

dm.declare(
    Look,
    label="Looks of our staff at your data",
    subjects=["user"],
    purposes=["rights", "safety"],
    basis=dm.Basis.LEGAL,
    retention=dm.For(timedelta(days=730), since="at", after=_("it happened")),
    exported=TOLD,
    fields={
        "id": dm.technical(),
        "user": dm.link(export=False),
        "staff": dm.Datum(
            "user.unique_id",
            dm.Erase.BLANK,
            export=False,
            seen_by="nobody",
            note="who of the staff",
        ),
        "role": dm.Datum("user.account", seen_by="owner"),
        "model": dm.Datum("user.behavior", seen_by="owner"),
        "object_key": dm.technical("key of the row that was looked at"),
        "why": dm.Datum("user.behavior", seen_by="owner"),
        "reason": dm.Datum("user.content", seen_by="owner", note="written by staff for you"),
        "at": dm.moment(),
        "hidden_until": dm.technical("end of an order not to tell"),
    },
    order=60,
)
