"""Files over HTTP with byte ranges, without which a browser can't seek in sound."""

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from django.core.files.storage import Storage
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

BLOCK = 256 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")


def file_response(
    request: HttpRequest, storage: Storage, name: str, content_type: str, *, etag: str = ""
) -> HttpResponse | StreamingHttpResponse:
    """Answer with the file or the one range asked for (RFC 9110, section 14).

    Several ranges in one request are answered with the whole file, as the RFC allows; so is a range
    of another version than `etag` (If-Range). Raises FileNotFoundError when the file is gone.
    """
    response = byte_response(
        request, storage.size(name), lambda: storage.open(name, "rb"), content_type, etag=etag
    )
    if span := getattr(response, "span", None):
        with contextlib.suppress(NotImplementedError):  # storage elsewhere has no path
            # The server sends it without a thread of ours (foundation.rsgi).
            response.part_of_file = storage.path(name), *span  # type: ignore[union-attr]
    return response


class Bytes(Protocol):
    """What is sent: a file, or something that reads like one."""

    def seek(self, place: int, /) -> Any: ...
    def read(self, length: int, /) -> bytes: ...
    def __enter__(self) -> Any: ...
    def __exit__(self, *ended: Any) -> Any: ...


def byte_response(
    request: HttpRequest,
    size: int,
    opened: Callable[[], Bytes],
    content_type: str,
    *,
    etag: str = "",
) -> HttpResponse | StreamingHttpResponse:
    """Answer with `size` bytes, or the range of them that was asked for: see `file_response`."""
    same = request.headers.get("If-Range", etag) == etag
    try:
        span = _span(request.headers.get("Range", "") if same else "", size)
    except ValueError:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{size}"
        return refused
    start, end = span or (0, size - 1)
    partial = span is not None
    response = StreamingHttpResponse(
        _read(opened(), start, end - start + 1),
        status=206 if partial else 200,
        content_type=content_type,
    )
    response["Accept-Ranges"] = "bytes"
    response["Content-Length"] = str(end - start + 1)
    if etag:
        response["ETag"] = etag
    if partial:
        response["Content-Range"] = f"bytes {start}-{end}/{size}"
    response.span = start, end + 1  # type: ignore[attr-defined]
    return response


def _span(header: str, size: int) -> tuple[int, int] | None:
    """Return first and last byte of the range asked for, which may be the whole file; else None.

    Raises ValueError when it can't be satisfied.
    """
    match = _RANGE.match(header.strip())
    if match is None or (not match[1] and not match[2]):
        return None
    if match[1]:
        start = int(match[1])
        end = min(int(match[2]), size - 1) if match[2] else size - 1
    else:
        start, end = max(0, size - int(match[2])), size - 1
    if not start <= end < size:
        raise ValueError
    return start, end


def _read(file: Bytes, start: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while length > 0:
            block = file.read(min(BLOCK, length))
            if not block:
                return
            length -= len(block)
            yield block
