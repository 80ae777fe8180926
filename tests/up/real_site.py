"""Web and sockets on services that a test can stop: what is started here is really there."""

import http.client
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from jamsite.embedded import ports, services
from jamsite.embedded.paths import PROJECT
from jamsite.embedded.site import Place, front, manage, python
from jamsite.embedded.supervisor import Child
from jamsite.embedded.valkey import Valkey
from tests import prepared
from tests.up.processes import clean_environment


class RealSite:
    """Pages and sockets of a site, whose PostgreSQL and Valkey come and go as a test wants."""

    def __init__(self, folder: Path, running: services.Services) -> None:
        self.folder, self.running = folder, running
        self.place = Place("127.0.0.1", ports.choose(), ports.choose())
        self.environment = clean_environment(
            {
                **running.environment,
                **self.place.environment({}),
                "JAMSITE_DATA": str(folder),
                "DJANGO_SETTINGS_MODULE": "jamsite.settings.development",
            }
        )

    def start(self) -> None:
        migrate = Child("migrate", manage("migrate", "--no-input"), self.environment, PROJECT)
        assert self.running.supervisor.run(migrate) == 0, self.running.supervisor.log("migrate")
        walled = {**self.environment, "DATABASE_URL": ""}
        self.running.supervisor.start(*front(self.place, walled), within=180)

    def ask(self, code: str) -> Any:
        """Run a function of `tests.up.furnish` in a process of the site; return what it returns."""
        asks = f"import json; from tests.up import furnish; print(json.dumps(furnish.{code}))"
        done = subprocess.run(
            python("manage.py", "shell", "-c", asks), cwd=PROJECT, env=self.environment,
            capture_output=True, text=True, timeout=180, check=True,
        )  # fmt: skip
        return json.loads(done.stdout.splitlines()[-1])

    def get(self, path: str, cookie: str = "") -> tuple[int, str]:
        """Return the status and the text of a page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.place.port, timeout=60)
        headers = {"Cookie": cookie, "Host": f"127.0.0.1:{self.place.port}"}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def post(self, path: str, body: str, kind: str, cookie: str = "") -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.place.port, timeout=60)
        headers = {"Cookie": cookie, "Content-Type": kind, "Origin": self.place.url}
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def socket(self, path: str, cookie: str) -> ClientConnection:
        address = f"ws://127.0.0.1:{self.place.socket_port}{path}"
        return connect(
            address,
            additional_headers={"Cookie": cookie},
            origin=Origin(self.place.url),
            open_timeout=60,
            close_timeout=5,
            max_size=None,
        )

    def stop_valkey(self) -> None:
        self.running.supervisor.stop("valkey")

    def start_valkey(self) -> None:
        Valkey(self.folder, self.running.supervisor).start()

    def restart_postgres(self) -> None:
        """End PostgreSQL at once, with every connection to it; its supervisor starts it again."""
        leash = psutil.Process(self.running.supervisor.pid("postgres"))
        (server,) = leash.children()
        server.kill()
        server.wait(30)

    def log(self, name: str) -> str:
        return self.running.supervisor.log(name).path.read_text()


@contextmanager
def real_site(folder: Path) -> Iterator[RealSite]:
    prepared.give(folder)
    with services.start(folder, durable=False, environment={}) as running:
        found = RealSite(folder, running)
        found.start()
        yield found


def hear(socket: ClientConnection, kind: str, within: float = 90.0) -> dict[str, Any]:
    """Return the next frame of a kind; what comes before it is left behind."""
    while True:
        frame: dict[str, Any] = json.loads(socket.recv(timeout=within))
        if frame["t"] == kind:
            return frame


def say(socket: ClientConnection, **frame: Any) -> None:
    socket.send(json.dumps(frame))
