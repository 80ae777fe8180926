"""Nobody is recorded without their yes; a take starts when the last one has given it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from sessions_app.models import JamSession, Recording, RecordingConsent, Stem
from sessions_app.services import endings
from sessions_app.services import recording as recordings
from tests.cast import Cast
from tests.privacy.talking import Socket
from tests.privacy.test_sockets import PATHS, one_connection, with_socket

__all__ = ["one_connection"]


@pytest.fixture
def jam(cast: Cast) -> JamSession:
    return cast.sessions["public"]


def asked(cast: Cast, jam: JamSession, *others: str) -> Recording:
    present = [cast[name].pk for name in ("owner", *(others or ("participant", "stranger")))]
    return recordings.ask(jam, cast["owner"], present)


def state(recording: Recording) -> tuple[str, int]:
    recording.refresh_from_db()
    return recording.state, recording.stems.count()


@pytest.mark.clause("recording-consent")
def test_a_take_starts_with_the_last_yes(cast: Cast, jam: JamSession) -> None:
    take = asked(cast, jam)
    assert state(take) == ("asking", 0)
    recordings.answer(take, cast["participant"], yes=True)
    assert state(take) == ("asking", 0)
    recordings.answer(take, cast["stranger"], yes=True)
    assert state(take) == ("recording", 3)
    assert take.starts_at_ms is not None
    players = set(Stem.objects.filter(recording=take).values_list("player__username", flat=True))
    assert players == {"owner", "participant", "stranger"}


@pytest.mark.clause("recording-consent")
def test_one_no_ends_it(cast: Cast, jam: JamSession) -> None:
    take = asked(cast, jam)
    recordings.answer(take, cast["participant"], yes=True)
    recordings.answer(take, cast["stranger"], yes=False)
    assert state(take) == ("declined", 0)
    with pytest.raises(recordings.Refused):
        recordings.answer(take, cast["stranger"], yes=True)
    assert state(take) == ("declined", 0)


@pytest.mark.clause("recording-consent")
@pytest.mark.parametrize("name", ["owner", "participant", "stranger"])
def test_leaving_the_room_while_asked_ends_it(cast: Cast, jam: JamSession, name: str) -> None:
    take = asked(cast, jam)
    endings.left(jam, cast[name].pk)
    assert state(take) == ("declined", 0)


@pytest.mark.clause("recording-consent")
def test_a_minute_of_silence_ends_it(cast: Cast, jam: JamSession) -> None:
    take = asked(cast, jam)
    recordings.sweep()
    assert state(take)[0] == "asking"
    Recording.objects.filter(pk=take.pk).update(created_at=timezone.now() - timedelta(seconds=61))
    recordings.sweep()
    assert state(take) == ("declined", 0)


@pytest.mark.clause("recording-consent")
def test_who_was_not_asked_is_not_recorded_and_has_no_say(cast: Cast, jam: JamSession) -> None:
    take = asked(cast, jam, "participant")
    with pytest.raises(recordings.Refused):
        recordings.answer(take, cast["former"], yes=True)
    recordings.answer(take, cast["participant"], yes=True)
    assert state(take) == ("recording", 2)
    with pytest.raises(recordings.Refused):
        recordings.stop(take, cast["former"].pk)
    assert state(take)[0] == "recording"
    recordings.stop(take, cast["participant"].pk)
    assert state(take)[0] == "uploading"


@pytest.mark.clause("recording-consent")
def test_nobody_answers_twice_or_for_another(cast: Cast, jam: JamSession) -> None:
    take = asked(cast, jam)
    recordings.answer(take, cast["participant"], yes=True)
    with pytest.raises(recordings.Refused):
        recordings.answer(take, cast["participant"], yes=False)
    answers = dict(take.consents.values_list("user__username", "answer"))
    assert answers == {"owner": "yes", "participant": "yes", "stranger": "waiting"}


@pytest.mark.clause("recording-consent")
def test_each_answer_is_kept_with_the_words_that_were_shown(cast: Cast, jam: JamSession) -> None:
    take = asked(cast, jam, "participant")
    recordings.answer(take, cast["participant"], yes=True)
    for consent in RecordingConsent.objects.filter(recording=take):
        assert consent.text_version == recordings.CONSENT_TEXT
        assert consent.asked_at <= (consent.answered_at or consent.asked_at)


def test_there_is_one_asking_at_a_time(cast: Cast, jam: JamSession) -> None:
    asked(cast, jam)
    with pytest.raises(recordings.Refused):
        recordings.ask(jam, cast["participant"], [cast["participant"].pk])


@pytest.mark.clause("recording-consent")
def test_in_the_room_a_closed_socket_is_no_yes(
    cast: Cast, jam: JamSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two are in the room; one asks, the other's connection ends before an answer."""
    # A test's transaction is never committed: what follows a commit follows at once.
    monkeypatch.setattr("django.db.transaction.on_commit", lambda does, **_: does())

    async def state(socket: Socket) -> str:
        while (heard := await socket.hear())["t"] != "recording":
            pass
        return str(heard["state"])

    async def talk(first: Socket) -> list[str]:
        second = Socket(PATHS["jam-socket"].format(jam.public_id), cookie)
        await second.open()
        for socket in (first, second):
            await socket.say({"t": "hello"})
            assert (await socket.hear())["t"] == "welcome"
        await first.say({"t": "record.ask"})
        told = [await state(first), await state(second)]
        await second.close()
        return [*told, await state(first)]

    cookie = cast.client("participant").cookies.output(header="", sep=";").strip().split(";")[0]
    path = PATHS["jam-socket"].format(jam.public_id)
    assert with_socket(cast, "owner", path, talk) == ["asking", "asking", "declined"]
    take = Recording.objects.get(session=jam)
    assert (take.state, take.stems.count(), take.consents.count()) == ("declined", 0, 2)


@pytest.mark.clause("recording-consent")
def test_a_take_that_was_declined_is_listed_nowhere(cast: Cast, jam: JamSession) -> None:
    take = asked(cast, jam)
    recordings.answer(take, cast["stranger"], yes=False)
    for role in ("owner", "participant", "stranger", "anonymous"):
        for path in ("/recordings/?mine=1", jam.get_absolute_url(), "/api/v1/recordings/"):
            page = cast.client(role).get(path).content.decode()
            assert take.public_id not in page, (role, path)


@pytest.mark.clause("recording-consent", "what-stays")
def test_sound_can_be_taken_back_later(cast: Cast) -> None:
    recording = cast.recordings["public"]
    client = cast.client("participant")
    assert client.post(f"{recording.get_absolute_url()}withdraw/").status_code == 302
    stem = recording.stems.get(player=cast["participant"])
    assert (stem.state, stem.file.name, stem.peaks) == ("withdrawn", "", None)
    assert recording.mixes.filter(withdrawn_at=None, status="done").count() == 0
    assert recording.stems.get(player=cast["owner"]).file.name
    shown: Any = cast.client("owner").get(f"/api/v1/recordings/{recording.public_id}/").json()
    assert shown["players"] == ["owner"]
