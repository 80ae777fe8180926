"""What a list of sessions is narrowed by in the API: the page's own form reads it."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from foundation.strict import flag
from privacy.gate.viewer import Viewer
from sessions_app.find_form import FOR_MEMBERS, NARROWED_BY, FindJamForm
from sessions_app.finding import Wanted

_KINDS = {"slowest": int, "fastest": int, "free": int, "latency": int, "known": bool}
PARAMETERS = [OpenApiParameter(name, _KINDS.get(name, str)) for name in NARROWED_BY]


def wanted(request: Request, viewer: Viewer) -> Wanted | None:
    """Return what the list is narrowed by, None for nothing; raise for what can't be."""
    query = request.query_params
    asked = {name: query[name] for name in NARROWED_BY if name in query}
    if not asked:
        return None
    if "mine" in query:
        raise serializers.ValidationError({"mine": ["It can't be narrowed: ask for all of yours."]})
    if not viewer.is_member and (alone := [name for name in FOR_MEMBERS if name in asked]):
        raise serializers.ValidationError({name: ["Sign in to ask this."] for name in alone})
    if "known" in asked:
        asked["known"] = str(flag(query, "known"))
    form = FindJamForm(asked, is_member=viewer.is_member)
    if not form.is_valid():
        faults: dict[str, Any] = {name: list(said) for name, said in form.errors.items()}
        raise serializers.ValidationError(faults)
    return form.wanted()
