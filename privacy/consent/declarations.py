"""Consent and objection: what the evidence holds."""

from privacy import consent
from privacy import datamap as dm
from privacy.consent.models import ConsentRecord
from privacy.gate import rules
from privacy.gate.rules import Rule

rules.see(ConsentRecord, Rule(owner="user"))

dm.declare(
    ConsentRecord,
    label="What you agreed to and objected to",
    subjects=["user"],
    purposes=["rights"],
    basis=dm.Basis.LEGAL,
    erase=dm.Erase.CUSTOM,
    purge=consent.erase,
    erased_how="deleted",
    fields={
        "id": dm.technical(),
        "user": dm.link(export=False),
        "purpose": dm.choice(),
        "given": dm.choice(),
        "text_version": dm.choice(),
        "text_sha256": dm.choice(),
        "language": dm.choice(),
        "channel": dm.choice(),
        "form": dm.choice(),
        "against_signal": dm.choice(),
        "created_at": dm.moment(),
    },
    order=85,
)
