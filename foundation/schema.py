"""How the OpenAPI schema tells of what goes wrong: every status that an operation can have.

drf-spectacular tells of success alone. The rest is the same for all: bad input, no sign-in, what
isn't allowed, what isn't there, too many, a service away. What else an operation says stands in its
view's `problems`, by method: `problems = {"put": {409: "…"}}`.
"""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from foundation.problems import CONTENT_TYPE

WORDS = {
    400: "Something in the query or the body can't be taken; `errors` says what, by field.",
    401: "Nobody is signed in, or the token has run out or was ended.",
    403: "This account, or this app, may not do that.",
    404: "Hidden or missing: the same answer.",
    410: "It was public once, and the person it belonged to took it away.",
    413: "The body is too large.",
    429: "Too many requests: `limit` in `window_seconds`; `Retry-After` says when to go on.",
    503: "A part of the site is away for a moment; `Retry-After` says when to try again.",
}


class ProblemSerializer(serializers.Serializer[Any]):
    """What went wrong (RFC 9457)."""

    type = serializers.CharField(help_text="always about:blank: the title tells the status")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="a sentence for the person")
    errors = serializers.DictField(  # type: ignore[assignment]
        required=False, help_text="of a 400: sentences by field"
    )
    limit = serializers.IntegerField(required=False, help_text="of a 429")
    window_seconds = serializers.IntegerField(required=False, help_text="of a 429")
    retry_after = serializers.IntegerField(required=False, help_text="of a 429: seconds")


class Schema(AutoSchema):
    """drf-spectacular's, with the problems."""

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        describe: Any = self._get_response_for_code
        for status, words in sorted(self._problems().items()):
            body = describe(ProblemSerializer, str(status), [CONTENT_TYPE])
            bodies[str(status)] = {**body, "description": words}
        return bodies

    def _problems(self) -> dict[int, str]:
        """Return the statuses of this operation, and what each means."""
        statuses = {400, 401, 403, 429}
        reads = self.method == "GET"
        if "{" in self.path:
            statuses |= {404, 410} if reads else {404}
        if self.method in {"POST", "PUT", "PATCH"}:
            statuses |= {413, 503}
        more: dict[int, str] = getattr(self.view, "problems", {}).get(self.method.lower(), {})
        return {**{status: WORDS[status] for status in statuses}, **more}
