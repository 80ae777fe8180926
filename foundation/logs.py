"""What a log line may hold: what happened and where in the code, and nobody's name, address or id.

`Routes` names the route of a request in place of its path, which holds usernames and ids.
`Nameless` writes the line: whatever in it, or in an exception's own words, could tell of a person
is replaced by what it is.
"""

import logging
import re
from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, resolve

from foundation.ids import ALPHABET, LENGTH

REPLACED = (
    # What PostgreSQL quotes of a row, to the end of the line it stands on.
    (re.compile(r"^((?:DETAIL|CONTEXT|HINT|STATEMENT): +).*", re.M), r"\1[left out]"),
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), "[address]"),
    (re.compile(r"@[\w.-]+(?=/)"), "@[name]"),
    (re.compile(rf"(?<![0-9A-Za-z_])[{ALPHABET}]{{{LENGTH}}}(?![0-9A-Za-z_])"), "[id]"),
    # Tokens: of apps, of addresses of sound, of letters' links.
    (re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+"), "[token]"),
    (re.compile(r"[\w.-]+(?:~[\w.-]+)+(?::[\w-]+)*"), "[token]"),
    (re.compile(r"(?<![\w/-])(?=[\w-]*\d)(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{32,}"), "[token]"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b(?!:\d+/)"), "[network]"),
    (re.compile(r"(https?://[^/\s'\"<>]+)/[^\s'\"<>)]+"), r"\1/[path]"),
)


class Nameless(logging.Formatter):
    """Writes lines, tracebacks included, without what could tell of a person."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for pattern, instead in REPLACED:
            text = pattern.sub(instead, text)
        return text


class Routes(logging.Filter):
    """Names the route in place of the path, in what Django says of a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            record.args = tuple(self._nameless(argument, request) for argument in record.args)
        return True

    def _nameless(self, said: Any, request: HttpRequest) -> Any:
        if not isinstance(said, str) or not said or said == request.method:
            return said
        paths = {request.path, request.get_full_path(), request.path_info}
        return route_of(request) if said in paths else said


def route_of(request: HttpRequest) -> str:
    """Return the route that a request went to: "recordings/<str:public_id>/"."""
    match = request.resolver_match
    if match is None:
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return "(no route)"
    return f"/{match.route}"
