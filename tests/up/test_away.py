"""A real site whose Valkey and PostgreSQL go away and come back, and 200 sockets of it."""

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.up.processes import eventually
from tests.up.real_site import RealSite, hear, real_site, say

SOCKETS, MESSAGES = 200, 40
ROOM_FOR = "two_talk()"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealSite]:
    folder = tmp_path_factory.mktemp("real")
    folder.chmod(0o755)
    with real_site(folder / "data") as found:
        yield found


@pytest.fixture(scope="module")
def people(site: RealSite) -> dict[str, Any]:
    found: dict[str, Any] = site.ask(ROOM_FOR)
    return found


def test_frames_above_128_kib_end_at_the_protocol(site: RealSite, people: dict[str, Any]) -> None:
    with site.socket(f"/ws/jam/{people['room']}/", people["otis"]) as socket:
        say(socket, t="clock", t0=1.0)
        hear(socket, "clock")
        socket.send("x" * (128 * 1024 + 1))
        with pytest.raises(ConnectionClosed) as closed:
            hear(socket, "clock")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009


def test_200_sockets_of_one_conversation_receive_all_8000(
    site: RealSite, people: dict[str, Any]
) -> None:
    """Each of 40 messages reaches each of 200 sockets, once."""
    path = f"/ws/messages/{people['conversation']}/"
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(site.socket(path, people[("lumen", "otis")[n % 2]]))
            for n in range(SOCKETS)
        ]
        _all_hear_all(sockets)


def _all_hear_all(sockets: list[ClientConnection]) -> None:
    heard: list[set[str]] = [set() for _ in sockets]
    twice: list[str] = []

    def listen(number: int) -> None:
        while len(heard[number]) < MESSAGES:
            frame = hear(sockets[number], "message", within=120)
            if frame["id"] in heard[number]:
                twice.append(frame["id"])
            heard[number].add(frame["id"])

    for socket in sockets:  # each is answered, so each has opened
        say(socket, t="send", text="", ref=str(uuid.uuid4()))
        assert hear(socket, "error", within=120)["code"] == "length"
    ears = [threading.Thread(target=listen, args=[n]) for n in range(SOCKETS)]
    for ear in ears:
        ear.start()
    for n in range(MESSAGES):
        say(sockets[n % 4], t="send", text=f"message {n}", ref=str(uuid.uuid4()))
    for ear in ears:
        ear.join(180)
    assert sum(map(len, heard)) == SOCKETS * MESSAGES == 8000
    assert (twice, len(set.union(*heard))) == ([], MESSAGES)


def test_without_valkey_pages_go_on_and_sockets_wait(
    site: RealSite, people: dict[str, Any]
) -> None:
    lumen, otis = people["lumen"], people["otis"]
    path = f"/ws/messages/{people['conversation']}/"
    with site.socket(path, lumen) as mine, site.socket(path, otis) as theirs:
        say(mine, t="send", text="before", ref=str(uuid.uuid4()))
        assert hear(theirs, "message")["text"] == "before"
        site.stop_valkey()
        try:
            hear(mine, "waiting")
            hear(theirs, "waiting")
            pages = ["/", "/recordings/", "/find/", "/settings/", "/messages/",
                     "/api/v1/recordings/", "/api/v1/me/", f"/jam/{people['room']}/"]  # fmt: skip
            assert {one: site.get(one, lumen)[0] for one in pages} == dict.fromkeys(pages, 200)
            login = json.dumps({"username": "lumen", "password": "x"})
            status, _text = site.post("/api/auth/app/v1/auth/login", login, "application/json")
            assert status == 503  # who can't be counted isn't let in
            say(mine, t="send", text="meanwhile", ref=str(uuid.uuid4()))
            hear(mine, "ack")  # stored; the other is told to look for it below
            with site.socket(path, lumen) as late:
                assert hear(late, "error")["code"] == "away"
        finally:
            site.start_valkey()
        hear(mine, "missed")
        hear(theirs, "missed")
        assert "meanwhile" in site.get(f"/messages/{people['conversation']}/", otis)[1]
        say(mine, t="send", text="after", ref=str(uuid.uuid4()))
        assert hear(theirs, "message")["text"] == "after"


def test_after_a_restart_of_postgresql_nobody_is_given_a_dead_connection(
    site: RealSite, people: dict[str, Any]
) -> None:
    path = f"/ws/messages/{people['conversation']}/"
    for _ in range(12):  # every worker has connections in its pool
        assert site.get("/", people["lumen"])[0] == 200
    with site.socket(path, people["lumen"]) as socket:
        say(socket, t="send", text="one", ref=str(uuid.uuid4()))
        hear(socket, "ack")
        site.restart_postgres()
        eventually(lambda: site.get("/", people["lumen"])[0] == 200, "PostgreSQL is back", 90)
        answers = [site.get("/", people["lumen"])[0] for _ in range(24)]
        assert answers == [200] * 24
        ref = str(uuid.uuid4())
        say(socket, t="send", text="two", ref=ref)
        assert hear(socket, "ack")["ref"] == ref
