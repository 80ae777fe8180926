"""What is said in a session's room: kept for who was inside. Contract: docs/realtime.md."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.profile.faces import Face, Faces
from foundation.sockets import Refused
from sessions_app import talk_queries
from sessions_app.frames import Chat, ChatDelete, ChatEarlier
from sessions_app.models import ChatLine
from sessions_app.services import chat
from sessions_app.sheet_socket import SheetConsumer

LINES = 50  # told at once: the newest with `welcome`, earlier ones when they are asked for


class ChatConsumer(SheetConsumer):
    """The part of a room's socket that is about its chat."""

    mine: Face

    async def _everybody(self, kind: str, **content: Any) -> None:
        raise NotImplementedError

    async def _sender(self, event: dict[str, Any]) -> Face | None:
        raise NotImplementedError

    def said(self) -> dict[str, Any]:
        """Return the newest lines, as `welcome` tells them, and take in one's own face."""
        lines, more = self._lines()
        self.mine = Faces(self.viewer).of(self.user)
        self.mine.load()
        return {"chat": lines, "chat_more": more}

    def _lines(self, before: tuple[datetime, str] | None = None) -> tuple[list[Any], bool]:
        """Return lines as frames, oldest first, and whether there are earlier ones."""
        rows = talk_queries.chat_lines(self.viewer, self.session)
        if before is not None:
            rows = rows.filter(created_at__lte=before[0]).exclude(public_id=before[1])
        found = list(rows.order_by("-created_at", "-pk")[: LINES + 1])
        faces = Faces(self.viewer)
        told = [(line, faces.of(line.author)) for line in found[:LINES][::-1]]
        return [self._chat(line, author) for line, author in told], len(found) > LINES

    async def on_chat(self, frame: Chat) -> None:
        self._must_be_present()
        line, _new = await self._do_or_refuse(
            chat.say, self.session, self.user, text=frame.text, ref=frame.ref
        )
        if line.session_id != self.session.pk:
            raise Refused("refused", _("This was said in another room."))
        await self._everybody("room.chat", line=self._words(line))
        await self.acknowledge(frame.t, frame.ref, line)

    async def room_chat(self, event: dict[str, Any]) -> None:
        author = await self._sender(event)
        if author is not None:
            await self.send_frame(t="chat", peer=event["peer"], **event["line"], **_who(author))

    async def room_shared(self, event: dict[str, Any]) -> None:
        """A line came by another door, with a file: said to who knows of its author."""
        if not self.welcomed:
            return
        mine = event["by"] == self.user.pk
        author = self.mine if mine else await self.roster.person(event["by"])
        if author is None:
            return
        line = await self.in_thread(self._shared, event["line"])
        if line is not None:
            await self.send_frame(**self._chat(line, author))

    def _shared(self, key: int) -> ChatLine | None:
        return talk_queries.chat_lines(self.viewer, self.session).filter(pk=key).first()

    async def on_chat_earlier(self, frame: ChatEarlier) -> None:
        self._must_be_present()
        at: Any = frame.at  # a moment, once it has been read
        lines, more = await self.in_thread(self._lines, (at, frame.before))
        await self.send_frame(t="chat.lines", ref=frame.ref, lines=lines, more=more)

    async def on_chat_delete(self, frame: ChatDelete) -> None:
        self._must_be_present()
        if not await self.in_thread(self._take_back, frame.id):
            await self.room_unsaid({"line": frame.id})  # gone already: said again

    def _take_back(self, public_id: str) -> bool:
        """Delete a line of one's own; return whether there was one. Others' are refused."""
        line = (
            talk_queries.chat_lines(self.viewer, self.session).filter(public_id=public_id).first()
        )
        if line is None:
            return False
        if line.author_id != self.user.pk:
            raise Refused("refused", _("A line is deleted by who wrote it."))
        chat.take_back(self.user, line)
        return True

    async def room_unsaid(self, event: dict[str, Any]) -> None:
        """A line was deleted by its author: said to who knows of them."""
        by = event.get("by", self.user.pk)
        if self.welcomed and (by == self.user.pk or await self.roster.person(by) is not None):
            await self.send_frame(t="chat.gone", id=event["line"])

    def _words(self, line: ChatLine) -> dict[str, Any]:
        return {
            "id": line.public_id,
            "ref": str(line.ref),
            "text": line.text,
            "file": talk_queries.shared_file(line, self.session),
            "at": line.created_at.isoformat(),
        }

    def _chat(self, line: ChatLine, author: Face) -> dict[str, Any]:
        return {"t": "chat", **self._words(line), **_who(author)}


def _who(author: Face) -> dict[str, str]:
    return {"user": author.public_id, "name": author.username, "shown": author.name}
