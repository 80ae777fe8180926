"""Whom somebody may know in an audience of theirs, and how many the others are, roughly.

"Who is that now?" names the people whom the asker is shown in that audience anyway: their own
followers, whom they have played with, who plays on the take, the members of their band; of a band's
followers only who runs it may know. All others are told in round words: an exact number would tell,
by what is missing, who blocked whom.
"""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Follow, JammedWith, User
from bands.models import BandFollow, BandMember
from privacy.gate.access import visible
from privacy.gate.viewer import Viewer
from sessions_app.models import JamSession, Recording
from sessions_app.queries import credits, players_of

STEPS = (10, 50, 100, 500, 1000)
FEW = "few"


def known_to(viewer: Viewer, obj: Any) -> Q:
    """Return the condition on people: those whom the asker may know as people of this audience."""
    keys = [
        visible(Follow, viewer)
        .filter(followee=viewer.user_id, state=Follow.State.ACCEPTED)
        .values("follower"),
        visible(Follow, viewer)
        .filter(follower=viewer.user_id, state=Follow.State.ACCEPTED)
        .values("followee"),
        visible(JammedWith, viewer).filter(person=viewer.user_id).values("partner"),
        *_taking_part(viewer, obj),
        *_of_its_band(viewer, obj),
    ]
    known = Q()
    for some in keys:
        known |= Q(pk__in=some.order_by())
    return known


def _taking_part(viewer: Viewer, obj: Any) -> list[QuerySet[Any, Any]]:
    if isinstance(obj, Recording):
        return [credits(viewer).filter(recording=obj).values("player")]
    if isinstance(obj, JamSession):
        return [players_of(viewer, obj).values("user")]
    return []


def _of_its_band(viewer: Viewer, obj: Any) -> list[QuerySet[Any, Any]]:
    band = getattr(obj, "band_id", None)
    if band is None:
        return []
    followers = visible(BandFollow, viewer).filter(band=band, state=BandFollow.State.ACCEPTED)
    return [
        visible(BandMember, viewer).filter(band=band).values("user"),
        followers.values("follower"),
    ]


def shown_of(people: QuerySet[User], viewer: Viewer, obj: Any) -> QuerySet[User]:
    """Return those of the people whom the asker may know there and who may be shown to them."""
    return visible(User, viewer).filter(known_to(viewer, obj), pk__in=people.values("pk"))


def roughly(count: int) -> int | str:
    """Return a number in round words: 0 for none, FEW below the first step, else the step passed.

    >>> [roughly(n) for n in (0, 1, 9, 10, 49, 50, 12_345)]
    [0, 'few', 'few', 10, 10, 50, 1000]
    """
    if count < STEPS[0]:
        return FEW if count else 0
    return max(step for step in STEPS if step <= count)
