"""Rooms at the media server (SFU), for sessions of more places than players can hear peer to peer.

Both tables are work: a room is due when it may have to end there, a stay when its person may have
to be out of it. A killed worker or a server that is away delays that, and loses none.
"""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from foundation.work import Work, work_index


def unguessable() -> str:
    """Return a name for something at the media server: it is the only thing told of it there."""
    return secrets.token_urlsafe(24)


class SfuRoom(Work):
    """One session's room at the media server. It goes when it has ended there for good."""

    session = models.OneToOneField(
        "sessions_app.JamSession", null=True, on_delete=models.SET_NULL, related_name="sfu_room"
    )
    name = models.CharField(max_length=40, unique=True, default=unguessable)
    made_at = models.DateTimeField(null=True, help_text="when the server last said it is there")
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [work_index("sfu_room_due")]


class SfuStay(Work):
    """A person's stay in such a room, from their first token to their leaving.

    `identity`: what the server knows them by, random and of this stay alone; it writes it to its
    log. A page that connects anew goes on with the stay.
    """

    room = models.ForeignKey(SfuRoom, on_delete=models.CASCADE, related_name="stays")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sfu_stays"
    )
    identity = models.CharField(max_length=40, unique=True, default=unguessable)
    began_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now, help_text="when a token was last given")
    ended_at = models.DateTimeField(null=True)
    mutes = models.BooleanField(default=False, help_text="a host's mute is still to be told there")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["room", "user"],
                name="sfu_stay_once",
                condition=Q(ended_at__isnull=True),
            )
        ]
        indexes = [
            work_index("sfu_stay_due"),
            models.Index(fields=["user", "room"], name="sfu_stay_of"),
            models.Index(fields=["ended_at"], name="sfu_stay_over"),
        ]
