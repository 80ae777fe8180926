"""The access log: what it holds about people, and who sees it."""

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now, TruncDate
from django.utils.translation import gettext_lazy as _

from privacy import datamap as dm
from privacy.gate import rules
from privacy.gate.rules import Rule
from privacy.staff_access import disclosures  # noqa: F401  (it begins to record)
from privacy.staff_access.models import AccessLogEntry, Disclosure, LegalDisclosure

# An entry that an order keeps secret shows itself on the day the order ends.
TOLD = Q(hidden_until__isnull=True) | Q(hidden_until__lte=TruncDate(Now()))

rules.see(AccessLogEntry, Rule(owner="user", only=TOLD))

dm.declare(
    AccessLogEntry,
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


TOLD_OF = Q(told_at__isnull=False)

rules.see(Disclosure, Rule(owner="user"))
rules.see(LegalDisclosure, Rule(owner="user", only=TOLD_OF))

dm.declare(
    Disclosure,
    label="What outside services received",
    subjects=["user"],
    purposes=["rights"],
    basis=dm.Basis.LEGAL,
    retention=dm.For(timedelta(days=730), since="at", after=_("it happened")),
    fields={
        "id": dm.technical(),
        "user": dm.link(export=False),
        "provider": dm.Datum("user.behavior", seen_by="owner"),
        "recipient": dm.Datum("user.behavior", seen_by="owner"),
        "categories": dm.Datum("user.behavior", seen_by="owner"),
        "purpose": dm.Datum("user.behavior", seen_by="owner"),
        "basis": dm.Datum("user.behavior", seen_by="owner"),
        "at": dm.moment(),
        "failed": dm.Datum("user.behavior", seen_by="owner"),
    },
    order=60,
)

dm.declare(
    LegalDisclosure,
    label=_("What authorities and people in danger received"),
    subjects=["user"],
    purposes=["rights"],
    basis=dm.Basis.LEGAL,
    erase=dm.Erase.BLANK,
    erased_how="your name and what was asked are removed; that an authority asked stays on record",
    exported=TOLD_OF,
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="owner"),
        "user": dm.link(export=False),
        "ground": dm.Datum("user.behavior", dm.Erase.KEEP, seen_by="owner"),
        "authority": dm.Datum("user.behavior", dm.Erase.KEEP, seen_by="owner"),
        "law": dm.Datum("user.behavior", dm.Erase.KEEP, seen_by="owner"),
        "order": dm.content(),
        "asked": dm.content(),
        "asked_categories": dm.Datum("user.behavior", dm.Erase.KEEP, seen_by="owner"),
        "given_categories": dm.Datum("user.behavior", dm.Erase.KEEP, seen_by="owner"),
        "disclosed_at": dm.Datum("user.behavior", dm.Erase.KEEP, seen_by="owner"),
        "secret_until": dm.Datum("user.behavior", dm.Erase.KEEP, seen_by="owner"),
        "secret_because": dm.Datum("user.behavior", dm.Erase.KEEP, seen_by="owner"),
        "told_at": dm.Datum("user.behavior", dm.Erase.KEEP, seen_by="owner"),
        "recorded_by": dm.Datum(
            "user.unique_id", dm.Erase.KEEP, export=False, seen_by="nobody", note="who of the staff"
        ),
        "recorded_at": dm.technical(),
    },
    order=60,
)
