"""Conversations, who is in them, and what was written."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from foundation.ids import PublicIdField


class Conversation(models.Model):
    """Two people writing to each other."""

    public_id = PublicIdField()
    created_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now, help_text="of the newest message")
    pair = models.CharField(  # noqa: DJ001  (null: unique, yet many that someone left)
        max_length=50,
        unique=True,
        null=True,
        help_text="the two members' keys, small first: one conversation for two people",
    )

    class Meta:
        indexes = [models.Index(fields=["-last_at", "-id"], name="conversation_newest")]

    def get_absolute_url(self) -> str:
        return reverse("conversation", args=[self.public_id])


class Member(models.Model):
    """One person in a conversation, and how far they have read."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    read_up_to = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "user"], name="member_once")]
        indexes = [models.Index(fields=["user", "conversation"], name="member_of")]


class Message(models.Model):
    """One thing written. It stays its author's."""

    public_id = PublicIdField()
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="messages"
    )
    ref = models.UUIDField(help_text="the sender's own id: sending twice stores once")
    text = models.TextField(max_length=4000)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["author", "ref"], name="message_once")]
        indexes = [
            models.Index(fields=["conversation", "-created_at", "-id"], name="message_newest")
        ]
