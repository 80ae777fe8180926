"""What conversations hold about people, and who sees it: their members, nobody else."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from messaging import importing, services
from messaging.models import Conversation, Member, Message
from privacy import datamap as dm
from privacy import rls
from privacy.gate import rules
from privacy.gate.audiences import Audience
from privacy.gate.deny_rules import APPS, BLOCKS, CHILDREN
from privacy.gate.rules import Anyone, Others, Person, Related, Rule
from privacy.portability import export
from privacy.portability.importing import register_importer

IS_MEMBER = Related("messaging.Member", row="conversation", person="user")

# A block between its members hides a conversation from both, so that neither can write into it.
rules.see(
    Conversation,
    Rule(
        within={Audience.PARTICIPANTS: IS_MEMBER},
        others=Others(IS_MEMBER, frozenset({BLOCKS, APPS, CHILDREN})),
    ),
)
rules.see(
    Member, Rule(owner="user", through="conversation", within={Audience.PARTICIPANTS: Anyone()})
)
rules.see(
    Message,
    Rule(owner="author", through="conversation", within={Audience.PARTICIPANTS: Anyone()}),
)

# Row-level security. Opening a conversation makes rows for two, so the service does it as the
# system.
rls.protect(Conversation, update=Anyone())
rls.protect(Member, update=Person("user"), beside=("user_id", "conversation_id"))
rls.protect(Message, insert=Person("author"))

dm.declare(
    Message,
    label=_("Messages you wrote"),
    remove=services.take_back,
    subjects=["author"],
    purposes=["messages"],
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(),
        "conversation": dm.link(),
        "author": dm.link(),
        "ref": dm.technical(),
        "text": dm.Datum("user.content.private", seen_by="participants"),
        "created_at": dm.moment(),
    },
    order=50,
)
register_importer(Conversation, importing.bring_conversation, order=60)
register_importer(Message, importing.bring_message, order=61)

export.also(
    Message,
    label="Messages written to you",
    fields=["public_id", "conversation", "author", "text", "created_at"],
    rows=lambda user: Message.objects.filter(conversation__members__user=user).exclude(author=user),
)

dm.declare(
    Member,
    label="Conversations you are in",
    subjects=["user"],
    purposes=["messages"],
    fields={
        "id": dm.technical(),
        "conversation": dm.link(),
        "user": dm.link(),
        "read_up_to": dm.moment(),
    },
    order=53,
)
dm.declare(
    Conversation,
    label="Conversations",
    subjects=["members__user"],
    purposes=["messages"],
    erase=dm.Erase.CUSTOM,
    purge=services.release_conversations,
    erased_how="deleted when nobody else is in it; otherwise the others keep what they wrote",
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(),
        "created_at": dm.moment(),
        "last_at": dm.moment(),
        "pair": dm.Datum("user.unique_id", export=False, note="the members, who are exported"),
    },
    order=52,
)

dm.serves("messaging", "messages")
dm.reads("messaging", User, "who writes to whom: the two people of a conversation")
