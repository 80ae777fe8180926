"""A coturn on loopback, set up as we hand it out, and credentials as the site makes them."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = ROOT / ".tools" / "coturn" / "usr"  # where `bootstrap.py --browser` unpacks it
GIVEN = ROOT / "deploy" / "turnserver.conf"
SECRET = "between the site and its relay, 32"


def turnserver() -> tuple[str, dict[str, str]]:
    """Return the program and the environment it runs in."""
    path = os.pathsep.join([os.environ["PATH"], str(OURS / "bin")])
    program = shutil.which("turnserver", path=path)
    assert program, "coturn is missing: run `make ready-test`"
    libraries = os.pathsep.join(str(folder) for folder in (OURS / "lib").glob("*-linux-*"))
    return program, {"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": libraries}


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Relay:
    """Start with `with Relay(folder) as relay:`; `relay.ice()` is what a browser is given."""

    def __init__(self, folder: Path, *, guarded: bool = False) -> None:
        """`guarded`: refuse this machine's own addresses, as a relay that people use does."""
        self.folder, self.guarded = folder, guarded
        self.port = free_port()
        self.url = f"turn:127.0.0.1:{self.port}?transport=udp"

    def __enter__(self) -> Relay:
        program, environment = turnserver()
        (self.folder / "turnserver.conf").write_text(self._configuration())
        command = [
            program, "-c", f"{self.folder}/turnserver.conf", "--no-tls", "--no-dtls",
            "--allow-loopback-peers", f"--pidfile={self.folder}/coturn.pid",
            f"--userdb={self.folder}/coturn.db",
        ]  # fmt: skip
        with (self.folder / "coturn.out").open("wb") as output:
            self.process = subprocess.Popen(
                command, env=environment, stdout=output, stderr=output, cwd=self.folder
            )
        self._wait()
        return self

    def _configuration(self) -> str:
        """Return the configuration that we hand out, for this machine alone."""
        text = GIVEN.read_text()
        for ours, here in (
            ("static-auth-secret=.*", f"static-auth-secret={SECRET}"),
            ("(listening|relay)-ip=.*", r"\1-ip=127.0.0.1"),
            ("listening-port=3478", f"listening-port={self.port}"),
            ("(tls-listening-port|cert|pkey)=.*", ""),
            *(() if self.guarded else [("denied-peer-ip=127.*", "")]),
            ("log-file=.*", f"log-file={self.folder}/coturn.log\nsimple-log"),
        ):
            text, times = re.subn(f"^{ours}$", here, text, flags=re.MULTILINE)
            assert times, ours
        return text

    def _wait(self) -> None:
        """Wait until it answers a STUN binding request (RFC 8489)."""
        request = b"\x00\x01\x00\x00\x21\x12\xa4\x42" + b"jamsite-test"
        end = time.monotonic() + 15
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.settimeout(0.2)
            while True:
                assert self.process.poll() is None, (self.folder / "coturn.out").read_text()
                assert time.monotonic() < end, "coturn doesn't answer"
                with contextlib.suppress(OSError):
                    probe.sendto(request, ("127.0.0.1", self.port))
                    if probe.recv(2048)[:2] == b"\x01\x01":
                        return

    def ice(self, lives: int = 3600) -> list[dict]:
        """Return what is given to a browser; `lives`: seconds, less than 0 for what ran out."""
        username = f"{int(time.time()) + lives}:opaque"
        digest = hmac.new(SECRET.encode(), username.encode(), hashlib.sha1).digest()
        credential = base64.b64encode(digest).decode()
        return [{"urls": [self.url], "username": username, "credential": credential}]

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
