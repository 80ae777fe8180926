"""Sockets: they open only for whom the gate lets in, and close when it no longer does."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from django.http import Http404
from django.urls import resolve

from foundation.ids import new_public_id
from foundation.sockets import HIDDEN
from privacy import erasure
from sessions_app.services import sessions
from tests.cast import ROLES, Cast
from tests.privacy import routes
from tests.privacy.expectations import RIGHTS
from tests.privacy.talking import Socket
from tests.privacy.world import World

PROBES = {
    "jam-socket": {"t": "clock", "t0": 1.5},
    "messages-socket": {"t": "send", "text": "", "ref": str(uuid.UUID(int=1))},
}
PATHS = {"jam-socket": "/ws/jam/{}/", "messages-socket": "/ws/messages/{}/"}

Talk = Callable[[Socket], Awaitable[Any]]


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the test's database connection, which holds its transaction, while sockets use it."""
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)


def with_socket(cast: Cast, role: str, path: str, talk: Talk) -> Any:
    """Open a socket with the cookie of a role's web session, and talk through it."""
    cookie = cast.client(role).cookies.output(header="", sep=";").strip().split(";")[0]

    @async_to_sync
    async def run() -> Any:
        socket = Socket(path, cookie)
        await socket.open()
        try:
            return await talk(socket)
        finally:
            await socket.close()

    return run()


async def closing_code(socket: Socket) -> int:
    return int((await socket.hear()).get("closed", 0))


def probe(kind: str) -> Talk:
    """Return what asks a socket for a sign of life: 0, or the code it closes with."""

    async def talk(socket: Socket) -> int:
        await socket.say(PROBES[kind])
        return await closing_code(socket)

    return talk


@pytest.mark.clause("who-sees", "messages")
@pytest.mark.promise("JK-11", "JK-34")
@pytest.mark.parametrize("name", list(routes.SOCKETS))
def test_a_socket_opens_for_whom_the_table_says(world: World, name: str) -> None:
    kind, right = routes.SOCKETS[name]
    wrong = []
    for role in ROLES:
        for key, roles in RIGHTS[kind, right].items():
            path = PATHS[name].format(world.things[kind][key].public_id)
            # A session that its host left is not entered by a socket that opens anew.
            want = 0 if role in roles else HIDDEN
            got = with_socket(world.cast, role, path, probe(name))
            if got != want:
                wrong.append(f"{role} {key}: {got}, not {want}")
        missing = PATHS[name].format(new_public_id())
        assert with_socket(world.cast, role, missing, probe(name)) == HIDDEN
    assert wrong == []


def told_after(change: Callable[[], Any], kind: str) -> Talk:
    """Return what makes a change while the socket is open, and waits for its closing code."""

    async def talk(socket: Socket) -> int:
        await socket.say(PROBES[kind])
        await socket.hear()
        await database_sync_to_async(change)()
        return await closing_code(socket)

    return talk


@pytest.mark.clause("leaving")
@pytest.mark.promise("JK-14")
@pytest.mark.parametrize("name", list(routes.SOCKETS))
def test_leaving_closes_the_leavers_sockets(
    world: World, name: str, django_capture_on_commit_callbacks: Any
) -> None:
    kind, key = {"jam-socket": ("session", "participants"),
                 "messages-socket": ("conversation", "owner-participant")}[name]  # fmt: skip

    def leave() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            erasure.request(world.cast["participant"])

    path = PATHS[name].format(world.things[kind][key].public_id)
    code = with_socket(world.cast, "participant", path, told_after(leave, name))
    assert code == HIDDEN


@pytest.mark.clause("leaving")
def test_a_room_ends_when_its_host_leaves(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    def leave() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            erasure.request(cast["owner"])

    async def talk(socket: Socket) -> int:
        await socket.say({"t": "hello"})
        assert (await socket.hear())["t"] == "welcome"
        await database_sync_to_async(leave)()
        return await closing_code(socket)

    path = PATHS["jam-socket"].format(cast.sessions["participants"].public_id)
    assert with_socket(cast, "participant", path, talk) == HIDDEN


def test_closing_a_session_closes_its_sockets(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    session = cast.sessions["public"]

    def close() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            sessions.close(session)

    async def talk(socket: Socket) -> int:
        await socket.say({"t": "hello"})
        await socket.hear()
        await database_sync_to_async(close)()
        return await closing_code(socket)

    path = PATHS["jam-socket"].format(session.public_id)
    assert with_socket(cast, "participant", path, talk) == HIDDEN


@pytest.mark.clause("messages")
@pytest.mark.promise("VJ-03")
def test_what_is_written_arrives_at_the_other_and_is_stored_once(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    talk_id = world.things["conversation"]["owner-participant"].public_id
    from messaging import services
    from messaging.models import Message

    ref = str(uuid.uuid4())

    def write() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            for _ in range(2):
                services.write(
                    world.things["conversation"]["owner-participant"], world.cast["participant"],
                    text="mark-live", ref=ref,
                )  # fmt: skip

    async def talk(socket: Socket) -> Any:
        await socket.say(PROBES["messages-socket"])
        await socket.hear()
        await database_sync_to_async(write)()
        got = await socket.hear()
        await asyncio.sleep(0.05)
        assert await socket.receive_nothing()
        return got

    got = with_socket(world.cast, "owner", PATHS["messages-socket"].format(talk_id), talk)
    assert (got["t"], got["name"], got["text"], got["ref"]) == (
        "message", "mark-stage-participant", "mark-live", ref,
    )  # fmt: skip
    assert Message.objects.filter(ref=ref).count() == 1


def test_sockets_are_no_pages() -> None:
    for path in PATHS.values():
        with pytest.raises(Http404):
            resolve(path.format("x"))
