"""Budgets are a person's: the same count whether they come by page, API or socket."""

import json
import uuid
from typing import Any

import pytest

from foundation import limits
from messaging import services
from messaging.models import Message
from sessions_app.models import ChatLine, JamSession
from tests.cast import Cast
from tests.privacy.talking import Socket
from tests.privacy.test_sockets import PATHS, one_connection, with_socket  # noqa: F401


def send(text: str, ref: str = "") -> dict[str, str]:
    return {"t": "send", "text": text, "ref": ref or str(uuid.uuid4())}


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three of each thing: as if the rest had been used."""
    for name in ("MESSAGES", "CHAT_LINES", "SESSIONS"):
        whole = getattr(limits, name)
        monkeypatch.setattr(limits, name, limits.Limit(whole.name, 3, 3600))


def test_messages_of_page_and_socket_are_one_budget(cast: Cast, three: None) -> None:
    conversation = services.conversation_between(cast["owner"], cast["participant"])
    client = cast.client("owner")

    def post(text: str) -> Any:
        return client.post(f"/messages/{conversation.public_id}/",
                           {"text": text, "ref": str(uuid.uuid4())})  # fmt: skip

    assert post("one, on the page").status_code == 302
    known = send("two, on the socket")

    async def talk(socket: Socket) -> list[dict[str, Any]]:
        heard = []
        for frame in (known, send("three"), send("four"), known):
            await socket.say(frame)
            heard.append(await socket.hear())
        return heard

    path = PATHS["messages-socket"].format(conversation.public_id)
    two, three_, four, again = with_socket(cast, "owner", path, talk)
    assert (two["t"], two["for"], two["ref"]) == ("ack", "send", known["ref"])
    assert three_["t"] == "ack"
    assert (four["t"], four["code"], four["for"]) == ("error", "too_many", "send")
    assert four["limit"] == 3 and 0 < four["wait"] <= 3600
    assert again["code"] == "too_many"  # by then known without counting; sent again later
    page = post("five, on the page")
    text = page.content.decode()
    assert (page.status_code, "five, on the page" in text) == (429, True)
    assert "the limit is 3 times in an hour" in text
    assert Message.objects.filter(author=cast["owner"]).count() == 3


def test_a_message_sent_again_is_acknowledged_and_stored_once(cast: Cast) -> None:
    conversation = services.conversation_between(cast["owner"], cast["participant"])
    frame = send("said once")

    async def talk(socket: Socket) -> list[dict[str, Any]]:
        heard = []
        for _ in range(3):
            await socket.say(frame)
            heard.append(await socket.hear())
        return heard

    path = PATHS["messages-socket"].format(conversation.public_id)
    heard = with_socket(cast, "owner", path, talk)
    (message,) = Message.objects.filter(text="said once")
    assert {(one["t"], one["ref"], one["id"]) for one in heard} == {
        ("ack", frame["ref"], message.public_id)
    }


def test_a_line_of_a_room_sent_again_is_acknowledged_and_stored_once(cast: Cast) -> None:
    frame = {"t": "chat", "text": "said once", "ref": str(uuid.uuid4())}

    async def talk(socket: Socket) -> list[dict[str, Any]]:
        await socket.say({"t": "hello"})
        acks = []
        for _ in range(2):
            await socket.say(frame)
            while (heard := await socket.hear())["t"] != "ack":
                assert heard["t"] in {"welcome", "chat"}
            acks.append(heard)
        return acks

    path = PATHS["jam-socket"].format(cast.sessions["public"].public_id)
    first, second = with_socket(cast, "owner", path, talk)
    (line,) = ChatLine.objects.filter(text="said once")
    assert (first["ref"], first["id"]) == (frame["ref"], line.public_id)
    assert second == first


def test_sessions_opened_on_the_page_and_in_the_api_are_one_budget(cast: Cast, three: None) -> None:
    client = cast.client("owner")
    before = JamSession.objects.count()
    for _ in range(2):
        assert client.post("/jam/new/", {"title": "a", "audience": "public"}).status_code == 302

    def by_api() -> Any:
        body = json.dumps({"title": "b", "audience": "public"})
        return client.post("/api/v1/sessions/", body, content_type="application/json")

    assert by_api().status_code == 201
    answer = by_api()
    assert (answer.status_code, answer["Content-Type"]) == (429, "application/problem+json")
    assert answer.json()["limit"] == 3
    page = client.post("/jam/new/", {"title": "Sunday porch", "audience": "public"})
    assert (page.status_code, "Sunday porch" in page.content.decode()) == (429, True)
    assert JamSession.objects.count() == before + 3


def test_sockets_of_a_person_are_counted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SOCKETS", 1)
    path = PATHS["jam-socket"].format(cast.sessions["public"].public_id)
    cookie = cast.client("owner").cookies.output(header="", sep=";").strip().split(";")[0]

    async def talk(first: Socket) -> list[dict[str, Any]]:
        second = Socket(path, cookie)
        await second.open()
        heard = [await second.hear(), await second.hear()]
        await second.close()
        return heard

    said, closed = with_socket(cast, "owner", path, talk)
    assert (said["code"], said["limit"]) == ("too_many", 1)
    assert closed == {"closed": 4429}
