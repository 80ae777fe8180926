"""A load generator: one process, raw sockets, one request under way on each connection.

Run by `drive` as ``python bench/load.py``; it prints what it counted as JSON. It is small on
purpose: at 1,000 requests a second it takes a few per cent of one core (reported as `load`).
"""

import json
import selectors
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Load:
    """Requests a second, median and 95th percentile in ms, share of a core the generator took."""

    rate: float
    p50: float
    p95: float
    share: float


def drive(port: int, path: str, *, seconds: float, cookie: str = "", connections: int = 16) -> Load:
    """Ask for one address over and over, from a process of its own."""
    arguments = [str(port), path, str(seconds), str(connections), cookie]
    done = subprocess.run(
        [sys.executable, str(Path(__file__)), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds + 120,
    )
    if done.returncode:
        raise RuntimeError(f"{path}: {done.stderr.strip().splitlines()[-1]}")
    return Load(**json.loads(done.stdout))


class Connection:
    def __init__(self, port: int, request: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request = request
        self.ask()

    def ask(self) -> None:
        self.buffer = b""
        self.needed = 0
        self.asked = time.perf_counter()
        self.socket.sendall(self.request)

    def take(self) -> bool:
        """Read what has come; return whether the answer is whole."""
        data = self.socket.recv(1 << 18)
        if not data:
            raise SystemExit("the server closed a connection")
        self.buffer = self.buffer + data if self.buffer else data
        if not self.needed:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return False
            if self.buffer[9:12] != b"200":
                raise SystemExit(f"answered {self.buffer[9:12].decode()} instead of 200")
            self.needed = end + 4 + _length(self.buffer[:end].lower())
        return len(self.buffer) >= self.needed


def _length(head: bytes) -> int:
    at = head.find(b"content-length:")
    if at < 0:
        raise SystemExit("an answer without Content-Length")
    return int(head[at + 15 :].split(b"\r\n", 1)[0])


def main(port: int, path: str, seconds: float, connections: int, cookie: str) -> None:
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n"
    request = (head + (f"Cookie: {cookie}\r\n" if cookie else "") + "\r\n").encode()
    waiting = selectors.DefaultSelector()
    for _ in range(connections):
        connection = Connection(port, request)
        waiting.register(connection.socket, selectors.EVENT_READ, connection)
    times: list[float] = []
    begun, spent = time.perf_counter(), time.process_time()
    until = begun + seconds
    # On a machine that is busy with other things the time may be over before anything came back.
    while (now := time.perf_counter()) < until or (len(times) < connections and now < begun + 60):
        for key, _ in waiting.select(1):
            if key.data.take():
                times.append(time.perf_counter() - key.data.asked)
                key.data.ask()
    if not times:
        raise SystemExit("no answer within a minute")
    elapsed = now - begun
    times.sort()
    figures = {
        "rate": len(times) / elapsed,
        "p50": times[len(times) // 2] * 1000,
        "p95": times[len(times) * 95 // 100] * 1000,
        "share": (time.process_time() - spent) / elapsed,
    }
    sys.stdout.write(json.dumps(figures))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
