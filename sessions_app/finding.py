"""Sessions as somebody looks for them: what is live, and what is to come.

Both lists come from `sessions_app.queries`, through the gate; what is here narrows them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Least
from django.db.models.lookups import GreaterThan

from accounts.connections.models import Follow, JammedWith
from accounts.identity.queries import shown_people
from bands.models import BandMember
from foundation.paging import BY_MOMENT, Page, later_than, newest_first, place_of
from foundation.paging import PAGE_SIZE as PAGE
from privacy.gate import mutes
from privacy.gate.access import visible
from privacy.gate.viewer import Viewer
from sessions_app import queries
from sessions_app.models import Participant, Rsvp
from sessions_app.models.planning import not_over
from sessions_app.models.sessions import occupied_now, open_now, places_now

LIVE = 12  # on a page that shows what is to come, too
NOW = "now"


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for, each thing as optional as the others.

    - `when`: "now" is what can be entered; `since`, `until`: between which a planned one begins.
    - `only_planned`: a day that isn't today: what is live now is left out.
    - `slowest`, `fastest`: beats per minute; `free`: seats at least; `latency`: grade at worst.
    """

    when: str = ""
    since: datetime | None = None
    until: datetime | None = None
    only_planned: bool = False
    instrument: str = ""
    genre: str = ""
    slowest: int | None = None
    fastest: int | None = None
    audience: str = ""
    known: bool = False
    recording: str = ""
    free: int | None = None
    latency: int | None = None


def live(
    viewer: Viewer, wanted: Wanted, after: str | None = None, *, size: int = PAGE
) -> Page[Any]:
    """Return a page of the sessions in whose room somebody is now, the newest first."""
    return newest_first(live_rows(viewer, wanted), after, size=size)


def coming(viewer: Viewer, wanted: Wanted, after: str | None = None) -> Page[Any]:
    """Return a page of the planned sessions that nobody is in yet, the soonest first."""
    rows = coming_rows(viewer, wanted).order_by("starts_at", "pk")
    place = BY_MOMENT.read(after)
    if place is not None:
        rows = rows.filter(later_than(*place, moment="starts_at"))
    return BY_MOMENT.page(list(rows[: PAGE + 1]), PAGE, lambda row: place_of(row, "starts_at"))


def live_rows(viewer: Viewer, wanted: Wanted) -> QuerySet[Any]:
    """Return what is live and is what is looked for."""
    return _narrowed(queries.live_sessions(viewer), viewer, wanted)


def coming_rows(viewer: Viewer, wanted: Wanted) -> QuerySet[Any]:
    """Return what is planned and is what is looked for; its room may be open already."""
    ahead = Q(starts_at__isnull=False) & not_over() & ~occupied_now()
    rows = mutes.heard(queries.sessions(viewer), viewer, "host").filter(ahead)
    if wanted.when == NOW:
        rows = rows.filter(open_now())
    if wanted.since is not None:
        rows = rows.filter(starts_at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(starts_at__lt=wanted.until)
    return _narrowed(rows, viewer, wanted)


def _narrowed(rows: QuerySet[Any], viewer: Viewer, wanted: Wanted) -> QuerySet[Any]:
    rows = with_mine(rows, viewer).filter(_said(wanted))
    if wanted.instrument or wanted.free:
        rows = rows.annotate(free_seats=free_seats()).filter(is_locked=False)
        rows = rows.filter(free_seats__gte=wanted.free or 1)
    if wanted.instrument:
        rows = rows.filter(_seat_for(wanted.instrument))
    if wanted.known:
        rows = rows.filter(with_known(viewer))
    if wanted.latency:
        rows = rows.filter(latency__lte=wanted.latency)
    return rows


def _said(wanted: Wanted) -> Q:
    """Return the condition on what a session says of itself."""
    said = Q()
    for column, value in (
        ("genre", wanted.genre),
        ("tempo__gte", wanted.slowest),
        ("tempo__lte", wanted.fastest),
        ("audience", wanted.audience),
        ("recording_wish", wanted.recording),
    ):
        if value:
            said &= Q(**{column: value})
    return said


# Seats ------------------------------------------------------------------------------------


def free_seats() -> Any:
    """Return how many seats are free, as a column of `queries.sessions`.

    Where instruments are wanted, of those; else places in the room, as far as the viewer may know
    who has one.
    """
    in_room = places_now() - F("player_count")
    going = Rsvp.objects.filter(session=OuterRef("pk"), state=Rsvp.State.GOING)
    given = going.exclude(instrument="").order_by().values("session")
    number = Coalesce(Subquery(given.annotate(n=Count("pk")).values("n")), 0)
    wanted = Func(F("seats"), function="cardinality", output_field=IntegerField())
    return Case(
        When(seats=[], then=in_room),
        default=Least(wanted - number, in_room),
        output_field=IntegerField(),
    )


def _seat_for(instrument: str) -> Q:
    """Return the condition that one may come with an instrument: a seat for it, or for anything."""
    slug = Value(instrument, output_field=CharField())
    places = Func(
        F("seats"),
        slug,
        function="array_positions",
        output_field=ArrayField(IntegerField()),
    )
    wanted = Func(places, function="cardinality", output_field=IntegerField())
    going = Rsvp.objects.filter(
        session=OuterRef("pk"), state=Rsvp.State.GOING, instrument=instrument
    )
    taken = Coalesce(
        Subquery(going.order_by().values("session").annotate(n=Count("pk")).values("n")), 0
    )
    return Q(seats=[]) | (Q(seats__contains=[instrument]) & Q(GreaterThan(wanted, taken)))


# People -----------------------------------------------------------------------------------


def known_to(viewer: Viewer) -> QuerySet[Any]:
    """Return the keys of people the viewer follows, has played with, or is in a band with."""
    followed = Follow.objects.filter(follower=viewer.user_id, state=Follow.State.ACCEPTED)
    played = JammedWith.objects.filter(partner=viewer.user_id)
    bands = BandMember.objects.filter(user=viewer.user_id).values("band")
    mates = visible(BandMember, viewer).filter(band__in=bands).exclude(user=viewer.user_id)
    keys: QuerySet[Any] = followed.order_by().values_list("followee")
    return keys.union(
        played.order_by().values_list("person"), mates.order_by().values_list("user"), all=True
    )


def with_known(viewer: Viewer) -> Q:
    """Return the condition on sessions in which somebody has a seat whom the viewer knows."""
    seats = Participant.objects.filter(session=OuterRef("pk"), user__in=known_to(viewer))
    return Q(Exists(shown_people(seats.order_by(), viewer, "user")))


def with_mine(rows: QuerySet[Any], viewer: Viewer) -> QuerySet[Any]:
    """Add what a card asks of the viewer: `has_seat`, `is_removed`."""
    if not viewer.is_member:
        return rows
    mine = Participant.objects.filter(session=OuterRef("pk"), user=viewer.user_id)
    marked: QuerySet[Any] = rows.annotate(
        has_seat=Exists(mine), is_removed=queries.removed_here(viewer)
    )
    return marked
