"""The processes of a whole site: web, sockets, worker, scheduler."""

import http.client
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from foundation import frames
from jamsite.embedded.paths import PROJECT, run_dir
from jamsite.embedded.supervisor import Child

EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104
INTERNAL = {"127.0.0.1", "localhost", "::1"}
# The head of a request has 10 s; its body has limits in foundation.rsgi. A connection costs little
# here, so many may be slow at a time; how many one client may have is the proxy's to say.
WEB_OPTIONS = [
    *("jamsite.rsgi:application", "--interface", "rsgi", "--http1-header-read-timeout", "10000"),
    *("--backlog", "2048", "--backpressure", "4096"),
    *("--no-ws", "--no-access-log", "--log-level", "warning"),
]
STOP_ORDER = [["web", "sockets", "beat"], ["worker"], ["valkey"], ["postgres"]]


@dataclass(frozen=True)
class Place:
    """Where the site listens."""

    host: str
    port: int
    socket_port: int

    @property
    def name(self) -> str:
        """The host as a browser on this machine writes it."""
        host = "127.0.0.1" if self.host in EVERYWHERE else self.host
        return f"[{host}]" if ":" in host else host

    @property
    def url(self) -> str:
        return f"http://{self.name}:{self.port}"

    def environment(self, given: Mapping[str, str]) -> dict[str, str]:
        """What the site must know of its place, unless the environment says it already.

        An address that is given is a proxy's, which sends /ws/ on to the sockets.
        """
        if given.get("SITE_URL"):
            return {}
        wanted = {"SITE_URL": self.url, "SOCKET_URL": f"ws://{self.name}:{self.socket_port}"}
        if self.host not in INTERNAL | EVERYWHERE:
            wanted["ALLOWED_HOSTS"] = ",".join(["127.0.0.1", "localhost", "[::1]", self.name])
        return {key: value for key, value in wanted.items() if not given.get(key)}


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def manage(*arguments: str) -> list[str]:
    return python(str(PROJECT / "manage.py"), *arguments)


def front(place: Place, environment: Mapping[str, str]) -> list[Child]:
    """Return what visitors talk to. It logs no address of theirs."""
    speaks, listens = _speaks_http(place), _listens(place.host, place.socket_port)
    return [
        Child("web", _web(place), environment, PROJECT, patience=2.0, ready=speaks),
        Child("sockets", _sockets(place), environment, PROJECT, patience=2.0, ready=listens),
    ]


def behind(folder: Path, environment: Mapping[str, str]) -> list[Child]:
    """Return what works outside requests: nobody waits for it, so it starts last."""
    soft = {**environment, "REMAP_SIGTERM": "SIGQUIT"}  # the worker gives back what it holds
    return [
        Child("worker", _worker(), soft, PROJECT, patience=6.0),
        Child("beat", _beat(folder), environment, PROJECT, patience=2.0),
    ]


def _web(place: Place) -> list[str]:
    return python(
        *("-m", "granian", *WEB_OPTIONS, "--host", place.host, "--port", str(place.port)),
        *("--workers", "2", "--respawn-failed-workers", "--workers-kill-timeout", "1"),
    )


def _sockets(place: Place) -> list[str]:
    return python(
        *("-m", "uvicorn", "jamsite.asgi:application"),
        *("--host", place.host, "--port", str(place.socket_port), "--lifespan", "off"),
        *("--no-access-log", "--log-level", "warning", "--no-server-header"),
        *("--timeout-graceful-shutdown", "1", "--ws-max-size", str(frames.LONGEST)),
        *("--ws-per-message-deflate", "false"),  # small frames: it costs more than it saves
    )


def _worker() -> list[str]:
    return python(
        *("-m", "celery", "-A", "jamsite.celery", "worker", "--hostname", "worker@jamsite"),
        *("--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "INFO"),
    )


def _beat(folder: Path) -> list[str]:
    return python(
        *("-m", "celery", "-A", "jamsite.celery", "beat", "--pidfile", ""),
        *("--schedule", str(run_dir(folder) / "beat-schedule"), "--loglevel", "WARNING"),
    )


def _speaks_http(place: Place) -> Callable[[], bool]:
    def ready() -> bool:
        connection = http.client.HTTPConnection(place.name.strip("[]"), place.port, timeout=10)
        try:
            # As a proxy asks: production answers nobody else.
            connection.request("HEAD", "/", headers={"X-Forwarded-Proto": "https"})
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return True

    return ready


def _listens(host: str, port: int) -> Callable[[], bool]:
    def ready() -> bool:
        try:
            socket.create_connection(("127.0.0.1" if host in EVERYWHERE else host, port), 1).close()
        except OSError:
            return False
        return True

    return ready
