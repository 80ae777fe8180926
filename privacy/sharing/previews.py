"""What pages tell to machines that were not asked in: search engines, link previews.

A page says of itself no more than anybody may see, whoever looks at it now.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.utils.safestring import SafeString, mark_safe

from foundation.addresses import absolute
from privacy.gate.access import marking
from privacy.gate.viewer import NOBODY, SEARCH_ENGINE

M = TypeVar("M", bound=Model)
_ESCAPED = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


@dataclass(frozen=True)
class Preview:
    """Title, one sentence, path, and who made it: of something that anybody may see.

    `data` is the same in the words of schema.org.
    """

    title: str
    text: str
    path: str
    author: str = ""
    author_path: str = ""
    kind: str = "website"  # Open Graph's `og:type`
    image: str = ""
    data: Mapping[str, Any] | None = None

    @property
    def url(self) -> str:
        return absolute(self.path)

    @property
    def author_url(self) -> str:
        return absolute(self.author_path) if self.author_path else ""

    @property
    def json(self) -> SafeString:
        """Return `data` as it may stand in a page: no text in it can end the element."""
        if self.data is None:
            return SafeString("")
        return mark_safe(json.dumps(self.data, ensure_ascii=False).translate(_ESCAPED))  # noqa: S308


def previewed(rows: QuerySet[M]) -> QuerySet[M]:
    """Add `for_anyone` and `for_search` to rows, for `context` and `ask_robots`."""
    return marking(marking(rows, NOBODY, "for_anyone"), SEARCH_ENGINE, "for_search")


def context(row: Any, preview: Preview) -> dict[str, Any]:
    """Return what the page's head needs (`preview` is None for what not everybody sees)."""
    return {"preview": preview if row.for_anyone else None, "noindex": not row.for_search}


def ask_robots(response: HttpResponse, row: Any) -> HttpResponse:
    """Ask search engines to leave the page out, unless it is theirs to show."""
    if not row.for_search:
        response["X-Robots-Tag"] = "noindex"
    return response
