"""Requests: what they hold about people, who sees them, how long they stay."""

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy import datamap as dm
from privacy.gate import rules
from privacy.gate.rules import Rule
from privacy.subject_requests import fulfilment_words
from privacy.subject_requests.models import Request, RequestStep

KEPT = timedelta(days=3 * 365)
UNCONFIRMED = Q(state=Request.State.UNCONFIRMED)
SHOWN = ~Q(kind__in=RequestStep.INTERNAL)

rules.see(Request, Rule(owner="user"))
rules.see(RequestStep, Rule(owner="request__user", only=SHOWN))

dm.declare(
    Request,
    label="Your requests",
    subjects=["user"],
    purposes=["rights"],
    basis=dm.Basis.LEGAL,
    retention=[
        dm.For(KEPT, since="closed_at", after=_("it was answered")),
        dm.For(timedelta(days=3), since="received_at", where=UNCONFIRMED, after=_("it was made")),
    ],
    erase=dm.Erase.CUSTOM,
    purge=fulfilment_words.purge,
    left=fulfilment_words.is_left,
    erased_how=_(
        "your name, your address and all words are removed, and so are words of others about you; "
        "that it was answered stays"
    ),
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="owner"),
        "reference": dm.identifier(seen_by="owner"),
        "kind": dm.Datum("user.privacy_preferences", dm.Erase.KEEP, seen_by="owner"),
        "law": dm.Datum("user.privacy_preferences", dm.Erase.KEEP, seen_by="owner"),
        "channel": dm.Datum("user.behavior", dm.Erase.KEEP, seen_by="owner"),
        "identity": dm.Datum("user.behavior", dm.Erase.KEEP, seen_by="owner"),
        "state": dm.Datum("user.behavior", dm.Erase.KEEP, seen_by="owner"),
        "user": dm.link(export=False),
        "about": dm.Datum(
            "user.unique_id", export=False, seen_by="staff", note=_("whose account a report names")
        ),
        "address": dm.Datum("user.contact.email", seen_by="owner"),
        "text": dm.Datum("user.content", seen_by="owner"),
        "purpose": dm.Datum("user.privacy_preferences", dm.Erase.KEEP, seen_by="owner"),
        "ground": dm.Datum("user.behavior", dm.Erase.KEEP, seen_by="owner"),
        "export": dm.Datum("user.unique_id", export=False, note="the copy itself is listed"),
        "received_at": dm.moment(),
        "acknowledge_by": dm.technical("a date we owe"),
        "answer_by": dm.technical("a date we owe"),
        "extended_at": dm.technical("a date of ours"),
        "closed_at": dm.technical("a date of ours"),
        "emptied_when_closed": dm.technical(),
    },
    order=70,
)

dm.declare(
    RequestStep,
    label="Steps of your requests",
    subjects=["request__user"],
    purposes=["rights"],
    basis=dm.Basis.LEGAL,
    retention=dm.Until(dm.Event.PARENT, of="request"),
    erase=dm.Erase.CUSTOM,
    purge=fulfilment_words.purge,
    erased_how="all words are removed; what was done when stays",
    exported=SHOWN,
    fields={
        "id": dm.technical(),
        "request": dm.link(),
        "kind": dm.Datum("user.behavior", dm.Erase.KEEP, seen_by="owner"),
        "by": dm.Datum("user.behavior", dm.Erase.KEEP, seen_by="owner"),
        "staff": dm.Datum(
            "user.unique_id", dm.Erase.KEEP, export=False, seen_by="nobody", note="who of the staff"
        ),
        "text": dm.Datum("user.content", seen_by="owner"),
        "detail": dm.Datum("user.behavior", dm.Erase.KEEP, seen_by="owner"),
        "at": dm.moment(),
    },
    order=69,
)
