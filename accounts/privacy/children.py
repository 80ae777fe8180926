"""A child's place with a partner, and a parent's consent."""

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    ClassSeat,
    ConsentWithdrawal,
    Enrolment,
    ParentalConsent,
)
from accounts.privacy.partners import coordinators
from accounts.services import children
from accounts.walls import guardians_of
from privacy import datamap as dm
from privacy import notices, rules
from privacy.rules import Related, Rule

TEACHES = Q(part=ClassSeat.Part.TEACHER, ended=None)

rules.see(
    Enrolment,
    Rule(
        owner="child",
        also=(
            guardians_of("child_id"),
            coordinators("partner_id"),
            Related("accounts.ClassSeat", "school_class", "user", TEACHES, "school_class_id"),
        ),
    ),
)
rules.see(ParentalConsent, Rule(through="enrolment"))
rules.see(ConsentWithdrawal, Rule(through="consent"))
notices.reach_with(children.reach)

dm.declare(
    Enrolment,
    label=_("Your place with a school"),
    subjects=["child"],
    purposes=["children"],
    basis=dm.Basis.CONSENT,
    retention=[
        dm.Until(dm.Event.ACCOUNT),
        dm.For(
            timedelta(days=90),
            since="created_at",
            where=Q(child__isnull=True),
            after=_("it was entered, if no account was made"),
        ),
        dm.For(
            children.KEPT_WITHOUT_CONSENT,
            since="delete_at",
            ends=True,
            by=children.let_go,
            sure=False,
            after=_("a parent's consent was taken back; the account goes with it"),
        ),
    ],
    erase=dm.Erase.CUSTOM,
    purge=children.purge_enrolments,
    erased_how="deleted, with every consent",
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="participants"),
        "partner": dm.link(),
        "school_class": dm.link(),
        "reference": dm.Datum("user.childrens", seen_by="participants"),
        "guardian_email": dm.Datum(
            "user.contact.email", seen_by="participants", recipients=["mail"]
        ),
        "child": dm.link(export=False),
        "created_at": dm.moment(),
        "accepted_at": dm.moment(),
        "stopped_at": dm.moment(),
        "delete_at": dm.moment(),
        "answer_by": dm.moment(),
        "reminded_at": dm.moment(),
    },
    order=92,
)
dm.declare(
    ParentalConsent,
    label=_("Consents of your parent"),
    subjects=["enrolment__child"],
    purposes=["children"],
    basis=dm.Basis.LEGAL,
    retention=dm.Until(dm.Event.PARENT, of="enrolment"),
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="participants"),
        "enrolment": dm.link(),
        "scope": dm.Datum("user.privacy_preferences", seen_by="participants"),
        "method": dm.Datum("user.privacy_preferences", seen_by="participants"),
        "evidence": dm.Datum("user.childrens", seen_by="participants"),
        "given_on": dm.moment(),
        "text_version": dm.technical(),
        "text_sha256": dm.technical("of words that we wrote"),
        "recorded_by": dm.link(erase=dm.Erase.NULL),
        "recorded_at": dm.moment(),
    },
    order=91,
)
dm.declare(
    ConsentWithdrawal,
    label=_("Consents that your parent took back"),
    subjects=["consent__enrolment__child"],
    purposes=["children"],
    basis=dm.Basis.LEGAL,
    retention=dm.Until(dm.Event.PARENT, of="consent"),
    fields={
        "id": dm.technical(),
        "consent": dm.link(),
        "by": dm.Datum("user.privacy_preferences", seen_by="participants"),
        "person": dm.link(erase=dm.Erase.NULL),
        "at": dm.moment(),
    },
    order=90,
)
