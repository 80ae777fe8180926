"""Writers of what people are found by. It is drawn anew whenever a profile changes."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.discovery import index_terms as finding
from accounts.discovery.models import COLUMNS, Findable
from accounts.identity.models import User
from accounts.profile.models import Plays, Profile
from privacy.gate.audiences import Audience

_FIRST = date(2020, 1, 6)  # a Monday


def week_of(moment: datetime) -> int:
    """Return the number of a week: all that is kept of when somebody was here last."""
    return (moment.date() - _FIRST).days // 7


def words_of(profile: Profile) -> dict[str, set[str]]:
    """Return what a person is found by: audience → words. What is for nobody isn't there."""
    played = Plays.objects.filter(user=profile.user_id).values_list("instrument", "level")
    drawn = [
        (Audience.PUBLIC, finding.named(profile.user.username)),
        (profile.stage_name_audience, finding.named(profile.stage_name)),
        (profile.instruments_audience, finding.played(played)),
        (profile.genres_audience, {f"g:{genre}" for genre in profile.genres}),
        (profile.languages_audience, {f"l:{language}" for language in profile.languages}),
        (profile.place_audience, finding.placed(profile.country, profile.town_id)),
    ]
    terms: dict[str, set[str]] = {audience: set() for audience in COLUMNS}
    for audience, words in drawn:
        if audience in terms:
            terms[audience] |= words
    terms[Audience.MEMBERS] |= terms[Audience.PUBLIC]
    return terms


@transaction.atomic
def draw(user: Any) -> None:
    """Write what a person is found by, or delete it: who doesn't want to be found has no row."""
    # The profile's row is locked, so that of two changes at once the later one is drawn last.
    profile = Profile.objects.select_for_update(of=["self"]).select_related("user").get(user=user)
    if not profile.findable or profile.user.is_child:
        Findable.objects.filter(user=user).delete()
        return
    words = words_of(profile)
    is_open = profile.is_available and profile.available_audience in COLUMNS
    Findable.objects.update_or_create(
        user=profile.user,
        defaults={
            **{column: sorted(words[audience]) for audience, column in COLUMNS.items()},
            "week": week_of(timezone.now()),
            "open_until": profile.available_until if is_open else None,
            "open_audience": profile.available_audience if is_open else Audience.MEMBERS,
        },
    )


def note_visits(batch: int = 500) -> int:
    """Note the week of their last sign-in for people who have signed in since; return how many.

    Looked for among those who signed in lately: the job runs each hour.
    """
    lately = timezone.now() - timedelta(days=2)
    here = User.objects.filter(last_login__gte=lately, findable__isnull=False)
    behind = here.filter(findable__week__lt=week_of(lately)).order_by("pk")
    keys = list(behind.values_list("pk", flat=True)[:batch])
    rows = Findable.objects.filter(pk__in=keys)
    return rows.update(week=week_of(timezone.now()))
