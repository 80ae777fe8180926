"""What the API stands on: keyset pagination, raw bodies, counted requests."""

import math
import time
from typing import Any

from rest_framework.exceptions import APIException, ParseError
from rest_framework.pagination import BasePagination
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from foundation import json_input
from foundation.limits import AWAY, TooMany, count, masked
from foundation.paging import Page, newest_first


class KeysetPagination(BasePagination):
    """20 newest rows, and the address of what follows (null at the end)."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        return self.take(newest_first(queryset, request.query_params.get("after")), request)

    def take(self, page: Page[Any], request: Request) -> list[Any]:
        """Answer with a page that was read already; return its rows."""
        self._page, self._request = page, request
        return list(page.items)

    def get_paginated_response(self, data: Any) -> Response:
        following = self._page.next_url(self._request)
        if following is not None:
            following = self._request.build_absolute_uri(following)
        return Response({"results": data, "next": following})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {
                "results": schema,
                "next": {"type": ["string", "null"], "format": "uri"},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": "after",
                "in": "query",
                "required": False,
                "description": "Cursor from the `next` of the page before.",
                "schema": {"type": "string"},
            }
        ]


class JSONParser(BaseParser):
    """Reads JSON within its bounds (`foundation.json_input`)."""

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        data = stream.read(json_input.LONGEST + 1)
        if len(data) > json_input.LONGEST:
            raise TooLong
        try:
            return json_input.parse(data)
        except json_input.Unreadable as why:
            raise ParseError(str(why)) from None


class TooLong(APIException):
    status_code = 413
    default_code = "too_long"

    def __init__(self) -> None:
        super().__init__(json_input.too_long())


class RawParser(BaseParser):
    """Reads a body as bytes, one byte more than `limit` at most, whatever it claims to be."""

    media_type = "application/octet-stream"
    limit = 8 * 1024 * 1024

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        data: bytes = stream.read(self.limit + 1)
        return data


class Throttle(BaseThrottle):
    """Counts requests in fixed windows: one number for each caller, whatever the limit.

    Members are counted by account, others by a keyed hash of their address that is kept for a
    minute or so. (DRF's own throttles keep and send every request's time, and the address.)
    """

    def allow_request(self, request: Request, view: Any) -> bool:
        member = request.user.is_authenticated
        rate = str(api_settings.DEFAULT_THROTTLE_RATES["user" if member else "anon"])
        allowed, _, period = rate.partition("/")
        seconds = {"s": 1, "m": 60, "h": 3600, "d": 86400}[period[0]]
        ident = masked(str(self.get_ident(request)))
        who = f"user:{request.user.pk}" if member else f"address:{ident}"
        now = time.time()
        window = int(now // seconds)
        try:
            used = count(f"throttle:{who}:{window}", seconds)
        except AWAY:
            return True  # reading goes on; what guards an account counts by itself
        if used > int(allowed):
            raise TooMany(math.ceil((window + 1) * seconds - now), int(allowed), seconds)
        return True
