"""Versions of the policy, and who was told of them: what they hold about people."""

from allauth.account.models import EmailAddress
from django.utils.translation import gettext_lazy as _

from privacy import datamap as dm
from privacy import notices
from privacy.gate import rules
from privacy.gate.rules import Rule
from privacy.policy.models import PolicyNotice, PolicyNoticeRun, PolicyRelease, TermsAgreement

dm.reads("privacy.policy.announcing", EmailAddress, "a new policy is told to confirmed addresses")


rules.see(PolicyNotice, Rule(owner="user"))

dm.not_personal(PolicyRelease, "Versions of the policy and the terms", "texts of the site itself")
dm.not_personal(PolicyNoticeRun, "How far telling everybody is", "counts")
dm.declare(
    PolicyNotice,
    label="Changes of the policy that you were told of",
    subjects=["user"],
    purposes=["rights"],
    basis=dm.Basis.LEGAL,
    fields={
        "id": dm.technical(),
        "run": dm.technical(),
        "user": dm.link(export=False),
        "told_at": dm.moment(),
        "seen_at": dm.moment(),
    },
    order=10,
)

rules.see(TermsAgreement, Rule(owner="user"))
dm.declare(
    TermsAgreement,
    label=_("Terms of service that you agreed to"),
    subjects=["user"],
    purposes=["account", "rights"],
    basis=dm.Basis.CONTRACT,
    fields={
        "id": dm.technical(),
        "user": dm.link(export=False),
        "number": dm.Datum("user.privacy_preferences", seen_by="owner"),
        "text_sha256": dm.technical("of words that we wrote"),
        "channel": dm.Datum("user.privacy_preferences", seen_by="owner"),
        "agreed_at": dm.moment(),
    },
    order=10,
)

notices.kind(
    "policy",
    while_leaving=True,
    why="Every account is told of this, whatever it chose.",
    title=_("Changes of what we promise"),
    text=_("A new privacy policy or new terms, with the day it begins, and time to leave before."),
)
