"""API views of bands: thin, through the gate."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.identity.queries import shown_person
from bands import queries
from bands.models import BAND_AUDIENCES, Band
from foundation.api import KeysetPagination
from foundation.strict import StrictQuery
from privacy.gate.access import get_visible_or_404
from privacy.gate.viewer import Via, Viewer
from privacy.sharing.media import url_for


@extend_schema_field(
    {"type": "string", "oneOf": [{"const": audience.value} for audience in BAND_AUDIENCES]}
)
class BandAudience(serializers.CharField):
    """One of the audiences that a band may have."""


class BandSerializer(serializers.ModelSerializer[Band]):
    """A band; what the caller may not see of it is empty."""

    id = serializers.CharField(source="public_id")
    audience = BandAudience()
    photo_url = serializers.SerializerMethodField()
    url = serializers.CharField(source="get_absolute_url")

    class Meta:
        model = Band
        fields = ["id", "slug", "name", "audience", "about", "genres", "links", "photo_url",
                  "created_at", "url"]  # fmt: skip

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_photo_url(self, band: Band) -> str | None:
        return url_for(band, "photo", self.context["viewer"]) if band.photo else None


class BandMemberSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    role = serializers.CharField()
    plays = serializers.CharField()


class BandDetailSerializer(BandSerializer):
    members = BandMemberSerializer(many=True)

    class Meta(BandSerializer.Meta):
        fields = [*BandSerializer.Meta.fields, "members"]


class BandList(StrictQuery, GenericAPIView[Band]):
    """Bands that the caller may see, newest first; `?genre=` narrows it."""

    permission_classes = [IsAuthenticatedOrReadOnly]
    serializer_class = BandSerializer
    pagination_class = KeysetPagination

    query = ("genre",)

    @extend_schema(parameters=[OpenApiParameter("genre", str)], responses=BandSerializer(many=True))
    def get(self, request: Request) -> Response:
        viewer = Viewer.looking(request, Via.API)
        rows = queries.bands_in(viewer, request.query_params.get("genre", ""))
        page: Any = self.paginate_queryset(rows)
        bands = [queries.emptied(band) for band in page]
        shapes = BandSerializer(bands, many=True, context={"viewer": viewer})
        return self.get_paginated_response(shapes.data)


class BandDetail(StrictQuery, GenericAPIView[Band]):
    """One band, and who is in it as far as the caller may know."""

    permission_classes = [IsAuthenticatedOrReadOnly]
    serializer_class = BandDetailSerializer

    def get(self, request: Request, slug: str) -> Response:
        viewer = Viewer.looking(request, Via.API)
        band: Any = queries.emptied(get_visible_or_404(queries.bands(viewer), viewer, slug=slug))
        band.members = [
            {"name": person.username, "role": seat.role, "plays": seat.plays}
            for seat in queries.whole_lineup(viewer, band)
            if (person := shown_person(seat, "user"))
        ]
        return Response(BandDetailSerializer(band, context={"viewer": viewer}).data)
