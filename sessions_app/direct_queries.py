"""Who lets whom connect with them directly, and so see their network address.

It is asked about people whom the gate lets each other know of (`queries.who_may_meet`); what is
read here says nothing about anybody else.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from accounts.models import Follow, User
from bands.models import BandMember
from privacy.gate.access import visible
from privacy.gate.viewer import Viewer
from sessions_app.models import DirectAnswer, DirectChoice, JamSession

ACCEPTED = Follow.State.ACCEPTED


@dataclass(frozen=True)
class Path:
    """How one person stands with another: `mine` and `theirs` say who lets the other be direct.

    `asks`: whether the first was never asked about the other, in this session.
    """

    mine: bool = False
    theirs: bool = False
    asks: bool = False

    @property
    def is_direct(self) -> bool:
        return self.mine and self.theirs


RELAYED = Path()


def goes_direct(user: User) -> bool:
    """Return whether somebody goes direct with people they know. A child never does."""
    rows = DirectChoice.objects.exclude(user__age_group=User.AgeGroup.CHILD)
    return rows.filter(user=user.pk, known=True).exists()


def may_go_direct(user: User) -> bool:
    """Return whether somebody is asked at all: a child's address is shown to nobody."""
    return user.age_group != User.AgeGroup.CHILD


def my_answers(viewer: Viewer) -> dict[str, int]:
    """Return to how many people the viewer said yes and no, those too that they see no more."""
    rows = visible(DirectAnswer, viewer)
    yes, no = Count("pk", filter=Q(yes=True)), Count("pk", filter=Q(yes=False))
    return rows.order_by().aggregate(agreed=yes, declined=no)


def paths(user: User, session: JamSession, people: Iterable[int]) -> dict[int, Path]:
    """Return how a person stands with each of some others in a session, by key.

    In as many queries for seven as for one. Somebody with or as a child has `RELAYED`.
    """
    others = [key for key in set(people) if key != user.pk]
    if not others or not may_go_direct(user):
        return dict.fromkeys(others, RELAYED)
    grown = set(
        User.objects.filter(pk__in=others)
        .exclude(age_group=User.AgeGroup.CHILD)
        .values_list("pk", flat=True)
    )
    said = _said(user, grown)
    known = _known(user, grown)
    choices = DirectChoice.objects.filter(user__in=[user.pk, *grown], known=True)
    easy = set(choices.values_list("user", flat=True))

    def agrees(one: int, other: int) -> bool:
        answer = said.get((one, other))
        if answer is not None and not answer.yes:
            return False
        if answer is not None and answer.session_id == session.pk:
            return True
        acquainted = answer is not None or (other if one == user.pk else one) in known
        return one in easy and acquainted

    found = dict.fromkeys(others, RELAYED)
    for key in grown:
        mine, before = agrees(user.pk, key), said.get((user.pk, key))
        asks = not mine and (before is None or (before.yes and before.session_id != session.pk))
        found[key] = Path(mine, agrees(key, user.pk), asks)
    return found


def _said(user: User, others: Iterable[int]) -> dict[tuple[int, int], DirectAnswer]:
    mine = Q(person=user.pk, other__in=others)
    theirs = Q(person__in=others, other=user.pk)
    rows = DirectAnswer.objects.filter(mine | theirs)
    return {(row.person_id, row.other_id): row for row in rows}


def _known(user: User, others: Iterable[int]) -> set[int]:
    """Return those who know a person: both follow each other, or they are in a band together."""
    follows = Follow.objects.filter(state=ACCEPTED)
    back = follows.filter(follower=OuterRef("pk"), followee=user.pk)
    there = follows.filter(follower=user.pk, followee=OuterRef("pk"))
    own = BandMember.objects.filter(user=user.pk).values("band")
    together = BandMember.objects.filter(user=OuterRef("pk"), band__in=own)
    friends = Q(Exists(there) & Exists(back)) | Q(Exists(together))
    rows = User.objects.filter(friends, pk__in=others)
    return set(rows.values_list("pk", flat=True))
