"""Own messages from somebody's copy: a conversation with nobody else in it, to look things up."""

import uuid
from typing import Any

from django.utils.translation import gettext as _

from messaging.models import Conversation, Member, Message
from privacy.portability.importing import Incoming, Result
from privacy.portability.importing.run import moment, text_for


def bring_conversation(incoming: Incoming, row: dict[str, Any], result: Result) -> None:
    conversation, new = Conversation.objects.get_or_create(
        public_id=incoming.id_for(row["public_id"]),
        defaults={"created_at": moment(row["created_at"]), "last_at": moment(row["last_at"])},
    )
    Member.objects.get_or_create(conversation=conversation, user=incoming.user)
    if new:
        result.made += 1
    else:
        result.there += 1


def bring_message(incoming: Incoming, row: dict[str, Any], result: Result) -> None:
    conversation = incoming.find(Conversation.objects.all(), row["conversation"])
    if conversation is None:
        result.skip(_("messages of conversations that can't be seen any more"))
        return
    public_id = incoming.id_for(row["public_id"])
    _message, new = Message.objects.get_or_create(
        public_id=public_id,
        defaults={
            "conversation": conversation,
            "author": incoming.user,
            "ref": uuid.uuid5(uuid.NAMESPACE_OID, public_id),
            "text": text_for(Message, "text", row["text"]),
            "created_at": moment(row["created_at"]),
        },
    )
    if new:
        result.made += 1
    else:
        result.there += 1
