"""Named lists of people. Each has a constant query count."""

from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Case, Exists, Min, Model, OuterRef, QuerySet, Subquery, Value, When

from accounts.models import Block, Follow, Mute, Profile, User
from privacy import compiled
from privacy.access import get_visible_or_404, visible, with_visible_fields
from privacy.previews import previewed
from privacy.viewer import Viewer

M = TypeVar("M", bound=Model)


def naming(rows: QuerySet[M], viewer: Viewer, person: str) -> QuerySet[M]:
    """Add whether the person that a column names may be shown, for `shown_person`.

    The rows came through the gate; who they name may all the same be leaving, or blocked.
    """
    shown = Case(
        When(compiled.stands_open(rows.model, person, viewer), then=Value(True)),
        default=Value(False),
    )
    named: QuerySet[M] = rows.select_related(person).annotate(**{f"shows_{person}": shown})
    return named


def shown_person(row: Any, person: str) -> Any:
    """Return the person a row names (from `naming`), or None when there is nobody to show."""
    return getattr(row, person) if getattr(row, f"shows_{person}") else None


def shown_people(rows: QuerySet[M], viewer: Viewer, person: str) -> QuerySet[M]:
    """Return the rows whose person may be shown: who plays, who was asked, who is in a room."""
    return rows.filter(compiled.stands_open(rows.model, person, viewer))


def profile_for(viewer: Viewer, username: str) -> Profile:
    """Return a person's profile as this viewer sees it: hidden fields are emptied.

    Raises Http404 (or Gone) when there is nobody to see.
    """
    people = previewed(User.objects.all())
    person = get_visible_or_404(people, viewer, username__iexact=username)
    rows = with_visible_fields(Profile.objects.filter(user=person), viewer)
    profile = rows.get()
    profile.user = person
    for name in ("photo", "bio", "status"):
        if not getattr(profile, f"sees_{name}"):
            setattr(profile, name, "")
    return profile


def my_profile(user: Any) -> Profile:
    """Return the signed-in person's own profile, whole."""
    return Profile.objects.select_related("user").get(user=user)


def find_person(viewer: Viewer, username: str) -> User:
    """Return a person by username, or raise the same Http404 for hidden and missing."""
    return get_visible_or_404(User, viewer, username__iexact=username)


def blocks(viewer: Viewer) -> QuerySet[Block]:
    """Return whom the viewer blocked. They are named: only the blocker sees the list."""
    return visible(Block, viewer).select_related("blocked")


def mutes(viewer: Viewer) -> QuerySet[Mute]:
    """Return whom the viewer muted; only they see that they did."""
    return naming(visible(Mute, viewer), viewer, "muted")


def followers(viewer: Viewer) -> QuerySet[Follow]:
    rows = visible(Follow, viewer).filter(followee=viewer.user_id)
    return naming(rows.filter(state=Follow.State.ACCEPTED), viewer, "follower")


def following(viewer: Viewer) -> QuerySet[Follow]:
    """Return whom the viewer follows or asked to."""
    return naming(visible(Follow, viewer).filter(follower=viewer.user_id), viewer, "followee")


def follow_requests(viewer: Viewer, most: int = 50) -> QuerySet[Follow]:
    """Return who waits for an answer, longest first."""
    rows = visible(Follow, viewer).filter(followee=viewer.user_id, state=Follow.State.REQUESTED)
    return naming(rows, viewer, "follower").order_by("created_at", "pk")[:most]


def my_ties(viewer: Viewer, other: User) -> dict[str, Any]:
    """Return what ties the viewer to somebody: the state of their follow, and whether muted."""
    mine = visible(Follow, viewer).filter(follower=viewer.user_id, followee=OuterRef("pk"))
    muted = visible(Mute, viewer).filter(muted=OuterRef("pk"))
    follow = Subquery(mine.values("state")[:1])
    rows = User.objects.filter(pk=other.pk).annotate(follow=follow, muted=Exists(muted))
    return dict(rows.values("follow", "muted").get())


def begun() -> datetime | None:
    """Return when the first account was made: about nobody, but about the site."""
    first: datetime | None = User.objects.aggregate(first=Min("date_joined"))["first"]
    return first
