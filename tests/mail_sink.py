"""A mail server on loopback that keeps what it is sent."""

import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any


class Sink(socketserver.StreamRequestHandler):
    """A mail server that takes letters, or breaks off after the first words."""

    letters: list[str] = []
    breaks = False

    def handle(self) -> None:
        self.wfile.write(b"220 sink\r\n")
        body = False
        for raw in self.rfile:
            line = raw.decode().rstrip("\r\n")
            if body:
                self.letters[-1] += line + "\n"
                if line == ".":
                    body = False
                    self.wfile.write(b"250 taken\r\n")
            elif line.upper() == "DATA":
                if self.breaks:
                    return
                self.letters.append("")
                body = True
                self.wfile.write(b"354 go on\r\n")
            elif line.upper() == "QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 sink\r\n")


@contextmanager
def listening(*, breaks: bool = False) -> Iterator[tuple[int, list[str]]]:
    """Run a mail server; give its port, and the letters that it has got so far."""
    handler: Any = type("Sink", (Sink,), {"letters": [], "breaks": breaks})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], handler.letters
        server.shutdown()


def read(letter: str) -> tuple[EmailMessage, str]:
    """Return a letter, and its plain text."""
    found = email.message_from_string(letter, policy=email.policy.default)
    body = found.get_body(("plain",))
    return found, body.get_content() if body is not None else ""
