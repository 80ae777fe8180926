"""Writers of conversations."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.connections import services
from accounts.connections.queries import may_meet
from accounts.models import User
from foundation import limits
from foundation.live import tell
from messaging.models import Conversation, Member, Message
from privacy.rls import bypass_rls

MAX_LENGTH = 4000


class Refused(Exception):
    """The other takes no messages from people they don't know."""


@bypass_rls("open a conversation of two")
@transaction.atomic
def conversation_between(one: User, other: User) -> Conversation:
    """Return the conversation of two people, opened by the first of them the first time.

    Raises Refused where the second doesn't want strangers to begin one.
    """
    if one.pk == other.pk:
        raise ValueError("A conversation takes two.")
    if not may_meet(one, [other.pk]):
        raise ValueError("A child talks to its own circle alone.")
    pair = "-".join(str(key) for key in sorted([one.pk, other.pk]))
    begun = Conversation.objects.filter(pair=pair).exists()
    if not begun and not services.may_write(one, other):
        raise Refused
    conversation, new = Conversation.objects.get_or_create(pair=pair)
    if new:
        Member.objects.bulk_create(
            [Member(conversation=conversation, user=person) for person in (one, other)]
        )
    return conversation


def write(conversation: Conversation, author: User, *, text: str, ref: str) -> Message:
    """Store a message once, however often it arrives, and tell the open sockets.

    Raises TooMany; one that is here already costs nothing.
    """
    here = Message.objects.filter(author=author, ref=ref).first()
    if here is not None:
        return here
    limits.MESSAGES.spend(author.pk)
    return _store(conversation, author, text=text, ref=ref)


@transaction.atomic
def _store(conversation: Conversation, author: User, *, text: str, ref: str) -> Message:
    message, new = Message.objects.get_or_create(
        author=author, ref=ref, defaults={"conversation": conversation, "text": text.strip()}
    )
    if new:
        Conversation.objects.filter(pk=conversation.pk).update(last_at=message.created_at)
        mark_read(conversation, author)
        key = message.pk
        transaction.on_commit(
            lambda: tell(f"conversation.{conversation.pk}", type="message.new", message=key)
        )
    return message


def mark_read(conversation: Conversation, user: User) -> None:
    Member.objects.filter(conversation=conversation, user=user).update(read_up_to=timezone.now())


def release_conversations(user: Any, batch: int) -> int:
    """Delete conversations that nobody else is in; forget the pair of those that go on."""
    mine = Conversation.objects.filter(members__user=user)
    keys = list(mine.order_by("pk").values_list("pk", flat=True)[:batch])
    others = Member.objects.filter(conversation__in=keys).exclude(user=user)
    shared = set(others.values_list("conversation_id", flat=True))
    Member.objects.filter(conversation__in=keys, user=user).delete()
    Conversation.objects.filter(pk__in=shared).update(pair=None)
    Conversation.objects.filter(pk__in=set(keys) - shared).delete()
    return len(keys)


@bypass_rls("delete a message of one's own")
@transaction.atomic
def take_back(user: User, message: Message) -> None:
    """Delete one's own message, for everybody in the conversation, and on every open page."""
    gone, _rows = Message.objects.filter(pk=message.pk, author=user).delete()
    if gone:
        group, name = f"conversation.{message.conversation_id}", message.public_id
        transaction.on_commit(lambda: tell(group, type="message.gone", message=name))
