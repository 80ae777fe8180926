"""Named lists of follows, blocks and mutes. Each has a constant query count."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import (
    Case,
    Exists,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)

from accounts.connections.models import Block, Follow, Mute
from accounts.identity.models import User
from accounts.identity.queries import naming
from privacy.gate import rules
from privacy.gate.access import visible
from privacy.gate.deny_rules import CHILDREN
from privacy.gate.viewer import Viewer

M = TypeVar("M", bound=Model)


def blocks(viewer: Viewer) -> QuerySet[Block]:
    """Return whom the viewer blocked, for `shown_person`: nobody else sees the list.

    They are named, blocked as they are; but a child only to its circle, from which people go.
    """
    met = Case(
        When(rules.deny_rule(CHILDREN).rows("blocked", viewer), then=Value(True)),
        default=Value(False),
    )
    return visible(Block, viewer).select_related("blocked").annotate(shows_blocked=met)


def mutes(viewer: Viewer) -> QuerySet[Mute]:
    """Return whom the viewer muted; only they see that they did."""
    return naming(visible(Mute, viewer), viewer, "muted")


def followers(viewer: Viewer) -> QuerySet[Follow]:
    rows = visible(Follow, viewer).filter(followee=viewer.user_id)
    return naming(rows.filter(state=Follow.State.ACCEPTED), viewer, "follower")


def hears_of(person: int | None) -> QuerySet[User]:
    """Return the people who are told what somebody does: who follows them, and didn't mute them.

    What they may see of it is the gate's to say (`notices.tell_all` asks).
    """
    accepted = Follow.objects.filter(followee=person, state=Follow.State.ACCEPTED)
    muted = Mute.objects.filter(muted=person)
    return User.objects.filter(pk__in=accepted.values("follower")).exclude(
        pk__in=muted.values("muter")
    )


def following(viewer: Viewer) -> QuerySet[Follow]:
    """Return whom the viewer follows or asked to."""
    return naming(visible(Follow, viewer).filter(follower=viewer.user_id), viewer, "followee")


def follow_requests(viewer: Viewer, most: int = 50) -> QuerySet[Follow]:
    """Return who waits for an answer, longest first."""
    rows = visible(Follow, viewer).filter(followee=viewer.user_id, state=Follow.State.REQUESTED)
    return naming(rows, viewer, "follower").order_by("created_at", "pk")[:most]


def my_ties(viewer: Viewer) -> dict[str, Any]:
    """Return, as columns of people, what ties the viewer to them: `follow` (its state), `muted`."""
    mine = visible(Follow, viewer).filter(follower=viewer.user_id, followee=OuterRef("pk"))
    muted = visible(Mute, viewer).filter(muted=OuterRef("pk"))
    return {"follow": Subquery(mine.values("state")[:1]), "muted": Exists(muted)}


def may_meet(person: User, others: Iterable[int]) -> bool:
    """Return whether somebody may meet all of these people: no child meets anybody outside its
    circle, in either direction. Asked wherever people come together: rooms, words, follows, bands.
    """
    keys = {*others} - {person.pk}
    if not keys:
        return True
    rows = User.objects.filter(pk__in=keys)
    circle = rules.deny_rule(CHILDREN)
    theirs = rows.filter(circle.rows("pk", Viewer(person.pk)))
    return theirs.filter(circle.people(person.pk)).count() == len(keys)
