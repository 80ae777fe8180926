"""Named lists of people. Each has a constant query count."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from allauth.account.models import EmailAddress
from django.db.models import (
    Case,
    Exists,
    Min,
    Model,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.http import Http404

from accounts.models import Block, Follow, Mute, Plays, Profile, RealName, User
from accounts.models.networks import Connection
from accounts.models.profiles import FIELDS
from accounts.walls import circle_of, in_circle
from privacy import compiled
from privacy.access import get_visible_or_404, marking, visible, with_visible_fields
from privacy.previews import previewed
from privacy.viewer import NOBODY, Viewer

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


def my_addresses(user: User) -> QuerySet[EmailAddress]:
    """Return a person's own e-mail addresses, the one in use first."""
    rows: QuerySet[EmailAddress] = EmailAddress.objects.filter(user=user)
    return rows.order_by("-primary", "pk")


def profile_for(viewer: Viewer, username: str) -> Profile:
    """Return a person's profile as this viewer sees it: hidden fields are emptied.

    Raises Http404 (or Gone) when there is nobody to see.
    """
    people = previewed(User.objects.all())
    person = get_visible_or_404(people, viewer, username__iexact=username)
    found = shown_profiles(Profile.objects.filter(user=person), viewer).get()
    person.played = found.user.played  # type: ignore[attr-defined]
    found.user = person
    return concealed(found)


def public_face(profile: Profile, viewer: Viewer) -> Profile | None:
    """Return somebody's profile as anybody sees it, for link previews; None where nobody may.

    `profile` is what `profile_for` answered this viewer: a visitor's view is anybody's.
    """
    if viewer == NOBODY:
        return profile
    rows = with_visible_fields(Profile.objects.filter(pk=profile.pk), NOBODY)
    found: Any = rows.first()
    if found is None:
        return None
    found.user = profile.user
    return concealed(found, [one for one in profile.user.played if one.for_anyone])  # type: ignore[attr-defined]


def shown_profiles(rows: QuerySet[Profile], viewer: Viewer) -> QuerySet[Profile]:
    """Return visible profiles, with who sees which field and, as `user.played`, the instruments."""
    plays = marking(visible(Plays, viewer), NOBODY, "for_anyone").order_by("place", "pk")
    played = Prefetch("user__plays", plays, "played")
    return with_visible_fields(rows, viewer).select_related("user").prefetch_related(played)


def concealed(profile: Any, played: Sequence[Plays] | None = None) -> Profile:
    """Empty the fields of a row of `shown_profiles` that its viewer may not see."""
    profile.instruments = list(profile.user.played if played is None else played)
    for name, columns in FIELDS.items():
        if not getattr(profile, f"sees_{name}"):
            for column in columns:
                setattr(profile, column, profile._meta.get_field(column).get_default())
            if name == "instruments":
                profile.instruments = []
    shown: Profile = profile
    return shown


def my_profile(user: Any) -> Profile:
    """Return the signed-in person's own profile, whole."""
    return Profile.objects.select_related("user").get(user=user)


def my_real_name(user: Any) -> str:
    """Return the signed-in person's own name, which nobody else is ever shown."""
    return RealName.objects.filter(user=user).values_list("name", flat=True).first() or ""


def my_shown_profile(viewer: Viewer) -> Profile:
    """Return the viewer's own profile as they see it, with their instruments.

    Raises Http404 for an app that is shown nothing of the person in whose name it looks.
    """
    found = shown_profiles(Profile.objects.filter(user=viewer.user_id), viewer).first()
    if found is None:
        raise Http404
    return concealed(found)


def find_person(viewer: Viewer, username: str) -> User:
    """Return a person by username, or raise the same Http404 for hidden and missing."""
    return get_visible_or_404(User, viewer, username__iexact=username)


def blocks(viewer: Viewer) -> QuerySet[Block]:
    """Return whom the viewer blocked, for `shown_person`: nobody else sees the list.

    They are named, blocked as they are; but a child only to its circle, from which people go.
    """
    met = Case(When(in_circle("blocked", viewer), then=Value(True)), default=Value(False))
    return visible(Block, viewer).select_related("blocked").annotate(shows_blocked=met)


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


def my_ties(viewer: Viewer) -> dict[str, Any]:
    """Return, as columns of people, what ties the viewer to them: `follow` (its state), `muted`."""
    mine = visible(Follow, viewer).filter(follower=viewer.user_id, followee=OuterRef("pk"))
    muted = visible(Mute, viewer).filter(muted=OuterRef("pk"))
    return {"follow": Subquery(mine.values("state")[:1]), "muted": Exists(muted)}


def connections(viewer: Viewer) -> QuerySet[Connection]:
    """Return the networks the viewer connected, each with its account there and what was kept."""
    rows = visible(Connection, viewer).select_related("account")
    return rows.prefetch_related("facts").order_by("account__date_joined", "pk")


def may_meet(person: User, others: Iterable[int]) -> bool:
    """Return whether somebody may meet all of these people: no child meets anybody outside its
    circle, in either direction. Asked wherever people come together: rooms, words, follows, bands.
    """
    keys = {*others} - {person.pk}
    if not keys:
        return True
    rows = User.objects.filter(pk__in=keys)
    theirs = rows.filter(in_circle("pk", Viewer(person.pk)))
    return theirs.filter(circle_of(person.pk)).count() == len(keys)


def begun() -> datetime | None:
    """Return when the first account was made: about nobody, but about the site."""
    first: datetime | None = User.objects.aggregate(first=Min("date_joined"))["first"]
    return first
