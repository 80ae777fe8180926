"""Frames are read before anything is done: what is wrong with one is answered for that one."""

import json
import logging
import uuid
from typing import Any

import pytest
from channels.db import database_sync_to_async

from foundation.frames import LONGEST
from foundation.live import tell
from foundation.sockets import BURST, HIDDEN, TOO_LARGE
from jamsite.embedded.site import Place, front
from messaging import services
from messaging.models import Message
from sessions_app.models import ChatLine
from sessions_app.services import chat
from tests.cast import Cast
from tests.privacy.talking import Socket
from tests.privacy.test_sockets import PATHS, one_connection, with_socket  # noqa: F401

REF = "00000000-0000-4000-8000-000000000003"
CLOCK = {"t": "clock", "t0": 1.5}
DEEP = '{"t": "signal", "to": "x", "data": ' + '{"a": ' * 70 + "1" + "}" * 71


async def still_there(socket: Socket) -> bool:
    """Ask for the time, as any client does."""
    await socket.say(CLOCK)
    return (await socket.hear())["t"] == "clock"


def in_room(cast: Cast, *said: Any) -> list[dict[str, Any]]:
    """Say things in a room; return an answer for each, once it is sure that the room goes on."""

    async def talk(socket: Socket) -> list[dict[str, Any]]:
        answers = []
        await socket.say({"t": "hello"})
        assert (await socket.hear())["t"] == "welcome"
        for one in said:
            await socket.say(one)
            answers.append(await socket.hear())
            assert await still_there(socket)
        return answers

    path = PATHS["jam-socket"].format(cast.sessions["public"].public_id)
    return with_socket(cast, "owner", path, talk)


@pytest.mark.parametrize(
    ("sent", "code", "for_type"),
    [
        ("no json", "malformed", ""),
        ("", "malformed", ""),
        ("[]", "malformed", ""),
        ("[" * 100_000, "malformed", ""),
        (DEEP, "malformed", ""),
        ('{"t": "clock", "t0": NaN}', "malformed", ""),
        ('{"t": "clock", "t0": -Infinity}', "malformed", ""),
        ('{"t": "clock", "t0": 1e999}', "malformed", ""),
        ('{"t": "clock", "t0": ' + "9" * 5000 + "}", "malformed", ""),
        ('{"t": "clock", "t0": 1e300}', "invalid", "clock"),
        ('{"t": "fly"}', "unknown", ""),
        ('{"t": "try"}', "unknown", ""),
        ('{"t": "_try"}', "unknown", ""),
        ('{"t": null}', "unknown", ""),
        ('{"t": {"t": "clock"}}', "unknown", ""),
        ('{"t": "clock"}', "invalid", "clock"),
        ('{"t": "clock", "t0": "x"}', "invalid", "clock"),
        ('{"t": "clock", "t0": true}', "invalid", "clock"),
        ('{"t": "clock", "t0": 1, "t9": 1}', "invalid", "clock"),
        ('{"t": "signal", "data": 1, "to": "x"}', "invalid", "signal"),
        ('{"t": "signal", "data": {"a": "\\ud83d"}, "to": "x"}', "text", "signal"),
        ('{"t": "signal", "data": {"a": "' + "x" * 66_000 + '"}, "to": "x"}', "size", "signal"),
        ('{"t": "signal", "data": {}, "to": "\\u0000"}', "invalid", "signal"),
        ('{"t": "state", "muted": "yes"}', "invalid", "state"),
        ('{"t": "record.answer", "recording": "none", "yes": 1}', "invalid", "record.answer"),
        ('{"t": "record.stop", "recording": "none"}', "missing", "record.stop"),
        ('{"t": "record.ask", "title": "a\\u0000"}', "text", "record.ask"),
        ('{"t": "chat", "text": "hello", "ref": "mine"}', "invalid", "chat"),
    ],
)
def test_a_bad_frame_is_answered_and_the_room_goes_on(
    cast: Cast, sent: str, code: str, for_type: str
) -> None:
    (answer,) = in_room(cast, sent)
    assert (answer["t"], answer["code"], answer["for"]) == ("error", code, for_type)


def test_half_an_emoji_is_refused_for_its_own_line(cast: Cast) -> None:
    bad = {"t": "chat", "text": "half an emoji \ud83d", "ref": REF}
    (answer,) = in_room(cast, bad)
    assert answer == {
        "t": "error", "for": "chat", "code": "text", "ref": REF,
        "text": "After “half an emoji” is a character that can't be kept (U+D83D). "
        "Take it out, please.",
    }  # fmt: skip
    assert not ChatLine.objects.exists()


def test_a_message_from_a_pdf_is_refused_for_itself_and_the_next_arrives(cast: Cast) -> None:
    """NUL comes along when people copy; a page break becomes a line of its own."""
    conversation = services.conversation_between(cast["owner"], cast["participant"])

    async def talk(socket: Socket) -> dict[str, Any]:
        await socket.say({"t": "send", "text": "copied from a PDF\0here", "ref": REF})
        answer = await socket.hear()
        await socket.say({"t": "send", "text": "one page\x0cthe next", "ref": str(uuid.uuid4())})
        return answer

    path = PATHS["messages-socket"].format(conversation.public_id)
    answer = with_socket(cast, "owner", path, talk)
    assert (answer["for"], answer["code"], answer["ref"]) == ("send", "text", REF)
    (written,) = Message.objects.values_list("text", flat=True)
    assert written == "one page\nthe next"


@pytest.mark.parametrize("path", ["/ws/jam/\0/", "/ws/messages/a\0b/", "/ws/jam/\x1b/"])
def test_a_socket_address_with_an_unfit_character_is_nowhere(cast: Cast, path: str) -> None:
    async def talk(socket: Socket) -> dict[str, Any]:
        return await socket.hear()

    assert with_socket(cast, "owner", path, talk) == {"closed": HIDDEN}


def test_every_start_of_the_sockets_bounds_their_frames() -> None:
    """At the protocol: such a frame is never held in memory, let alone read."""
    (sockets,) = [one for one in front(Place("127.0.0.1", 1, 2), {}) if one.name == "sockets"]
    command = list(sockets.argv)
    assert command[command.index("--ws-max-size") + 1] == str(LONGEST) == str(128 * 1024)


def test_a_frame_above_its_size_ends_the_socket_as_the_protocol_does(cast: Cast) -> None:
    async def talk(socket: Socket) -> dict[str, Any]:
        await socket.say(json.dumps({**CLOCK, "x": "x" * LONGEST}))
        return await socket.hear()

    path = PATHS["jam-socket"].format(cast.sessions["public"].public_id)
    assert with_socket(cast, "owner", path, talk) == {"closed": TOO_LARGE}


@pytest.mark.parametrize("fault", [KeyError("x"), ValueError("x"), TypeError("x")])
def test_our_own_mistake_is_logged_and_said_to_be_ours(
    cast: Cast,
    fault: Exception,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def breaks(*args: Any, **kwargs: Any) -> None:
        raise fault

    monkeypatch.setattr(chat, "say", breaks)
    with caplog.at_level(logging.ERROR):
        (answer,) = in_room(cast, {"t": "chat", "text": "hello", "ref": REF})
    assert (answer["code"], answer["for"], answer["ref"]) == ("server", "chat", REF)
    (record,) = [one for one in caplog.records if one.name == "foundation.sockets"]
    assert record.exc_info is not None
    assert record.exc_info[1] is fault


def test_our_own_mistake_while_something_arrives_ends_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    session = cast.sessions["public"]

    def breaks(*args: Any) -> None:
        raise KeyError("x")

    async def talk(socket: Socket) -> dict[str, Any]:
        await socket.say({"t": "hello"})
        assert (await socket.hear())["t"] == "welcome"
        await database_sync_to_async(tell)(
            f"jam.{session.pk}", type="recording.changed", recording=1
        )
        answer = await socket.hear()
        assert await still_there(socket)
        return answer

    monkeypatch.setattr("sessions_app.queries.recording_for_room", breaks)
    path = PATHS["jam-socket"].format(session.public_id)
    answer = with_socket(cast, "owner", path, talk)
    assert (answer["t"], answer["code"], answer["for"]) == ("error", "server", "")
    assert "KeyError" in caplog.text


def test_who_sends_too_fast_is_told_for_each_frame_and_stays(cast: Cast) -> None:
    """Over the budget a frame isn't done, and its answer says the limit and when to go on."""

    async def talk(socket: Socket) -> list[dict[str, Any]]:
        for _ in range(BURST + 20):
            await socket.say(CLOCK)
        answers: list[dict[str, Any]] = []
        while not answers or answers[-1]["t"] != "error":
            answers.append(await socket.hear())
        return answers

    path = PATHS["jam-socket"].format(cast.sessions["public"].public_id)
    *done, over = with_socket(cast, "owner", path, talk)
    assert len(done) >= BURST
    assert (over["code"], over["for"], over["wait"]) == ("too_many", "clock", 1)
    assert over["text"] == "The limit is 50 a second. Try again in 1 seconds."


def test_the_budget_is_the_persons_and_not_the_sockets(cast: Cast) -> None:
    path = PATHS["jam-socket"].format(cast.sessions["public"].public_id)
    cookie = cast.client("owner").cookies.output(header="", sep=";").strip().split(";")[0]

    async def talk(first: Socket) -> list[str]:
        for _ in range(BURST + 1):
            await first.say(CLOCK)
        for _ in range(BURST):
            await first.hear()
        other = Socket(path, cookie)
        await other.open()
        for _ in range(BURST):  # what a person with this one socket could say
            await other.say(CLOCK)
        found = [(await other.hear())["t"]]
        while found[-1] == "clock" and len(found) < BURST:
            found.append((await other.hear())["t"])
        await other.close()
        return found

    assert with_socket(cast, "owner", path, talk)[-1] == "error"


def test_what_is_said_before_the_gate_answered_is_done_after_it(cast: Cast) -> None:
    async def talk(socket: Socket) -> dict[str, Any]:
        await socket.say(CLOCK)
        return await socket.hear()

    hidden = PATHS["jam-socket"].format(cast.sessions["participants"].public_id)
    assert with_socket(cast, "stranger", hidden, talk) == {"closed": HIDDEN}
