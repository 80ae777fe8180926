"""Named lists of conversations and messages, through the gate, at a constant query count."""

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from messaging.models import Conversation, Member, Message
from privacy.gate.access import visible
from privacy.gate.viewer import Viewer


def conversations(viewer: Viewer) -> QuerySet[Conversation]:
    """Return the viewer's conversations with the others in them, the last words and `unread`."""
    shown = visible(Message, viewer).filter(conversation=OuterRef("pk"))
    newest = shown.order_by("-created_at", "-pk")
    mine = Member.objects.filter(conversation=OuterRef("conversation"), user=viewer.user_id)
    unread = shown.exclude(author=viewer.user_id).filter(
        Q(created_at__gt=Subquery(mine.values("read_up_to")[:1]))
        | Q(Exists(mine.filter(read_up_to=None)))
    )
    others = visible(Member, viewer).exclude(user=viewer.user_id).select_related("user")
    return (
        visible(Conversation, viewer)
        .annotate(
            last_text=Subquery(newest.values("text")[:1]),
            unread=Exists(unread),
            moment=F("last_at"),
        )
        .prefetch_related(Prefetch("members", queryset=others, to_attr="others"))
    )


def messages_of(viewer: Viewer, conversation: Conversation) -> QuerySet[Message]:
    rows = visible(Message, viewer).filter(conversation=conversation)
    return rows.select_related("author")
