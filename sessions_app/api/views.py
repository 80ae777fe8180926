"""API views: thin, through the gate."""

from typing import Any, cast

from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from foundation import limits
from foundation.api import KeysetPagination, RawParser
from foundation.problems import Conflict, Unprocessable
from foundation.strict import StrictQuery, flag
from privacy.gate.access import get_visible_or_404
from privacy.gate.viewer import Via, Viewer
from sessions_app import finding, lists, permissions, queries
from sessions_app.api import narrowing, rows
from sessions_app.api import serializers as shapes
from sessions_app.api.planning import hosted
from sessions_app.find_form import NARROWED_BY
from sessions_app.models import JamSession, Recording, Stem
from sessions_app.services import (
    deleting,
    planning,
    publishing,
    sessions,
    storage,
    timing,
    uploads,
)

CHECKSUM = OpenApiParameter(
    "X-Chunk-SHA256", str, OpenApiParameter.HEADER, required=True, description="hex digest"
)


def viewer_of(request: Request) -> Viewer:
    return Viewer.looking(request, Via.API)


class SessionList(StrictQuery, GenericAPIView[JamSession]):
    """Sessions with somebody in the room now, as far as the caller may see them.

    With them, whether or not anybody is inside, the open ones in which the caller has a seat.
    `?planned=1`: those to come, the soonest first; `?planned=1&mine=1`: those that the caller hosts
    or answered.

    Both lists can be narrowed, by what is wanted: `when` (now, today, week; or day, with `day`),
    `instrument` (a free seat for it), `genre`, `slowest` and `fastest` (beats per minute), `free`
    (seats at least), `recording` (open, wanted, none), `shown_to` (an audience); for members
    `known` (with people they know) and `latency` (1 good, 2 good or fair).
    """

    query = ("planned", "mine", *NARROWED_BY)

    permission_classes = [IsAuthenticatedOrReadOnly]
    serializer_class = shapes.SessionSerializer
    pagination_class = KeysetPagination

    @extend_schema(
        parameters=[
            OpenApiParameter("planned", bool),
            OpenApiParameter("mine", bool),
            *narrowing.PARAMETERS,
        ],
        responses=shapes.SessionSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        viewer = viewer_of(request)
        mine = flag(request.query_params, "mine") and viewer.is_member
        planned = flag(request.query_params, "planned")
        wanted = narrowing.wanted(request, viewer)
        if wanted is not None:
            found = finding.coming if planned else finding.live
            page: Any = self.paginator.take(  # type: ignore[union-attr]
                found(viewer, wanted, request.query_params.get("after")), request
            )
        elif planned:
            pages = lists.my_planned_sessions if mine else lists.planned_sessions
            paginator: Any = self.paginator
            after = request.query_params.get("after")
            page = paginator.take(pages.page(viewer, after), request)
        else:
            page = self.paginate_queryset(queries.live_or_mine(viewer))
        rows = lists.with_inside(page, viewer)
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    @extend_schema(responses={201: shapes.SessionSerializer})
    def post(self, request: Request) -> Response:
        """Open a session now, or plan one with `starts_at` and `zone`."""
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        values = {"title": "", "about": "", "audience": "participants", **form.validated_data}
        try:
            made = sessions.open_by_hand(cast(User, request.user), **values)
        except timing.TooManyPlanned as reason:
            raise Conflict(str(reason.said)) from None
        except ValidationError as fault:
            raise in_fields(fault) from None
        session = queries.sessions(viewer_of(request)).get(pk=made.pk)
        return Response(self.get_serializer(session).data, status=status.HTTP_201_CREATED)


def in_fields(fault: ValidationError) -> serializers.ValidationError:
    """Return what a service found wrong as the API's own error, by field."""
    by_name = getattr(fault, "error_dict", None)
    return serializers.ValidationError(fault.message_dict if by_name else fault.messages)


class SessionDetail(StrictQuery, GenericAPIView[JamSession]):
    permission_classes = [IsAuthenticatedOrReadOnly]
    serializer_class = shapes.SessionSerializer

    def get(self, request: Request, public_id: str) -> Response:
        viewer = viewer_of(request)
        session = get_visible_or_404(queries.sessions(viewer), viewer, public_id=public_id)
        lists.with_inside([session], viewer)
        return Response(self.get_serializer(session).data)

    def patch(self, request: Request, public_id: str) -> Response:
        """Change a session that the caller hosts; who answered gets one notice."""
        viewer = viewer_of(request)
        session = hosted(request, public_id)
        form = self.get_serializer(session, data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        try:
            planning.change(session, **timing.changed(session, form.validated_data))
        except planning.Over as over:
            raise Conflict(str(over.said)) from None
        except ValidationError as fault:
            raise in_fields(fault) from None
        shown = queries.sessions(viewer).get(pk=session.pk)
        return Response(self.get_serializer(shown).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        """Delete a session that the caller hosts; who else took part keeps it without its words."""
        hosted = JamSession.objects.filter(host=request.user.pk)
        session = get_visible_or_404(hosted, viewer_of(request), public_id=public_id)
        deleting.delete_session(session, cast(User, request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)


class RecordingList(StrictQuery, GenericAPIView[Recording]):
    """Recordings the caller may hear, newest first; `?mine=1` only those they play on or own."""

    permission_classes = [IsAuthenticatedOrReadOnly]
    serializer_class = shapes.RecordingSerializer
    pagination_class = KeysetPagination

    query = ("mine",)

    @extend_schema(
        parameters=[OpenApiParameter("mine", bool)], responses=shapes.RecordingSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        viewer = viewer_of(request)
        mine = viewer.is_member and flag(request.query_params, "mine")
        after = request.query_params.get("after")
        paginator: Any = self.paginator
        page = paginator.take((rows.MINE if mine else rows.HEARD).page(viewer, after), request)
        rows.complete(page, viewer)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class RecordingDetail(StrictQuery, GenericAPIView[Recording]):
    permission_classes = [IsAuthenticatedOrReadOnly]
    serializer_class = shapes.RecordingDetailSerializer

    def _answer(self, viewer: Viewer, public_id: str) -> Response:
        recording = get_visible_or_404(Recording, viewer, public_id=public_id)
        row = rows.all_rows(viewer).get(pk=recording.pk)
        rows.complete([row], viewer)
        context = {"viewer": viewer, "mix": queries.mix_of(viewer, recording)}
        return Response(shapes.RecordingDetailSerializer(row, context=context).data)

    def get(self, request: Request, public_id: str) -> Response:
        return self._answer(viewer_of(request), public_id)

    @extend_schema(request=shapes.RecordingChangeSerializer)
    def patch(self, request: Request, public_id: str) -> Response:
        """Change title or audience; only the owner can, everybody else gets the 404."""
        viewer = viewer_of(request)
        recording = get_visible_or_404(Recording, viewer, public_id=public_id)
        if not permissions.may_edit(viewer, recording):
            raise Http404
        form = shapes.RecordingChangeSerializer(recording, data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        if "title" in form.validated_data:
            publishing.rename(recording, form.validated_data["title"])
        if "audience" in form.validated_data:
            publishing.change_audience(recording, form.validated_data["audience"])
        return self._answer(viewer, public_id)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        """Delete a recording that the caller owns; others who play on it keep their sound.

        Answers 409 while the take runs.
        """
        owned = Recording.objects.filter(owner=request.user.pk)
        recording = get_visible_or_404(owned, viewer_of(request), public_id=public_id)
        try:
            deleting.delete_recording(recording, cast(User, request.user))
        except deleting.Running:
            raise Conflict("The take is still running. Stop it first, then delete it.") from None
        return Response(status=status.HTTP_204_NO_CONTENT)


def own_stem(request: Request, public_id: str) -> Stem:
    """Return the caller's own stem; another player's is missing for them."""
    mine = Stem.objects.filter(player=request.user.pk).select_related("recording__session")
    return get_visible_or_404(mine, viewer_of(request), public_id=public_id)


class StemDetail(StrictQuery, APIView):
    """One's own stem on its way up."""

    @extend_schema(responses=shapes.StemSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        return Response(shapes.StemSerializer(own_stem(request, public_id)).data)


class StemChunk(StrictQuery, APIView):
    problems = {
        "put": {
            409: "Another chunk of this number is stored, or the take is over.",
            422: "Not this size, or not this checksum.",
        }
    }
    parser_classes = [RawParser]

    @extend_schema(
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={204: None},
        parameters=[CHECKSUM],
    )
    def put(self, request: Request, public_id: str, number: int) -> Response:
        """Send one numbered chunk (at most 8 MiB). Sending it again changes nothing."""
        stem = own_stem(request, public_id)
        limits.CHUNKS.spend(cast(User, request.user).pk)
        data: Any = request.data
        if not isinstance(data, bytes):
            raise Unprocessable("A chunk has between 1 byte and 8 MiB.")
        uploads.store_chunk(stem, number, data, request.headers.get("X-Chunk-SHA256", ""))
        return Response(status=status.HTTP_204_NO_CONTENT)


class StemComplete(StrictQuery, APIView):
    problems = {"post": {409: "Chunks are missing: `missing` names them.", 422: "It can't be."}}

    @extend_schema(request=shapes.StemCompleteSerializer, responses=shapes.StemSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """Say that every chunk was sent; answers 409 with the numbers that are missing."""
        stem = own_stem(request, public_id)
        form = shapes.StemCompleteSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        about: dict[str, Any] = form.validated_data
        return Response(shapes.StemSerializer(uploads.complete(stem, about)).data)


class StorageDetail(StrictQuery, APIView):
    """How many bytes one's own sound takes on this site, and how many it may."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=shapes.StorageSerializer)
    def get(self, request: Request) -> Response:
        use = storage.use_of(cast(User, request.user).pk)
        return Response(shapes.StorageSerializer(use).data)
