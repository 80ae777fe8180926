"""A conversation's socket: what is written arrives at once."""

from typing import Annotated, Any, ClassVar

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.profile.faces import Faces
from accounts.security.services import sign_ins
from foundation.frames import Frame, Ref, words
from foundation.sockets import GatedConsumer, Refused
from foundation.threads import together
from messaging import queries, services
from messaging.models import Conversation, Message
from privacy.gate.access import visible
from privacy.gate.viewer import Viewer


class Send(Frame):
    t = "send"
    ref: Ref
    text: Annotated[str, words(services.MAX_LENGTH)]


class ConversationConsumer(GatedConsumer):
    """Up: `send {ref, text}`. Down: `message {id, ref, user, name, text, at}`, `gone {id}`."""

    takes: ClassVar[list[type[Frame]]] = [Send]
    conversation: Conversation
    user: User
    viewer: Viewer

    def allowed(self) -> bool:
        user = sign_ins.person_behind(self.scope)
        if user is None:
            return False
        public_id = self.scope["url_route"]["kwargs"]["public_id"]
        viewer = Viewer.connected(self.scope, user)
        rows = visible(Conversation, viewer)
        conversation = rows.filter(public_id=public_id).first()
        if conversation is None:
            return False
        self.user, self.viewer, self.conversation = user, viewer, conversation
        return True

    async def ready(self) -> None:
        await self.join(f"user.{self.user.pk}")
        await self.join(f"conversation.{self.conversation.pk}")

    async def on_send(self, frame: Send) -> None:
        message = await self.in_thread(
            services.write, self.conversation, self.user, text=frame.text, ref=frame.ref
        )
        if message.conversation_id != self.conversation.pk:
            raise Refused("refused", _("This was said in another conversation."))
        await self.acknowledge(frame.t, frame.ref, message)

    async def message_new(self, event: dict[str, Any]) -> None:
        key = ("message", self.viewer, event["message"])
        frame = await together(key, self.person, self._frame, event["message"])
        if frame is not None:
            await self.send_frame(**frame)

    async def message_gone(self, event: dict[str, Any]) -> None:
        """A message was deleted by its author: its name says nothing to who never had it."""
        await self.send_frame(t="gone", id=event["message"])

    def _frame(self, message_id: int) -> dict[str, Any] | None:
        """Return the message as this member may see it: the gate is asked for each socket."""
        rows = queries.messages_of(self.viewer, self.conversation)
        message: Message | None = rows.filter(pk=message_id).first()
        if message is None:
            return None
        services.mark_read(self.conversation, self.user)
        return {
            "t": "message",
            "id": message.public_id,
            "ref": str(message.ref),
            "user": message.author.public_id,
            "name": Faces(self.viewer).of(message.author).name,
            "text": message.text,
            "at": message.created_at.isoformat(),
        }
