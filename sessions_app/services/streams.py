"""The stream for a session's listeners: who agrees to be in it, who sends it, when it ends.

Consent is a row; what is on the air lies in Valkey (`live.store`) and is held against the rows for
each part that comes and each playlist that is asked for. So a yes that is taken back, a seat that
goes or an account that is stopped ends what holds that voice, whichever way it came about.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import limits
from foundation.live import tell
from privacy.gate.audiences import Audience
from privacy.gate.viewer import Viewer
from sessions_app import room_queries, stream_queries
from sessions_app.live import store
from sessions_app.live.store import Stream
from sessions_app.models import JamSession, StreamConsent
from sessions_app.queries import who_may_meet
from sessions_app.services.hosting import hold_as_host
from sessions_app.services.recording import Refused

CONSENT_TEXT = "2026-12"  # version of the question (frontend/jam/stream-words.ts)
REACTIONS = ("applause", "love", "fire", "wow", "more")


@transaction.atomic
def allow(session: JamSession, by: User, *, on: bool) -> None:
    """Let a session have listeners, or no longer. Idempotent. Raises Refused."""
    limits.STREAM_CHANGES.spend(by.pk)
    held = hold_as_host(session, by)
    if on and held.audience != Audience.PUBLIC:
        raise Refused(_("Only a public session can have listeners. Nothing was changed."))
    if on and held.host is not None and held.host.is_child:
        raise Refused(_("This session can't have listeners. Nothing was changed."))
    JamSession.objects.filter(pk=held.pk).update(listeners=on)
    transaction.on_commit(lambda: _after(held), robust=True)


@transaction.atomic
def answer(session: JamSession, person: User, *, yes: bool) -> None:
    """Note whether listeners of a session may hear somebody. The last word counts. Raises Refused.

    With a no the sound that they are in is gone from the server at once.
    """
    limits.STREAM_ANSWERS.spend(person.pk)
    if person.is_child:
        raise Refused(_("Listeners never hear a child's account. Nothing was changed."))
    if not room_queries.seated_among(session, [person.pk]):
        raise Refused(_("You have no seat in this session. Nothing was changed."))
    StreamConsent.objects.update_or_create(
        session=session,
        user=person,
        defaults={"yes": yes, "answered_at": timezone.now(), "text_version": CONSENT_TEXT},
    )
    transaction.on_commit(lambda: _after(session), robust=True)


def start(session: JamSession, by: User, present: Iterable[int]) -> None:
    """Have somebody's browser send the stream, in place of whoever did. Raises Refused.

    All whom they hear in the room (of `present`) must have agreed. Whom they don't meet, they
    don't hear either, and is no part of it.
    """
    limits.STREAM_CHANGES.spend(by.pk)
    if not stream_queries.may_be_sent(session.pk):
        raise Refused(_("Listeners can't hear this room now: it must be public and allow them."))
    inside = {by.pk, *who_may_meet(Viewer(by.pk), set(present) - {by.pk})}
    agreed = stream_queries.heard(session.pk, inside)
    if by.pk not in agreed:
        raise Refused(_("Say first that listeners may hear you."))
    if agreed != inside:
        raise Refused(_("Not everybody here has agreed to be heard. Nothing is sent."))
    if (running := store.of(session.pk)) and running.sender != by.pk and settle(session):
        raise Refused(_("Somebody else sends the stream already."))
    store.begin(session.pk, by.pk, agreed, session.created_at.timestamp())
    tell_room(session)


def stop(session: JamSession, by: User) -> None:
    """End a stream: who sends it, who is heard in it, or a host. Idempotent. Raises Refused."""
    stream = store.of(session.pk)
    if stream is None:
        return
    if by.pk not in {stream.sender, *stream.voices} and not room_queries.is_host(session, by.pk):
        raise Refused(_("Only who is heard and the session's hosts can end the stream."))
    store.end(session.pk)
    tell_room(session)


def settle(session: JamSession) -> Stream | None:
    """Return the stream of a session as it may go on; end what holds a voice that may not be heard.

    Without that voice it goes on as another version, or not at all where its sender went. Whoever
    has agreed meanwhile, and is met by who sends, is in it from now on.
    """
    stream = store.of(session.pk)
    if stream is None:
        return None
    if not stream_queries.may_be_sent(session.pk):
        store.end(session.pk)
        tell_room(session)
        return None
    agreed = stream_queries.heard(session.pk)
    met = {stream.sender, *who_may_meet(Viewer(stream.sender), agreed - {stream.sender})}
    wanted = agreed & met
    if wanted == stream.voices:
        return stream
    if stream.sender not in wanted:
        store.end(session.pk)
    elif stream.voices <= wanted:
        store.add_voices(stream, wanted)
    else:
        opened = session.created_at.timestamp()
        store.begin(session.pk, stream.sender, wanted, opened, instead=stream.version)
    tell_room(session)
    return store.of(session.pk)


def came_in(session: JamSession, person: User) -> None:
    """Take in that somebody is in the room: who sends and meets a child there sends no more."""
    if not person.is_child or (stream := store.of(session.pk)) is None:
        return
    if stream.sender in who_may_meet(Viewer(person.pk), [stream.sender]) and store.end(session.pk):
        tell_room(session)


def react(session: JamSession, person: User, kind: str) -> None:
    """Show a listener's reaction in the room; nobody is told whose. Raises TooMany."""
    limits.REACTIONS.spend(person.pk)
    if kind not in REACTIONS:
        raise Refused(_("There is no such reaction."))
    try:
        limits.spend("reactions", str(session.pk), limit=limits.REACTIONS_OF_ALL, seconds=1)
    except limits.TooMany:
        return  # enough are shown
    tell(f"jam.{session.pk}", type="room.reaction", kind=kind)


def forget_answer(user: User, row: StreamConsent) -> None:
    """Forget what one said of being heard: one isn't, until one is asked again."""
    StreamConsent.objects.filter(pk=row.pk, user=user).delete()
    session = row.session
    transaction.on_commit(lambda: _after(session), robust=True)


def _after(session: JamSession) -> None:
    settle(session)
    tell_room(session)


def tell_room(session: JamSession) -> None:
    tell(f"jam.{session.pk}", type="room.stream")
