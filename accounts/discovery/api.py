"""The API's list of musicians: the same search as on the page."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.discovery import queries
from accounts.discovery.forms import DISTANCES, FindForm
from accounts.discovery.views import count_search
from accounts.profile.fields.shapes import (
    InstrumentSerializer,
    LanguageSerializer,
    NamedSerializer,
    PlaceSerializer,
)
from accounts.profile.presenters import present_found
from accounts.profile.vocabulary import Level
from foundation.api import KeysetPagination
from foundation.strict import StrictQuery, flag
from privacy.gate.viewer import Via, Viewer


class FoundSerializer(serializers.Serializer[Any]):
    """A musician in a list; a field that isn't shown to the caller is empty."""

    public_id = serializers.CharField()
    username = serializers.CharField()
    stage_name = serializers.CharField()
    status = serializers.CharField()
    photo_url = serializers.CharField(allow_null=True)
    available_until = serializers.DateTimeField(allow_null=True)
    instruments = InstrumentSerializer(many=True)
    genres = NamedSerializer(many=True)
    languages = LanguageSerializer(many=True)
    place = PlaceSerializer(allow_null=True)
    url = serializers.CharField()


class PeoplePagination(KeysetPagination):
    """20 people, those who were here lately first, and the address of what follows."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        viewer, wanted = queryset
        self._page = queries.cards(viewer, wanted, request.query_params.get("after"))
        self._request = request
        return list(self._page.items)


class PeopleList(StrictQuery, GenericAPIView[Any]):
    """Musicians who want to be found; each thing asked for counts where you may see it."""

    permission_classes = [AllowAny]
    serializer_class = FoundSerializer
    pagination_class = PeoplePagination
    query = tuple(FindForm.base_fields)

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, description="beginning of a stage name or username"),
            OpenApiParameter("instrument", str, description="slug, such as `harp`"),
            OpenApiParameter("level", int, many=True, enum=Level.values),
            OpenApiParameter("genre", str),
            OpenApiParameter("language", str, description="ISO 639 code"),
            OpenApiParameter("country", str, description="ISO 3166 code"),
            OpenApiParameter("town", str, description="name of a town in that country"),
            OpenApiParameter("within", int, enum=DISTANCES, description="kilometres"),
            OpenApiParameter("open", bool, description="open to jam now"),
        ],
        responses=FoundSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        viewer = Viewer.looking(request, Via.API)
        count_search(request)
        asked = request.query_params.copy()
        asked["open"] = "true" if flag(asked, "open") else "false"
        form = FindForm(asked)
        if not form.is_valid():
            raise serializers.ValidationError(form.errors.get_json_data())
        page: Any = self.paginate_queryset((viewer, form.wanted()))
        shapes = [present_found(row, viewer) for row in page]
        return self.get_paginated_response(self.get_serializer(shapes, many=True).data)
