"""A room's chat: kept for who was inside, deleted by who wrote it, gone some time after the end."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.connections import services as connections
from foundation import limits
from privacy.datamap import retention_job
from privacy.gate.access import audience_of, visible
from privacy.gate.viewer import Viewer
from sessions_app import chat_socket
from sessions_app.models import ChatLine, JamSession, Participant
from sessions_app.services import chat, rooms, rsvps, sessions
from tests.cast import Cast
from tests.planned import begins, planned
from tests.privacy.talking import Socket
from tests.privacy.test_frame_walk import HELLO, cookie_of
from tests.privacy.test_sockets import PATHS, one_connection

__all__ = ["one_connection"]


@pytest.fixture
def jam(cast: Cast) -> JamSession:
    """A public session of the owner's, the participant in it."""
    return cast.sessions["public"]


def say(jam: JamSession, user: Any, text: str) -> ChatLine:
    return chat.say(jam, user, text=text, ref=str(uuid.uuid4()))[0]


def read_by(user: Any) -> list[str]:
    rows = visible(ChatLine, Viewer.of(user)).order_by("created_at", "pk")
    return list(rows.values_list("text", flat=True))


def page(cast: Cast, role: str, jam: JamSession) -> Any:
    return cast.client(role).get(reverse("jam_chat", args=[jam.public_id]))


def rows_of(answer: Any) -> list[str]:
    return [line["text"] for line in answer.context["lines"]]


async def heard(socket: Socket, *kinds: str) -> dict[str, Any]:
    while (frame := await socket.hear())["t"] not in kinds:
        pass
    return frame


@pytest.mark.clause("who-sees")
def test_what_was_said_is_for_who_was_inside_by_then(cast: Cast, jam: JamSession) -> None:
    say(jam, cast["owner"], "mark-before")
    sessions.join(jam, cast["stranger"])
    last = say(jam, cast["owner"], "mark-after")
    assert read_by(cast["participant"]) == ["mark-before", "mark-after"]
    assert read_by(cast["stranger"]) == ["mark-after"]
    assert read_by(cast["former"]) == []
    assert set(audience_of(last)) == {cast["owner"], cast["participant"], cast["stranger"]}
    rooms.close([jam.pk])
    assert rows_of(page(cast, "stranger", jam)) == ["mark-after"]
    assert page(cast, "former", jam).status_code == 404
    Participant.objects.filter(session=jam, user=cast["stranger"]).delete()
    assert read_by(cast["stranger"]) == []
    assert page(cast, "stranger", jam).status_code == 404


def test_a_seat_alone_isnt_being_there(cast: Cast) -> None:
    """Of a planned session it begins when one enters the room, whoever has spoken before."""
    plan = planned(cast["owner"], seats=["harp", "harp"])
    for role in ("participant", "stranger"):
        rsvps.answer(plan, cast[role], "going", instrument="harp")
    begins(plan, minutes=5)
    sessions.come_in(plan, cast["owner"])
    sessions.come_in(plan, cast["participant"])
    say(plan, cast["owner"], "mark-early")
    assert [read_by(cast[role]) for role in ("participant", "stranger")] == [["mark-early"], []]
    assert page(cast, "stranger", plan).status_code == 404
    assert reverse("jam_chat", args=[plan.public_id]) not in (
        cast.client("stranger").get(plan.get_absolute_url()).content.decode()
    )
    sessions.come_in(plan, cast["stranger"])
    sessions.come_in(plan, cast["participant"])  # again: nothing is forgotten for it
    assert [read_by(cast[role]) for role in ("participant", "stranger")] == [["mark-early"], []]


@pytest.mark.clause("blocks")
def test_a_block_hides_what_was_said_from_both(cast: Cast, jam: JamSession) -> None:
    sessions.join(jam, cast["stranger"])
    for role in ("owner", "participant", "stranger"):
        say(jam, cast[role], f"mark-{role}")
    connections.block(cast["participant"], cast["stranger"])
    assert rows_of(page(cast, "participant", jam)) == ["mark-owner", "mark-participant"]
    assert rows_of(page(cast, "stranger", jam)) == ["mark-owner", "mark-stranger"]
    assert rows_of(page(cast, "owner", jam)) == ["mark-owner", "mark-participant", "mark-stranger"]


def test_the_page_reads_on_and_deletes_ones_own(cast: Cast, jam: JamSession) -> None:
    for n in range(60):
        ChatLine.objects.create(
            session=jam, author=cast["owner" if n % 2 else "participant"], ref=uuid.uuid4(),
            text=f"line {n}", created_at=timezone.now() + timedelta(milliseconds=n),
        )  # fmt: skip
    first = page(cast, "owner", jam)
    assert rows_of(first) == [f"line {n}" for n in range(10, 60)]
    assert first.content.decode().count("/delete/") == 25
    earlier = cast.client("owner").get(first.context["earlier_url"])
    assert rows_of(earlier) == [f"line {n}" for n in range(10)]
    assert earlier.context["earlier_url"] is None
    assert f'href="{reverse("jam_chat", args=[jam.public_id])}"' in earlier.content.decode()
    theirs = ChatLine.objects.get(text="line 8")
    mine = ChatLine.objects.get(text="line 9")
    for line, status in ((theirs, 404), (mine, 302), (mine, 404)):
        url = reverse("delete_chat_line", args=[jam.public_id, line.public_id])
        assert cast.client("owner").post(url).status_code == status
    assert (ChatLine.objects.filter(pk=theirs.pk).count(), ChatLine.objects.count()) == (1, 59)
    mine_elsewhere = say(cast.sessions["participants"], cast["owner"], "there")
    url = reverse("delete_chat_line", args=[jam.public_id, mine_elsewhere.public_id])
    assert cast.client("owner").post(url).status_code == 404


@pytest.mark.clause("how-long")
def test_words_go_some_time_after_the_end_and_never_before(cast: Cast, jam: JamSession) -> None:
    say(jam, cast["owner"], "old")
    long_ago = timezone.now() - timedelta(days=settings.RETENTION_ROOM_WORDS_DAYS + 1)
    ChatLine.objects.update(created_at=long_ago)
    retention_job.enforce()
    assert ChatLine.objects.count() == 1  # the room is open
    JamSession.objects.filter(pk=jam.pk).update(closed_at=long_ago)
    retention_job.enforce()
    assert ChatLine.objects.count() == 0


def in_the_room(cast: Cast, path: str, roles: Iterable[str], story: Any) -> Any:
    """Have several people come in, each with a socket; the story gets them in this order."""
    cookies = [cookie_of(cast, role) for role in roles]

    @async_to_sync
    async def run() -> Any:
        sockets = [Socket(path, cookie) for cookie in cookies]
        for socket in sockets:
            await socket.open()
            await socket.say(HELLO)
            socket.welcome = await heard(socket, "welcome")  # type: ignore[attr-defined]
        try:
            return await story(*sockets)
        finally:
            for socket in sockets:
                await socket.close()

    return run()


@pytest.fixture
def committed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's transaction is never committed: what follows a commit follows at once."""
    monkeypatch.setattr("django.db.transaction.on_commit", lambda does, **_: does())


def test_a_room_tells_the_newest_lines_and_the_earlier_ones_when_asked(
    cast: Cast, jam: JamSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_socket, "LINES", 3)
    for n in range(7):
        say(jam, cast["owner"], f"line {n}")
    ref = str(uuid.uuid4())

    async def story(ada: Socket) -> list[Any]:
        told: list[Any] = []
        lines, more = ada.welcome["chat"], ada.welcome["chat_more"]  # type: ignore[attr-defined]
        while True:
            told.append(([line["text"] for line in lines], more))
            if not more:
                return told
            before = {"before": lines[0]["id"], "at": lines[0]["at"], "ref": ref}
            await ada.say({"t": "chat.earlier", **before})
            answer = await heard(ada, "chat.lines")
            assert answer["ref"] == ref
            lines, more = answer["lines"], answer["more"]

    path = PATHS["jam-socket"].format(jam.public_id)
    assert in_the_room(cast, path, ["participant"], story) == [
        (["line 4", "line 5", "line 6"], True),
        (["line 1", "line 2", "line 3"], True),
        (["line 0"], False),
    ]


def test_who_wrote_a_line_deletes_it_for_everybody(
    cast: Cast, jam: JamSession, committed: None
) -> None:
    line = say(jam, cast["owner"], "a slip")
    ref = str(uuid.uuid4())

    async def story(ada: Socket, ben: Socket) -> list[Any]:
        got: list[Any] = []
        for socket in (ben, ada, ada):  # not theirs; theirs; once more
            await socket.say({"t": "chat.delete", "id": line.public_id, "ref": ref})
            answer = await heard(socket, "chat.gone", "error")
            got.append((answer["t"], answer.get("code"), answer.get("ref", answer.get("id"))))
        got.append((await heard(ben, "chat.gone"))["id"])
        return got

    path = PATHS["jam-socket"].format(jam.public_id)
    gone = ("chat.gone", None, line.public_id)
    assert in_the_room(cast, path, ["owner", "participant"], story) == [
        ("error", "refused", ref), gone, gone, line.public_id,
    ]  # fmt: skip
    assert not ChatLine.objects.exists()


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"t": "chat.earlier", "before": "x", "at": "yesterday"}, "invalid"),
        ({"t": "chat.earlier", "before": "x", "at": "2026-11-30T10:00:00"}, "invalid"),
        ({"t": "chat.earlier", "before": "x", "at": "0001-01-01T00:00:00+14:00"}, "invalid"),
        ({"t": "chat.earlier", "before": "x\0", "at": "2026-11-30T10:00:00Z"}, "invalid"),
        ({"t": "chat.delete", "id": "x" * 41}, "invalid"),
        ({"t": "chat.delete", "id": "x", "more": 1}, "invalid"),
    ],
)
def test_what_cant_be_done_is_said_and_ends_nothing(
    cast: Cast, jam: JamSession, frame: dict[str, Any], code: str
) -> None:
    ref = str(uuid.uuid4())

    async def story(ada: Socket) -> list[Any]:
        await ada.say({**frame, "ref": ref})
        answer = await heard(ada, "error", "chat.gone", "chat.lines")
        await ada.say({"t": "chat", "text": "still here", "ref": ref})
        return [answer["t"], answer.get("code"), (await heard(ada, "ack"))["ref"]]

    path = PATHS["jam-socket"].format(jam.public_id)
    assert in_the_room(cast, path, ["owner"], story) == ["error", code, ref]


def test_a_line_is_stored_once_and_the_limit_is_said(
    cast: Cast, jam: JamSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CHAT_LINES", limits.Limit("chat-line", 2, 60))
    ref, other = str(uuid.uuid4()), str(uuid.uuid4())

    async def story(ada: Socket) -> list[Any]:
        got = []
        for sent in (ref, ref, other):
            await ada.say({"t": "chat", "text": "hello", "ref": sent})
            answer = await heard(ada, "ack", "error")
            got.append((answer["t"], answer["ref"], answer.get("code")))
        return got

    path = PATHS["jam-socket"].format(jam.public_id)
    assert in_the_room(cast, path, ["owner"], story) == [
        ("ack", ref, None), ("ack", ref, None), ("error", other, "too_many"),
    ]  # fmt: skip
    assert list(ChatLine.objects.values_list("text", flat=True)) == ["hello"]
