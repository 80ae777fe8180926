"""Named lists of profiles. Each has a constant query count."""

from collections.abc import Sequence
from typing import Any

from django.db.models import (
    Prefetch,
    QuerySet,
    TextField,
)
from django.http import Http404

from accounts.identity.models import User
from accounts.profile.models import FIELDS, Plays, Profile, RealName
from foundation.postgres.expressions import AmongKeys
from foundation.postgres.statements import Gap, Statement
from privacy.gate.access import marking, visible, with_visible_fields
from privacy.gate.statements import GatedStatement
from privacy.gate.viewer import NOBODY, Viewer
from privacy.sharing.previews import previewed

_PERSON = GatedStatement(
    lambda viewer: visible(previewed(User.objects.all()), viewer).filter(
        username__iexact=Gap("username", TextField())
    )
)
_PROFILE = GatedStatement(
    lambda viewer: with_visible_fields(Profile.objects.filter(user=Gap("person")), viewer)
)
_PLAYED = GatedStatement(lambda viewer: _played(viewer).filter(AmongKeys("user", Gap("keys"))))
_FINDABLE = GatedStatement(
    lambda viewer: (
        with_visible_fields(Profile.objects.filter(findable=True), viewer)
        .filter(AmongKeys("user", Gap("people")))
        .select_related("user")
    )
)
_MINE = Statement(lambda: Profile.objects.select_related("user").filter(user=Gap("person")))


def _played(viewer: Viewer) -> QuerySet[Plays]:
    """Return instruments in their order, each with whether anybody sees it."""
    return marking(visible(Plays, viewer), NOBODY, "for_anyone").order_by("place", "pk")


def profile_for(viewer: Viewer, username: str) -> Profile:
    """Return a person's profile as this viewer sees it: hidden fields are emptied.

    Raises Http404 (or Gone) when there is nobody to see.
    """
    person = _PERSON.first_or_404(viewer, username=username)
    (profile,) = _PROFILE.all(viewer, person=person.pk)
    _PLAYED.attach([person], viewer, "played", by="user_id")
    profile.user = person
    return concealed(profile)


def findable(viewer: Viewer, people: Sequence[int]) -> dict[int, Profile]:
    """Return the visible profiles of those of these people who may be found, by person.

    As `shown_profiles` gives them: who sees which field is marked, nothing is emptied.
    """
    rows: dict[int, Any] = {row.user_id: row for row in _FINDABLE.all(viewer, people=list(people))}
    _PLAYED.attach([row.user for row in rows.values()], viewer, "played", by="user_id")
    return rows


def public_face(profile: Profile, viewer: Viewer) -> Profile | None:
    """Return somebody's profile as anybody sees it, for link previews; None where nobody may.

    `profile` is what `profile_for` answered this viewer: a visitor's view is anybody's.
    """
    if viewer == NOBODY:
        return profile
    face: Any = _PROFILE.first(NOBODY, person=profile.user_id)
    if face is None:
        return None
    face.user = profile.user
    return concealed(face, [row for row in profile.user.played if row.for_anyone])  # type: ignore[attr-defined]


def shown_profiles(rows: QuerySet[Profile], viewer: Viewer) -> QuerySet[Profile]:
    """Return visible profiles, with who sees which field and, as `user.played`, the instruments."""
    played = Prefetch("user__plays", _played(viewer), "played")
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
    return _MINE.all(person=user.pk)[0]


def my_real_name(user: Any) -> str:
    """Return the signed-in person's own name, which nobody else is ever shown."""
    return RealName.objects.filter(user=user).values_list("name", flat=True).first() or ""


def my_shown_profile(viewer: Viewer) -> Profile:
    """Return the viewer's own profile as they see it, with their instruments.

    Raises Http404 for an app that is shown nothing of the person in whose name it looks.
    """
    profile = shown_profiles(Profile.objects.filter(user=viewer.user_id), viewer).first()
    if profile is None:
        raise Http404
    return concealed(profile)
