"""The API's view of oneself."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries import my_profile
from accounts.views.shapes import person_shape
from privacy.viewer import Via, Viewer


class MeSerializer(serializers.Serializer[Any]):
    public_id = serializers.CharField()
    username = serializers.CharField()
    email = serializers.EmailField(source="own_email")
    bio = serializers.CharField()
    status = serializers.CharField()
    photo_url = serializers.CharField(allow_null=True)
    joined = serializers.DateTimeField()


class MeView(APIView):
    """The signed-in person."""

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        me = my_profile(request.user)
        shape = person_shape(me, Viewer.looking(request, Via.API))
        return Response(MeSerializer({**shape, "own_email": me.user.email}).data)
