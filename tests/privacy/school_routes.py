"""The addresses of schools and parents: who is answered, what of the children they read there, and
what they may do.

Whoever isn't named gets what a missing thing gets: 404; a child 403, as its account opens no such
page; who isn't signed in the way to signing in, and who is leaving the way out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from privacy.models import Export
from schools import parent_links
from schools.models import Enrolment
from schools.services import guardians
from tests.cast import AT_SCHOOL, Cast

CHILDREN = {"child", "classmate", "other-child", "far-child"}
# `barred` is a grown-up whom the child blocked.
ROLES = (*AT_SCHOOL, "owner", "stranger", "barred", "leaving", "anonymous")
GROWN_UP = {one for one in ROLES if one not in {*CHILDREN, "leaving", "anonymous"}}

Seen = Mapping[str, set[str]]  # role → the marks and children's names that it reads
Args = Callable[[Cast, Export], list[Any]]


@dataclass(frozen=True)
class Page:
    """One address of one thing; `writes`: it takes a form too, from the same people."""

    route: str
    of: str
    args: Args
    seen: Seen
    sign_in: bool = True
    writes: bool = False


@dataclass(frozen=True)
class Action:
    """What one may do to one thing, at an address that takes POST alone.

    `by`: whom it serves, and how it answers them when nothing is filled in.
    """

    route: str
    of: str
    args: Args
    by: Mapping[str, int]
    sign_in: bool = True


def _each(roles: set[str], marks: set[str]) -> Seen:
    return dict.fromkeys(roles, marks)


def _place(name: str) -> Args:
    return lambda cast, copy: [Enrolment.objects.get(child__username=name).public_id]


BROOK, HILL = {"mark-school-brook"}, {"mark-school-hill"}
WORK_THERE = {"teacher", "other-teacher", "coordinator"}
FAR = {"far-teacher", "far-coordinator"}
ADA = {"ada", "mark-reference-ada"}
BEN = {"ben", "mark-reference-ben"}
CLEO = {"cleo", "mark-reference-cleo"}
EMIL = {"emil", "mark-reference-emil"}
ALL_OF_ADA = {"ada", *(f"mark-{what}-ada" for what in ("bio", "gender", "stage", "status", "town"))}

PAGES = [
    Page("school", "brook", lambda cast, copy: [cast.school.partner.slug],
         _each(WORK_THERE, BROOK), writes=True),
    Page("school", "hill", lambda cast, copy: [cast.school.far.slug], _each(FAR, HILL),
         writes=True),
    Page("school_class", "5b", lambda cast, copy: [cast.school.first.public_id],
         _each({"teacher", "coordinator"}, BROOK | ADA | BEN), writes=True),
    Page("school_class", "6a", lambda cast, copy: [cast.school.second.public_id],
         _each({"other-teacher", "coordinator"}, BROOK | CLEO), writes=True),
    Page("school_class", "far", lambda cast, copy: [cast.school.third.public_id],
         _each(FAR, HILL | EMIL), writes=True),
    Page("school_child", "ada", _place("ada"),
         _each({"teacher", "coordinator"}, BROOK | ADA | {"mark-evidence-ada"})),
    Page("school_child", "cleo", _place("cleo"),
         _each({"other-teacher", "coordinator"}, BROOK | CLEO | {"mark-evidence-cleo"})),
    Page("ward", "ada", lambda cast, copy: [cast["child"].public_id],
         {"guardian": BROOK | {"ada"}}),
    Page("ward", "ben", lambda cast, copy: [cast["classmate"].public_id], {}),
    Page("ward_held", "ada", lambda cast, copy: [cast["child"].public_id, "accounts-profile"],
         {"guardian": ALL_OF_ADA}),
    Page("ward_copy", "ada", lambda cast, copy: [cast["child"].public_id, copy.public_id],
         {"guardian": {"ada", "mark-copy-ada"}}),
    # The secret of a letter opens the page to whoever holds it, and names no child.
    Page("parent_link", "ada",
         lambda cast, copy: [parent_links.token_of(cast.school.ada_enrolment)],
         _each(GROWN_UP | {"anonymous"}, BROOK), sign_in=False),
    Page("parent_link", "false", lambda cast, copy: [cast["child"].public_id], {},
         sign_in=False),
    # A guardian's link for one more adult: nor does it name the child.
    Page("guardian_link", "ada",
         lambda cast, copy: [guardians.invitation(cast["child"], cast["guardian"])],
         _each(GROWN_UP | {"anonymous"}, set()), sign_in=False),
    Page("partners", "all", lambda cast, copy: [],
         _each({*ROLES} - {"leaving"}, BROOK | HILL), sign_in=False),
    Page("report_child", "all", lambda cast, copy: [],
         _each({*ROLES} - {"leaving"}, set()), sign_in=False),
]  # fmt: skip
ACTIONS = [
    *(Action(route, "ada", _place("ada"), dict.fromkeys({"teacher", "coordinator"}, status))
      for route, status in {
          "create_child_account": 422, "renew_child_password": 200, "add_child_consent": 422,
          "change_child_parent": 422, "move_child": 422, "end_guardianship": 422,
          "withdraw_child_consent": 302,
      }.items()),
    *(Action(route, "ada", lambda cast, copy: [cast["child"].public_id], {"guardian": status})
      for route, status in {
          "order_ward_copy": 302, "rename_ward": 422, "withdraw_ward": 302,
          "withdraw_ward_profile": 302, "delete_ward": 302, "keep_ward": 302,
          "invite_guardian": 302, "stop_answering": 302,
      }.items()),
    *(Action(route, "ada", lambda cast, copy: [parent_links.token_of(cast.school.ada_enrolment)],
             dict.fromkeys(GROWN_UP | {"anonymous"}, 302), sign_in=False)
      for route in ("withdraw_by_link", "delete_by_link", "connect_by_link")),
    *(Action(route, "false", lambda cast, copy: [cast["child"].public_id], {}, sign_in=False)
      for route in ("withdraw_by_link", "delete_by_link", "connect_by_link")),
]  # fmt: skip
PLACED = {one.route for one in PAGES} | {one.route for one in ACTIONS}
