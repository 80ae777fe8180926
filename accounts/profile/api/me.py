"""Oneself, and other people as one sees them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.profile.api.serializers import MeChanges, MeSerializer, PersonSerializer
from accounts.profile.models import FIELDS
from accounts.profile.presenters import present_person
from accounts.profile.queries import my_real_name, my_shown_profile, profile_for
from accounts.profile.services.profiles import write_profile
from foundation.strict import StrictQuery
from privacy.gate.viewer import Via, Viewer


class MeView(StrictQuery, APIView):
    """The signed-in person."""

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(self._me(request))

    @extend_schema(request=MeChanges, responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        """Change what is named; everything else stays. An empty value empties the field."""
        form = MeChanges(data=request.data, partial=True, context={"user": request.user})
        form.is_valid(raise_exception=True)
        write_profile(request.user, **form.changes())
        return Response(self._me(request))

    def _me(self, request: Request) -> dict[str, Any]:
        viewer = Viewer.looking(request, Via.API)
        profile: Any = my_shown_profile(viewer)
        user = profile.user
        shape = {
            **present_person(profile, viewer),
            "own_email": user.email,
            "real_name": "" if viewer.app else my_real_name(user),
            "findable": profile.findable,
            "audiences": {name: getattr(profile, f"{name}_audience") for name in FIELDS},
        }
        return dict(MeSerializer(shape).data)


class PersonView(StrictQuery, APIView):
    """A person, as the caller may see them: fields that aren't shown are empty."""

    permission_classes = [AllowAny]

    @extend_schema(responses=PersonSerializer)
    def get(self, request: Request, username: str) -> Response:
        viewer = Viewer.looking(request, Via.API)
        return Response(
            PersonSerializer(present_person(profile_for(viewer, username), viewer)).data
        )
