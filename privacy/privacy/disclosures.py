"""The record of disclosures: what it holds about people."""

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy import datamap as dm
from privacy import disclosures, rules  # noqa: F401  (disclosures begins to record)
from privacy.models import Disclosure, LegalDisclosure
from privacy.rules import Rule

TOLD = Q(told_at__isnull=False)

rules.see(Disclosure, Rule(owner="user"))
rules.see(LegalDisclosure, Rule(owner="user", only=TOLD))

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
    exported=TOLD,
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
