"""Django's WSGI application behind granian's event loop: slow clients cost a connection, no thread.

The loop takes the whole body, within limits of time and size, before one of a few threads runs
Django; it hands the answer on as slowly as the client reads. Under granian's own WSGI a thread
waits for each body, and a handful of stalled uploads stops the site (docs/decisions/0023).

- A body: nothing for `SILENCE` seconds, or slower than `LEAST_RATE` after `START`, is 408; longer
  than `LARGEST` bytes is 413; shorter than it said is nobody's request, and is dropped.
- More than `MOST_WAITING` whole requests without a thread: 503, at once.
- An answer that waits for something (`foundation.held`) waits in the loop, and is asked for again;
  `MOST_HELD` at a time, whatever comes beyond is answered at once.
- The head of a request has a limit in granian itself: see `jamsite.embedded.site`.
"""

import asyncio
import functools
import io
import json
import logging
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.core.handlers.wsgi import WSGIHandler

from foundation.held import MAY_WAIT, Held
from foundation.problems import CONTENT_TYPE, problem

SILENCE = 10.0  # seconds between two pieces of a body
START = 20.0  # seconds that any body may take
LEAST_RATE = 4096  # bytes a second that a body must come with after that
LARGEST = 16 * 1024 * 1024  # bytes of a body: a chunk or a photo has 8 MiB at most
THREADS = 8  # of one process; the database's pool has room for them
MOST_WAITING = 256
MOST_HELD = 1024
IN_MEMORY = 256 * 1024  # bytes of a body or an answer; the rest is in a temporary file
BLOCK = 64 * 1024
SLOWEST_BLOCK = 60.0  # seconds that a reader may take for a block
BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})

Headers = list[tuple[str, str]]
Rest = tuple[int, Headers, IO[bytes]]  # status, headers and a body that is sent on bit by bit
log = logging.getLogger(__name__)


class Refused(Exception):
    """The body of a request isn't taken: the status says why; None when nobody is there to ask."""

    def __init__(self, status: int | None = None, detail: str = "") -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


class Bridge:
    """An RSGI application that runs a Django WSGI handler in threads."""

    def __init__(self, handler: WSGIHandler) -> None:
        self.handler: Any = handler
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")
        self._under_way = 0  # changed by the event loop alone
        self._held = 0  # likewise

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        try:
            body = await _body(scope, proto)
        except Refused as refused:
            if refused.status is not None:
                _refuse(scope, proto, refused.status, refused.detail)
            return
        if self._under_way >= THREADS + MOST_WAITING:
            body.close()
            _refuse(scope, proto, 503, "The site is busy. Try again in a moment.")
            return
        may_wait = scope.method in BODILESS and self._held < MOST_HELD
        rest = await self._in_thread(scope, proto, body, may_wait=may_wait)
        if isinstance(rest, Held):
            await self._wait(rest)
            rest = await self._in_thread(scope, proto, io.BytesIO(), may_wait=False)
        if isinstance(rest, tuple):
            await _send_on(proto, *rest)

    async def _in_thread(
        self, scope: Any, proto: Any, body: IO[bytes], *, may_wait: bool
    ) -> Rest | Held | None:
        self._under_way += 1
        try:
            loop = asyncio.get_running_loop()
            about = scope, proto, body, may_wait
            return await loop.run_in_executor(self._threads, self._run, *about)
        finally:
            self._under_way -= 1

    async def _wait(self, held: Held) -> None:
        self._held += 1
        try:
            await held.until()
        except Exception:
            log.exception("What a request waited for failed; it is answered now")
        finally:
            self._held -= 1

    def _run(self, scope: Any, proto: Any, body: IO[bytes], may_wait: bool) -> Rest | Held | None:
        """Answer, in a thread; return what the loop is to wait for, or send on if it is long."""
        with body:
            try:
                return self._answer(scope, proto, body, may_wait=may_wait)
            except Exception:
                log.exception("A request ended in the server")
                _refuse(scope, proto, 500, "Something broke on our side.")
                return None

    def _answer(
        self, scope: Any, proto: Any, body: IO[bytes], *, may_wait: bool
    ) -> Rest | Held | None:
        head = _Head()
        response: Any = self.handler({**_environ(scope, body), MAY_WAIT: may_wait}, head)
        try:
            if isinstance(response, Held):
                return response
            if not response.streaming:
                proto.response_bytes(head.status, head.headers, response.content)
                return None
            part = _on_disk(response)
            if part is not None:
                proto.response_file_range(head.status, head.headers, *part)
                return None
            return head.status, head.headers, _spooled(response)
        finally:
            response.close()  # gives this thread's connection back to the pool


class _Head:
    """What a WSGI application calls to say status and headers."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: Headers = []

    def __call__(self, status: str, headers: Headers, exc_info: Any = None) -> None:
        self.status = int(status[:3])
        self.headers = [(name, str(value).lstrip()) for name, value in headers]


async def _body(scope: Any, proto: Any) -> IO[bytes]:
    """Return the whole body, at its beginning. Raises Refused."""
    declared = _declared(scope)
    if declared == 0 or (declared is None and _has_none(scope)):
        return io.BytesIO()
    if declared is not None and declared > LARGEST:
        raise Refused(413, _TOO_LONG)
    taken: Any = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (closed after the request)
    try:
        length = await _take(proto, taken)
        if declared is not None and length < declared:
            raise Refused  # who sent it has gone in the middle
    except BaseException as error:
        taken.close()
        if isinstance(error, TimeoutError):
            raise Refused(408, "The request came too slowly; nothing was done.") from None
        raise
    taken.seek(0)
    body: IO[bytes] = taken
    return body


async def _take(proto: Any, into: IO[bytes]) -> int:
    """Write what comes until it ends; return how long it was.

    Raises Refused when it is too long, TimeoutError when it comes too slowly.
    """
    begun, length = time.monotonic(), 0
    pieces = aiter(proto)
    try:
        while True:
            left = begun + START + length / LEAST_RATE - time.monotonic()
            async with asyncio.timeout(max(0.0, min(SILENCE, left))):
                # Not anext(pieces, None): with granian's iterator that ends the process.
                piece = await pieces.__anext__()
            length += len(piece)
            if length > LARGEST:
                raise Refused(413, _TOO_LONG)
            into.write(piece)
    except StopAsyncIteration:
        return length


_TOO_LONG = f"A request may have {LARGEST // 1024**2} MB; nothing of this one was kept."


def _declared(scope: Any) -> int | None:
    length = scope.headers.get("content-length")
    return int(length) if length is not None and length.isdecimal() else None


def _has_none(scope: Any) -> bool:
    return scope.method in BODILESS and "transfer-encoding" not in scope.headers


def _refuse(scope: Any, proto: Any, status: int, detail: str) -> None:
    """Answer without Django, and end the connection: the rest of the body may still come."""
    kind, text = "text/plain; charset=utf-8", detail
    if scope.path.startswith("/api/"):
        kind, text = CONTENT_TYPE, json.dumps(problem(status, detail))
    headers = [("Content-Type", kind), ("Cache-Control", "no-store"), ("Connection", "close")]
    if status == 503:
        headers.append(("Retry-After", "5"))
    proto.response_str(status, headers, text)


def _environ(scope: Any, body: IO[bytes]) -> dict[str, Any]:
    """Return the request as WSGI has it (PEP 3333)."""
    body.seek(0, os.SEEK_END)
    length = body.tell()
    body.seek(0)
    host, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode("utf-8", "surrogatepass").decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        key = _key(name)
        if not key:
            continue
        if key in environ:
            environ[key] += f"; {value}" if key == "HTTP_COOKIE" else f",{value}"
        else:
            environ[key] = value
    environ["CONTENT_LENGTH"] = str(length)
    if scope.authority:
        environ.setdefault("HTTP_HOST", scope.authority)
    return environ


@functools.lru_cache(maxsize=512)
def _key(name: str) -> str:
    """Return a header's key in the environ; nothing for one that could be taken for another."""
    if "_" in name:  # X_Forwarded_For would be X-Forwarded-For
        return ""
    key = name.upper().replace("-", "_")
    return key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"


def _on_disk(response: Any) -> tuple[str, int, int] | None:
    """Return path, first byte and the one after the last, if the answer is part of a file."""
    part: tuple[str, int, int] | None = getattr(response, "part_of_file", None)
    file: Any = getattr(response, "file_to_stream", None)
    if part is None and isinstance(getattr(file, "name", None), str):
        part = file.name, file.tell(), os.fstat(file.fileno()).st_size
    return part if part is not None and part[1] < part[2] else None


def _spooled(response: Any) -> IO[bytes]:
    """Return an answer that is made bit by bit, whole: the client may be slower than we are."""
    file: Any = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (closed when it is sent)
    for piece in response:
        file.write(piece)
    file.seek(0)
    whole: IO[bytes] = file
    return whole


async def _send_on(proto: Any, status: int, headers: Headers, file: IO[bytes]) -> None:
    with file:
        transport = proto.response_stream(status, headers)
        while block := file.read(BLOCK):
            try:
                async with asyncio.timeout(SLOWEST_BLOCK):
                    await transport.send_bytes(block)
            except (TimeoutError, RuntimeError):
                return  # the reader is gone, or as good as that
