"""Play tonight: into the best room for somebody, or into a new one that others are asked to.

Whoever asks is locked first, so that a second tap finds what the first one did.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _lazy

from accounts.connections.models import Mute
from accounts.discovery.index_terms import Wanted as WantedPeople
from accounts.discovery.queries import found as people_found
from accounts.models import Plays, Profile, User
from foundation import limits
from privacy import notices
from privacy.gate.access import visible
from privacy.gate.audiences import Audience
from privacy.gate.viewer import Via, Viewer
from privacy.notices import name_of
from privacy.notices.models import Notice
from sessions_app import finding, queries
from sessions_app.models import JamSession, Participant
from sessions_app.models.sessions import open_now, places_now
from sessions_app.permissions import OPEN
from sessions_app.services import rsvps, sessions

TRIED = 5  # rooms, the best first: a seat may go between the question and the answer
JUST_NOW = timedelta(minutes=2)  # a second tap, not a second wish

OPEN_ONES = 40  # people looked at, of whom a few are asked


@dataclass(frozen=True)
class Evening:
    """What became of it: the room, whether it is a new one, and whether people are asked to it."""

    session: JamSession
    is_new: bool = False
    asks: bool = False


def play(user: User) -> Evening:
    """Take a seat in the best open room, or open one and ask people who are open to jam.

    Idempotent within two minutes. Raises TooMany.
    """
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        here = _seated_now(user)
        if here is not None:
            return Evening(here)
        limits.TONIGHT.spend(user.pk)
        for room in best_rooms(Viewer.of(user)):
            if _take_seat(room, user):
                return Evening(room)
        made = sessions.open_by_hand(
            user, title="", about="", audience=Audience.MEMBERS, genre=_first_genre(user)
        )
        return Evening(made, is_new=True, asks=ask_people(made, user))


def _seated_now(user: User) -> JamSession | None:
    """Return the open room that somebody hosts, or took a seat in a moment ago."""
    mine = Participant.objects.filter(session=OuterRef("pk"), user=user)
    lately = mine.filter(joined_at__gt=timezone.now() - JUST_NOW)
    hosted = Q(host=user, starts_at=None, is_standing=False)
    rooms = visible(JamSession, Viewer.of(user)).filter(open_now(), hosted | Exists(lately))
    return rooms.order_by("-created_at", "-pk").first()


# Rooms ------------------------------------------------------------------------------------


def best_rooms(viewer: Viewer) -> list[Any]:
    """Return the rooms that somebody could enter now, the best first.

    With people they know before others, then what they play, then those who sound close, then the
    newest. None of a host or player whom a deny rule keeps apart from them.
    """
    rows: QuerySet[Any] = queries.live_sessions(viewer)
    rows = finding.with_mine(rows, viewer).filter(
        is_locked=False, asks_first=False, approval=False, is_removed=False,
        audience__in=sorted(OPEN), player_count__lt=places_now(),
    )  # fmt: skip
    rows = rows.annotate(everybody=_everybody()).filter(everybody=F("player_count"))
    rows = rows.filter(Q(starts_at=None) | open_now()).annotate(
        knows=_whether(finding.with_known(viewer)),
        fits=_whether(Q(genre__in=_genres(viewer))),
    )
    near = F("latency").asc(nulls_last=True)
    return list(rows.order_by("-knows", "-fits", near, "-created_at", "-pk")[:TRIED])


def _everybody() -> Any:
    seats = Participant.objects.filter(session=OuterRef("pk")).order_by().values("session")
    return Coalesce(Subquery(seats.annotate(n=Count("pk")).values("n")), 0)


def _whether(condition: Q) -> Case:
    return Case(
        When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()
    )


def _genres(viewer: Viewer) -> list[str]:
    own = Profile.objects.filter(user=viewer.user_id).values_list("genres", flat=True).first()
    return list(own or [])


def _first_genre(user: User) -> str:
    """Return what a room for members may say is played: what their host tells all members."""
    told = Profile.objects.filter(
        user=user, genres_audience__in=[Audience.PUBLIC, Audience.MEMBERS]
    )
    return next(iter(told.values_list("genres", flat=True).first() or []), "")


def _take_seat(room: Any, user: User) -> bool:
    """Take a seat in a room; return whether there was one for what somebody plays."""
    if room.has_seat:
        return True
    try:
        with transaction.atomic():
            if room.starts_at is None:
                sessions.join(room, user)
                return True
            return any(_answer(room, user, slug) for slug in _seats_for(room, user))
    except sessions.NoSeat:
        return False


def _answer(room: JamSession, user: User, slug: str) -> bool:
    if not rsvps.has_room(room, slug):
        return False
    return rsvps.answer(room, user, "going", instrument=slug).state == "going"


def _seats_for(room: JamSession, user: User) -> list[str]:
    """Return the seats of a planned room that somebody could fill, what they play first."""
    plays = list(
        Plays.objects.filter(user=user).order_by("place", "pk").values_list("instrument", flat=True)
    )
    return [slug for slug in plays if slug in room.seats] if room.seats else (plays or [""])[:1]


# People -----------------------------------------------------------------------------------


def ask_people(session: JamSession, host: User) -> bool:
    """Have people who are open to jam asked to a new room; return whether they are.

    The job asks the gate of each; the words name nobody.
    """
    if host.is_child:
        return False
    try:
        limits.ASKING_TO_JAM.spend(host.pk)
    except limits.TooMany:
        return False
    notices.tell_all("tonight", session)
    return True


def _to_be_asked(session: JamSession) -> QuerySet[User]:
    """Return who is asked to a room: a few who let its host find them, each at most so often.

    None who doesn't want to hear of the host. Who was told of this room stays among them, as long
    as they are open to jam.
    """
    host = session.host
    if host is None or not session.is_open:
        return User.objects.none()
    page = people_found(Viewer.of(host, Via.JOB), WantedPeople(open_now=True), None, size=OPEN_ONES)
    told = Notice.objects.filter(kind="tonight", about=name_of(session), user__in=page.items)
    here = set(told.values_list("user_id", flat=True))
    often = _told_often(page.items) | set(
        Mute.objects.filter(muted=host).values_list("muter_id", flat=True)
    )
    others = [key for key in page.items if key not in here and key not in often]
    new = others[: max(0, limits.ASKED_AT_ONCE - len(here))]
    return User.objects.filter(pk__in=[*here, *new])


def _told_often(people: Sequence[int]) -> set[int]:
    since = timezone.now() - limits.ASKED_TO_JAM_IN
    lately = Notice.objects.filter(kind="tonight", created_at__gt=since, user__in=people)
    counted = lately.order_by().values("user").annotate(n=Count("pk"))
    return set(counted.filter(n__gte=limits.ASKED_TO_JAM).values_list("user", flat=True))


notices.kind(
    "tonight",
    choosable=True,
    mail=False,
    title=_lazy("Somebody to play with now"),
    text=_lazy("While you are open to jam: somebody you may play with opened a room."),
    to=_to_be_asked,
    told=(
        _lazy("Somebody opened a room and looks for players"),
        _lazy("You said that you are open to jam. Come in if you like; nobody is told if not."),
    ),
)
