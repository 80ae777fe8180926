"""A block or a change of audience holds at once: in open sockets, for sound, for letters."""

import uuid
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.core import mail

from accounts.connections import services
from foundation.sockets import HIDDEN
from privacy import notices
from privacy.gate.viewer import Viewer
from privacy.models import Notice
from privacy.sharing import media
from sessions_app.models import Mix, Participant
from sessions_app.services import publishing, sessions
from tests.cast import Cast
from tests.privacy.talking import Socket
from tests.privacy.test_sockets import (
    PATHS,
    PROBES,
    closing_code,
    one_connection,
    told_after,
    with_socket,
)

__all__ = ["one_connection"]  # a fixture that pytest finds by its name here


@pytest.mark.clause("blocks", "messages")
@pytest.mark.promise("VJ-32")
@pytest.mark.parametrize("role", ["owner", "stranger"])
def test_a_block_closes_the_conversation_on_both_sides(
    cast: Cast, role: str, django_capture_on_commit_callbacks: Any
) -> None:
    talk = cast.conversation("owner", "stranger")

    def block() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            services.block(cast["owner"], cast["stranger"])

    path = PATHS["messages-socket"].format(talk.public_id)
    code = with_socket(cast, role, path, told_after(block, "messages-socket"))
    assert code == HIDDEN


@pytest.mark.clause("messages")
def test_a_deleted_message_leaves_open_pages(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    talk = cast.conversation("owner", "stranger")
    message = talk.messages.create(author=cast["owner"], ref=uuid.uuid4(), text="mark-regret")

    def delete() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            path = f"{talk.get_absolute_url()}delete/"
            cast.client("owner").post(path, {"message": message.public_id})

    async def listen(socket: Socket) -> dict[str, Any]:
        await socket.say(PROBES["messages-socket"])
        await socket.hear()
        await database_sync_to_async(delete)()
        return await socket.hear()

    path = PATHS["messages-socket"].format(talk.public_id)
    heard = with_socket(cast, "stranger", path, listen)
    assert heard == {"t": "gone", "id": message.public_id}


@pytest.mark.clause("blocks")
def test_a_host_who_blocks_somebody_puts_them_out_of_the_room(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    def block() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            services.block(cast["owner"], cast["participant"])

    session = cast.sessions["public"]
    path = PATHS["jam-socket"].format(session.public_id)
    assert with_socket(cast, "participant", path, told_after(block, "jam-socket")) == HIDDEN
    client = cast.client("participant")
    assert client.get(f"{session.get_absolute_url()}room/").status_code == 404


@pytest.mark.clause("blocks")
def test_guests_who_blocked_each_other_are_not_in_the_same_room_for_each_other(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    """Two guests of a third: presence, words and signals of one don't reach the other."""
    session = cast.sessions["public"]
    for role in ("stranger", "former"):
        Participant.objects.create(session=session, user=cast[role])
    path = PATHS["jam-socket"].format(session.public_id)

    def change(block: bool) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            if block:
                services.block(cast["former"], cast["stranger"])
            else:
                services.unblock(cast["former"].blocks.get())

    async def talk(socket: Socket) -> list[Any]:
        await socket.say({"t": "hello"})
        welcome = await socket.hear()
        heard: list[Any] = [[peer["name"] for peer in welcome["peers"]]]
        cookie = await database_sync_to_async(_cookie)(cast, "former")
        other = Socket(path, cookie)
        await other.open()
        await other.say({"t": "hello"})
        await other.hear()
        joined = await socket.hear()
        heard.append((joined["t"], joined["name"]))
        await database_sync_to_async(change)(True)
        left = await socket.hear()
        heard.append((left["t"], left["peer"] == joined["peer"]))
        while (said := await other.hear())["t"] == "peer.joined":
            pass  # an arrival that was still on its way
        assert said["t"] == "peer.left"
        ref = "7b1f2c1e-54f1-4d42-9b4a-1c9f9b7f0a21"
        await other.say({"t": "chat", "text": "mark-secret", "ref": ref})
        own = [await other.hear(), await other.hear()]  # itself, and that it is stored
        assert {one["t"]: one["ref"] for one in own} == {"chat": ref, "ack": ref}
        await other.say({"t": "signal", "to": welcome["you"], "data": {"sdp": "x"}})
        await other.say({"t": "state", "muted": True})
        await other.say({"t": "clock", "t0": 2.0})
        assert (await other.hear())["t"] == "clock"
        await socket.say({"t": "clock", "t0": 1.0})
        heard.append((await socket.hear())["t"])  # nothing of the other came before
        await database_sync_to_async(change)(False)
        again = await socket.hear()
        heard.append((again["t"], again["name"]))
        await other.close()
        return heard

    assert with_socket(cast, "stranger", path, talk) == [
        [], ("peer.joined", "former"), ("peer.left", True), "clock", ("peer.joined", "former"),
    ]  # fmt: skip


def _cookie(cast: Cast, role: str) -> str:
    return cast.client(role).cookies.output(header="", sep=";").strip().split(";")[0]


@pytest.mark.clause("blocks", "media-urls")
@pytest.mark.promise("JK-36")
def test_addresses_of_sound_that_were_given_out_end_with_a_block_or_an_audience(cast: Cast) -> None:
    recording = cast.recordings["public"]
    mix = Mix.objects.get(recording=recording)
    publishing.change_audience(recording, "followers")
    tie = services.follow(cast["stranger"], cast["owner"])
    services.accept(tie)
    url = media.url_for(mix, "opus", Viewer.of(cast["stranger"]))
    stranger = cast.client("stranger")

    def heard() -> int:
        return int(stranger.get(url).status_code)

    assert heard() == 200
    publishing.change_audience(recording, "jammed")
    assert heard() == 404
    services.remember_jam([cast["owner"].pk, cast["stranger"].pk])
    assert heard() == 200
    publishing.change_audience(recording, "followers")
    row = services.block(cast["stranger"], cast["owner"])
    assert heard() == 404
    services.unblock(row)
    assert heard() == 404  # the follow is over
    publishing.change_audience(recording, "members")
    assert heard() == 200


@pytest.mark.clause("blocks")
def test_a_letter_on_its_way_about_what_can_no_longer_be_seen_is_not_sent(cast: Cast) -> None:
    session = cast.sessions["public"]
    made = [
        notices.tell(cast[role], "account", "A jam", "It begins.", about=session)
        for role in ("stranger", "former")
    ]
    services.block(cast["owner"], cast["stranger"])
    for one in made:
        notices.run(one.pk)
    assert [letter.to for letter in mail.outbox] == [["former@mail.example"]]
    sessions.change_audience(session, "participants")
    late = notices.tell(cast["former"], "account", "A jam", "It begins.", about=session)
    notices.run(late.pk)
    assert len(mail.outbox) == 1
    assert Notice.objects.filter(pk=late.pk).exists()


def test_a_room_closes_for_nobody_else(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    def block() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            services.block(cast["owner"], cast["stranger"])

    async def talk(socket: Socket) -> int:
        await socket.say({"t": "clock", "t0": 1.0})
        await socket.hear()
        await database_sync_to_async(block)()
        await socket.say({"t": "clock", "t0": 2.0})
        return await closing_code(socket)

    path = PATHS["jam-socket"].format(cast.sessions["public"].public_id)
    assert with_socket(cast, "participant", path, talk) == 0
