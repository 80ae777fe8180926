"""API of what is said in a session's room, for who was inside. Thin, through the gate."""

from typing import Any, cast
from uuid import uuid4

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.profile.faces import Faces
from foundation.api import KeysetPagination
from foundation.problems import Conflict
from foundation.strict import StrictQuery
from privacy.gate.viewer import Via, Viewer
from sessions_app import talk_queries
from sessions_app.api import serializers as shapes
from sessions_app.models import ChatLine, JamSession
from sessions_app.services import chat
from sessions_app.services.recording import Refused


class SessionChat(StrictQuery, GenericAPIView[ChatLine]):
    """What was said in a session's room since the caller first came in, the newest first."""

    permission_classes = [IsAuthenticated]
    parser_classes = [JSONParser, MultiPartParser]
    serializer_class = shapes.ChatLineSerializer
    pagination_class = KeysetPagination
    problems = {
        "post": {
            409: "The session is closed, or its host took the chat from the caller.",
            413: "The caller's storage is full.",
            422: "No file that can be shared: `detail` says why.",
        }
    }

    def get(self, request: Request, public_id: str) -> Response:
        viewer = Viewer.looking(request, Via.API)
        session = talk_queries.been_inside(viewer, public_id)
        rows = talk_queries.chat_lines(viewer, session.pk)
        page = cast("list[ChatLine]", self.paginate_queryset(rows))
        faces = Faces(viewer)
        authors = [faces.of(line.author) for line in page]
        return self.get_paginated_response(
            [_shape(line, author, session) for line, author in zip(page, authors, strict=True)]
        )

    @extend_schema(request=shapes.SayInChatSerializer, responses=shapes.ChatLineSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """Say something, share a file of at most 10 MB (as multipart), or both.

        The same `ref` again changes nothing, and answers what is stored.
        """
        viewer = Viewer.looking(request, Via.API)
        session = talk_queries.been_inside(viewer, public_id)
        form = shapes.SayInChatSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        said: dict[str, Any] = form.validated_data
        author = cast(User, request.user)
        words = {"text": said.get("text", ""), "ref": str(said.get("ref") or uuid4())}
        try:
            if file := said.get("file"):
                line, new = chat.share(session, author, upload=file, name=file.name, **words)
            else:
                line, new = chat.say(session, author, **words)
        except Refused as reason:
            raise Conflict(str(reason)) from None
        if line.session_id != session.pk:
            raise Conflict("This was said in another room.")
        chat.announce(line)  # again too: the first time may have ended before the room was told
        answer = _shape(line, Faces(viewer).of(author), session)
        return Response(answer, status=status.HTTP_201_CREATED if new else status.HTTP_200_OK)


def _shape(line: ChatLine, author: Any, session: JamSession) -> dict[str, Any]:
    shown = {
        "id": line.public_id,
        "author": author,
        "text": line.text,
        "file": talk_queries.shared_file(line, session),
        "created_at": line.created_at,
    }
    return dict(shapes.ChatLineSerializer(shown).data)
