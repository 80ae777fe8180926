"""Versions of the policy, and who was told of them: what they hold about people."""

from django.utils.translation import gettext_lazy as _

from privacy import datamap as dm
from privacy import notices, rules
from privacy.models import PolicyNotice, PolicyNoticeRun, PolicyRelease
from privacy.rules import Rule

rules.see(PolicyNotice, Rule(owner="user"))

dm.not_personal(PolicyRelease, "Versions of the policy", "texts of the site itself")
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

notices.kind(
    "policy",
    while_leaving=True,
    why="Every account is told of this, whatever it chose.",
    title=_("Changes of what we promise"),
    text=_("A new privacy policy, with the day it begins, and time to leave before."),
)
