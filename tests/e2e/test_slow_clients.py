"""Clients that stall, against the real servers: they cost their own connection, nobody's page.

Hundreds of sockets stop in the middle of a head, of a body, or of reading; meanwhile others are
served, and what stalled is ended by the server with a word.
"""

import contextlib
import select
import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from foundation import rsgi
from tests.e2e.site import Site

MANY = 200
LOGIN = "/account/login/"


class Stalled:
    """Sockets that have sent something, and then nothing more."""

    def __init__(self, site: Site, sends: bytes, *, how_many: int = MANY) -> None:
        self.sockets = [self._open(site, sends) for _ in range(how_many)]

    @staticmethod
    def _open(site: Site, sends: bytes) -> socket.socket:
        one = socket.socket()
        # Little room on this side, so that an answer nobody reads stays with the server.
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.settimeout(30)
        one.connect(("127.0.0.1", site.port))
        one.sendall(sends)
        return one

    def open(self) -> int:
        """Return how many the server has neither answered nor closed."""
        readable, _, _ = select.select(self.sockets, [], [], 0)
        return len(self.sockets) - len(readable)

    def answers(self) -> set[bytes]:
        """Return the first lines of what the server said; empty where it just closed."""
        found = set()
        for one in self.sockets:
            with contextlib.suppress(ConnectionResetError):
                found.add(one.recv(4096).split(b"\r\n", 1)[0])
        return found

    def close(self) -> None:
        for one in self.sockets:
            one.close()


@contextlib.contextmanager
def stalled(site: Site, sends: bytes, *, how_many: int = MANY) -> Iterator[Stalled]:
    found = Stalled(site, sends, how_many=how_many)
    try:
        yield found
    finally:
        found.close()


def post(path: str, length: int, body: bytes = b"") -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n"
    return f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode() + body


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def serves_others(site: Site, within: float = 20) -> None:
    """Ask for pages and send forms as somebody with a good line does."""
    with httpx.Client(base_url=site.url, timeout=within) as client:
        for _ in range(5):
            assert client.get("/privacy/").status_code == 200
            without_token = client.post(LOGIN, data={"login": "nobody", "password": "x" * 5000})
            assert without_token.status_code == 403  # Django's answer to a body that it read


def eventually_none_is_open(clients: Stalled, within: float) -> None:
    end = time.monotonic() + within
    while clients.open():
        assert time.monotonic() < end, f"{clients.open()} are still open"
        time.sleep(0.2)


def test_stalled_bodies_cost_their_own_connection_and_are_ended_with_a_word(site: Site) -> None:
    with stalled(site, post(LOGIN, 1000, b"login=ada")) as bodies:
        assert bodies.open() == MANY
        serves_others(site)
        eventually_none_is_open(bodies, rsgi.SILENCE + 20)
        assert bodies.answers() == {b"HTTP/1.1 408 Request Timeout"}
    serves_others(site)


def test_stalled_heads_are_ended(site: Site) -> None:
    with stalled(site, b"GET /privacy/ HTTP/1.1\r\nHost: 127") as heads:
        serves_others(site)
        eventually_none_is_open(heads, 40)
    serves_others(site)


def test_readers_who_stop_reading_cost_no_thread(site: Site) -> None:
    script = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"
    assert int(httpx.head(f"{site.url}{script}").headers["Content-Length"]) > 1_000_000
    with stalled(site, get(script)) as files, stalled(site, get("/privacy/")) as pages:
        serves_others(site, 60)  # nobody ends a reader before that: a thread they had would be gone
        for clients in (files, pages):
            assert clients.answers() == {b"HTTP/1.1 200 OK"}
        serves_others(site, 60)


def test_a_body_that_trickles_is_ended_and_one_that_is_only_slow_is_taken(site: Site) -> None:
    with (
        stalled(site, post(LOGIN, 100_000), how_many=1) as trickle,
        stalled(site, post(LOGIN, 4 * 5000), how_many=1) as slow,
    ):
        for _ in range(4):
            slow.sockets[0].sendall(b"a" * 5000)
            trickle.sockets[0].sendall(b"a")
            time.sleep(1)
        assert slow.answers() == {b"HTTP/1.1 403 Forbidden"}  # Django's: the form has no token
        end = time.monotonic() + rsgi.START + 20
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            while trickle.open():
                assert time.monotonic() < end, "a trickle is taken for ever"
                trickle.sockets[0].sendall(b"a")
                time.sleep(1)
        assert trickle.answers() <= {b"HTTP/1.1 408 Request Timeout"}


@pytest.mark.parametrize(
    ("sends", "answer"),
    [
        (post("/api/v1/sessions/", rsgi.LARGEST + 1), b"HTTP/1.1 413 Payload Too Large"),
        (post(LOGIN, 0), b"HTTP/1.1 403 Forbidden"),
        (get("/%ff%fe/"), b"HTTP/1.1 404 Not Found"),
    ],
)
def test_what_is_odd_is_answered_at_once(site: Site, sends: bytes, answer: bytes) -> None:
    with stalled(site, sends, how_many=1) as one:
        assert one.answers() == {answer}


def test_a_body_that_breaks_off_is_nobodys_request(site: Site) -> None:
    with stalled(site, post(LOGIN, 1000, b"login=ada"), how_many=1) as one:
        one.sockets[0].shutdown(socket.SHUT_WR)
        assert one.answers() <= {b"", b"HTTP/1.1 500 Internal Server Error"}
    serves_others(site)
