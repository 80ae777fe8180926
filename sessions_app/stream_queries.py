"""Who may hear a session live, and whose sound may be in what is heard."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.models import User
from privacy.gate.access import get_visible_or_404, visible
from privacy.gate.audiences import Audience
from privacy.gate.viewer import Viewer
from sessions_app.live import store
from sessions_app.live.store import Stream
from sessions_app.models import JamSession, Participant, StreamConsent
from sessions_app.models.sessions import occupied_now
from sessions_app.queries import who_may_meet


def for_listeners() -> Q:
    """Return the condition on sessions that have a page for listeners: public ones, by a wish."""
    return Q(audience=Audience.PUBLIC, listeners=True)


def with_listeners(viewer: Viewer) -> QuerySet[JamSession]:
    """Return the sessions that a viewer could listen to, while something is sent."""
    return visible(JamSession, viewer).filter(for_listeners())


def may_be_sent(session: Any) -> bool:
    """Return whether a session (a key) can have a stream now, whoever would listen."""
    return JamSession.objects.filter(for_listeners(), occupied_now(), pk=session).exists()


def heard(session: Any, among: Iterable[int] | None = None) -> set[int]:
    """Return those (keys) whose sound listeners of a session (a key) may hear.

    A yes, a seat, an account that can be met, and no child's: whatever of it goes, they do.
    """
    rows = StreamConsent.objects.filter(User.present("user__"), session=session, yes=True)
    rows = rows.exclude(user__age_group=User.AgeGroup.CHILD)
    if among is not None:
        rows = rows.filter(user__in=list(among))
    seats = Participant.objects.filter(session=session).values("user")
    return set(rows.filter(user__in=seats).values_list("user_id", flat=True))


def answers(session: Any) -> dict[int, bool]:
    """Return who said yes or no to being heard in a session (a key): keys alone, for its room."""
    rows = StreamConsent.objects.filter(session=session)
    return dict(rows.values_list("user_id", "yes"))


def my_answers(viewer: Viewer, session: Any) -> bool | None:
    """Return what the viewer answered for a session (a key)."""
    row = visible(StreamConsent, viewer).filter(session=session, user=viewer.user_id).first()
    return None if row is None else row.yes


def live(viewer: Viewer, public_id: str) -> tuple[JamSession, Stream]:
    """Return a session and its stream, as it may be heard by a viewer now, or raise Http404.

    Everybody who is in it must have said yes and meet the viewer: a block of one of them is a block
    of the whole, as one sound holds them all. What isn't there is answered as what is hidden.
    """
    rows = with_listeners(viewer).filter(occupied_now())
    session = get_visible_or_404(rows, viewer, public_id=public_id)
    stream = store.of(session.pk)
    if stream is None or not hears(viewer, stream):
        raise Http404
    return session, stream


def hears(viewer: Viewer, stream: Stream) -> bool:
    """Return whether all who are in a stream may be in it, and be heard by this viewer."""
    return stream.voices <= heard(stream.session, stream.voices) and meets(viewer, stream.voices)


def meets(viewer: Viewer, people: Iterable[int]) -> bool:
    """Return whether no deny rule stands between a viewer and any of these people (keys)."""
    others = set(people) - {viewer.user_id}
    if not others or not viewer.is_member:
        return True
    return others <= set(who_may_meet(viewer, others))
