"""News by e-mail: what is sent, how far it got, and readers without an account."""

from django.db import models

from foundation.ids import PublicIdField
from foundation.work import Work, work_index


class NewsReader(models.Model):
    """An address without account that asked for news; nothing goes to it before it confirmed."""

    public_id = PublicIdField()
    address = models.EmailField(unique=True)
    form = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="reader_age")]


class Newsletter(models.Model):
    """One letter of news, written by staff."""

    public_id = PublicIdField()
    title = models.CharField(max_length=150)
    text = models.TextField(max_length=20_000)
    created_at = models.DateTimeField(auto_now_add=True)


class NewsSending(Work):
    """The sending of a newsletter, once: how far it got, in one cursor for each list."""

    newsletter = models.OneToOneField(Newsletter, on_delete=models.PROTECT, related_name="sending")
    last_user = models.BigIntegerField(default=0)
    last_reader = models.BigIntegerField(default=0)
    letters = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [work_index("news_due")]
