"""What the accounts app holds about people, and who sees it; one module for each subject."""

from django.utils.translation import gettext_lazy as _

from accounts.privacy import (
    children,
    dormancy,
    entrance,
    finding,
    names,
    networks,
    partners,
    people,
    safety,
    suspensions,
    ties,
)
from accounts.services import guardianship, leaving
from accounts.walls import WALLS, followers_of, guardians_of, jammed_with
from privacy import datamap as dm
from privacy import erasure, rules
from privacy.audiences import Audience
from privacy.models import Erasure

__all__ = [
    "children",
    "dormancy",
    "entrance",
    "finding",
    "names",
    "networks",
    "partners",
    "people",
    "safety",
    "suspensions",
    "ties",
]

for each in WALLS:
    rules.wall(each)
rules.oversee(guardians_of)
rules.standard(Audience.FOLLOWERS, lambda model, owner: followers_of(owner))
rules.standard(Audience.JAMMED, lambda model, owner: jammed_with(owner))
erasure.hook(
    hide=leaving.hide,
    show=leaving.show,
    after=leaving.after,
    returns=(
        _("Your profile and its address, with all settings."),
        _("The people you follow, who follow you, and whom you blocked or muted."),
    ),
    ends=(_("Every sign-in: sign in again, also in apps."),),
)
erasure.hook(hide=guardianship.leaves, show=guardianship.comes_back, after=erasure.nothing)


dm.serves("accounts", "account", "publishing", "safety", "children")
# What people ask of us under the law: a parent's rights for a child, addresses of who leaves.
for module in (
    "services.addresses",
    "services.guardians",
    "services.guardianship",
    "services.children",
    "views.parents",
):
    dm.serves(f"accounts.{module}", "account", "publishing", "safety", "children", "rights")
dm.reads("accounts.services.leaving", Erasure, "its hooks are handed the leaving they serve")
