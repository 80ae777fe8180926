"""Named lists of conversations and messages, through the gate, at a constant query count."""

from typing import Any

from django.db.models import (
    DateTimeField,
    Exists,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce

from foundation.paging import Page
from foundation.postgres.expressions import AmongKeys
from foundation.postgres.statements import Gap
from messaging.models import Conversation, Member, Message
from privacy.gate.access import visible
from privacy.gate.statements import GatedPages, GatedStatement
from privacy.gate.viewer import Viewer

NEVER = Cast(Value("-infinity", TextField()), DateTimeField())


def conversations(viewer: Viewer) -> QuerySet[Conversation]:
    """Return the viewer's conversations with the last words in them, and `unread`."""
    messages = visible(Message, viewer).filter(conversation=OuterRef("pk"))
    newest = messages.order_by("-created_at", "-pk")
    mine = Member.objects.filter(conversation=OuterRef("conversation"), user=viewer.user_id)
    read_up_to = Coalesce(Subquery(mine.values("read_up_to")[:1]), NEVER)
    unread = messages.exclude(author=viewer.user_id).filter(created_at__gt=read_up_to)
    return visible(Conversation, viewer).annotate(
        last_text=Subquery(newest.values("text")[:1]),
        unread=Exists(unread),
        moment=F("last_at"),
    )


_CONVERSATIONS = GatedPages(conversations, moment="last_at")
_CONVERSATION = GatedStatement(
    lambda viewer: visible(Conversation, viewer).filter(public_id=Gap("public_id", TextField()))
)
_OTHERS = GatedStatement(
    lambda viewer: (
        visible(Member, viewer)
        .filter(AmongKeys("conversation", Gap("keys")))
        .exclude(user=viewer.user_id)
        .select_related("user")
        .order_by("pk")
    )
)


def page_of_conversations(viewer: Viewer, after: str | None) -> Page[Any]:
    """Return a page of `conversations`, each with the `others` in it: two queries."""
    page = _CONVERSATIONS.page(viewer, after)
    _OTHERS.attach(page.items, viewer, "others", by="conversation_id")
    return page


def conversation_for(viewer: Viewer, public_id: str) -> Any:
    """Return a conversation with the `others` in it, or raise the Http404 of a missing one."""
    row = _CONVERSATION.first_or_404(viewer, public_id=public_id)
    _OTHERS.attach([row], viewer, "others", by="conversation_id")
    return row


page_of_messages = GatedPages(lambda viewer: messages_of(viewer, Gap("conversation")), size=50)


def messages_of(viewer: Viewer, conversation: Any) -> QuerySet[Message]:
    """Return what was written in a conversation (a key), as far as the viewer may read it."""
    rows = visible(Message, viewer).filter(conversation=conversation)
    return rows.select_related("author")
