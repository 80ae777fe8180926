"""Keyset pagination for the API: `?after=` in, `next` out."""

from typing import Any

from rest_framework.pagination import BasePagination
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.paging import newest_first


class KeysetPagination(BasePagination):
    """20 newest rows, and the address of what follows (null at the end)."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self._page = newest_first(queryset, request.query_params.get("after"))
        self._request = request
        return list(self._page.items)

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


class RawParser(BaseParser):
    """Reads a body as bytes, one byte more than `limit` at most, whatever it claims to be."""

    media_type = "application/octet-stream"
    limit = 8 * 1024 * 1024

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        data: bytes = stream.read(self.limit + 1)
        return data
