"""API views of planned sessions: answers, decisions, calling off. Thin, through the gate."""

from typing import Any, cast

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from foundation.problems import Conflict
from foundation.strict import StrictQuery
from privacy.gate.access import get_visible_or_404
from privacy.gate.viewer import Via, Viewer
from sessions_app import lists, permissions, queries
from sessions_app.api import serializers as shapes
from sessions_app.models import JamSession, Rsvp
from sessions_app.services import planning, rsvps
from sessions_app.services.sessions import NoSeat


def _viewer(request: Request) -> Viewer:
    return Viewer.looking(request, Via.API)


def hosted(request: Request, public_id: str) -> JamSession:
    """Return a session that the caller hosts; everybody else gets the 404."""
    rows = JamSession.objects.filter(host=request.user.pk)
    return get_visible_or_404(rows, _viewer(request), public_id=public_id)


class SessionAnswers(StrictQuery, GenericAPIView[Rsvp]):
    """Answers to a planned session that the caller may see, in order of arrival."""

    permission_classes = [IsAuthenticatedOrReadOnly]
    serializer_class = shapes.RsvpSerializer
    pagination_class = None

    @extend_schema(responses=shapes.RsvpSerializer(many=True))
    def get(self, request: Request, public_id: str) -> Response:
        viewer = _viewer(request)
        session = get_visible_or_404(JamSession, viewer, public_id=public_id)
        rows = lists.rsvps_of.all(viewer, session=session.pk)
        return Response(self.get_serializer(rows, many=True).data)


class SessionAnswer(StrictQuery, APIView):
    """The caller's own answer to a planned session."""

    permission_classes = [IsAuthenticated]
    problems = {"put": {409: "No such seat, or none for the caller: `detail` says why."}}

    @extend_schema(responses=shapes.RsvpSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        viewer = _viewer(request)
        session = get_visible_or_404(JamSession, viewer, public_id=public_id)
        mine = queries.my_rsvp(viewer, session.pk)
        if mine is None:
            raise Http404
        return Response(shapes.RsvpSerializer(mine).data)

    @extend_schema(request=shapes.AnswerSerializer, responses=shapes.RsvpSerializer)
    def put(self, request: Request, public_id: str) -> Response:
        """Say going (with a seat), maybe or cant; saying it again changes nothing."""
        viewer = _viewer(request)
        session = get_visible_or_404(JamSession, viewer, public_id=public_id)
        if not permissions.may_answer(viewer, session, queries.my_rsvp(viewer, session.pk)):
            raise Http404
        form = shapes.AnswerSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        said: dict[str, Any] = form.validated_data
        try:
            made = rsvps.answer(session, _person(request), **said)
        except NoSeat as reason:
            raise Conflict(str(reason)) from None
        return Response(shapes.RsvpSerializer(made).data)


def _person(request: Request) -> User:
    return cast(User, request.user)


class SessionDecision(StrictQuery, GenericAPIView[Rsvp]):
    """Somebody's answer, for the host of the session."""

    permission_classes = [IsAuthenticated]
    serializer_class = shapes.RsvpSerializer
    problems = {"patch": {409: "The session is over, or the seat is theirs: `detail` says why."}}

    @extend_schema(request=shapes.DecisionSerializer, responses=shapes.RsvpSerializer)
    def patch(self, request: Request, public_id: str, rsvp_id: str) -> Response:
        """Accept who asks, or decline who asks, waits or has a seat."""
        session = hosted(request, public_id)
        theirs = queries.rsvps_of(_viewer(request), session.pk)
        rsvp = get_visible_or_404(theirs, _viewer(request), public_id=rsvp_id)
        form = shapes.DecisionSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        decided = rsvps.accept if form.validated_data["decision"] == "accept" else rsvps.refuse
        try:
            return Response(self.get_serializer(decided(rsvp)).data)
        except NoSeat as reason:
            raise Conflict(str(reason)) from None


class SessionCancel(StrictQuery, GenericAPIView[JamSession]):
    permission_classes = [IsAuthenticated]
    serializer_class = shapes.CancelSerializer
    problems = {"post": {409: "Its room is open, or it is called off already."}}

    @extend_schema(request=shapes.CancelSerializer, responses={204: None})
    def post(self, request: Request, public_id: str) -> Response:
        """Call a planned session off; who answered is told."""
        session = hosted(request, public_id)
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        if not planning.cancel(session, ends_series=form.validated_data["series"]):
            raise Conflict("Only a session that hasn't begun can be called off.")
        return Response(status=status.HTTP_204_NO_CONTENT)


class SessionOpen(StrictQuery, GenericAPIView[JamSession]):
    permission_classes = [IsAuthenticated]
    serializer_class = shapes.SessionSerializer

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, public_id: str) -> Response:
        """Open the room of a planned session before its time. Again: changes nothing."""
        planning.open_doors(hosted(request, public_id))
        return Response(status=status.HTTP_204_NO_CONTENT)
