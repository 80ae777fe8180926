"""People, a conversation and rooms, made inside a running site; called by `RealSite.ask`."""

from typing import Any

from django.conf import settings
from django.test import Client

from accounts.models import User
from messaging import services
from sessions_app.services import sessions
from tests.cast import BACKEND, just_signed_in, person


def two_talk() -> dict[str, Any]:
    """Lumen and Otis, signed in, with a conversation; Otis hosts a room that Lumen sits in."""
    lumen, otis, hazel = (person(name) for name in ("lumen", "otis", "hazel"))
    conversation = services.conversation_between(lumen, otis)
    room = sessions.open_session(otis, title="porch", about="", audience="public")
    sessions.join(room, lumen)
    other = sessions.open_session(hazel, title="attic", about="", audience="public")
    return {
        "conversation": conversation.public_id,
        "room": room.public_id,
        "other_room": other.public_id,
        **{one.username: cookie_of(one) for one in (lumen, otis, hazel)},
    }


def cookie_of(user: User) -> str:
    client = Client()
    client.force_login(user, backend=BACKEND)
    just_signed_in(client)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def texts(public_id: str) -> list[str]:
    from messaging.models import Message

    rows = Message.objects.filter(conversation__public_id=public_id).order_by("pk")
    return list(rows.values_list("text", flat=True))
