"""What the site tells people: in the product, and by mail."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone

from foundation.ids import PublicIdField
from foundation.work import MAX_ATTEMPTS, Work, work_index

TRIED = timedelta(days=3)


class Notice(Work):
    """One thing told to one person. Its `work` is the mail; without mail it is done at once.

    `about` names the row it tells of ("app.model:public_id"), so that the gate can be asked again
    before the mail goes and before the notice is shown. `address` is for people without account;
    such a row is deleted once its mail has gone, and so is one that isn't `listed`: its person
    wants this kind by mail alone.
    """

    public_id = PublicIdField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="notices"
    )
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    url = models.CharField(max_length=500, blank=True)
    about = models.CharField(max_length=120, blank=True)
    address = models.EmailField(blank=True)
    listed = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            work_index("notice_due"),
            models.Index(fields=["user", "-created_at", "-id"], name="notice_newest"),
            models.Index(
                fields=["user"],
                condition=models.Q(seen_at__isnull=True, listed=True),
                name="notice_unseen",
            ),
            models.Index(fields=["created_at"], name="notice_age"),
            models.Index(fields=["about"], name="notice_about", condition=~models.Q(about="")),
            models.Index(Upper("address"), name="notice_address", condition=~models.Q(address="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=False) ^ ~models.Q(address=""),
                name="notice_has_one_recipient",
            )
        ]

    def fail(self, reason: str, *, final: bool = False) -> bool:
        """Try again for three days: a mail server may be down longer than a few minutes."""
        if timezone.now() - self.created_at < TRIED:
            self.attempts = min(self.attempts, MAX_ATTEMPTS - 1)
        return super().fail(reason, final=final)


class NoticeChoice(models.Model):
    """What one person chose for one kind of notice; without a row the kind's own defaults hold."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_choices"
    )
    kind = models.CharField(max_length=40)
    product = models.BooleanField()
    mail = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="notice_choice_once"),
        ]


class NoticeFanOut(Work):
    """One row that many people are being told of; gone once they were.

    `about` names it as a `Notice` does. Everybody with a key up to `cursor` has been told.
    """

    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=120)
    cursor = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "about"], name="fan_out_once")]
        indexes = [work_index("fan_out_due")]

    def fail(self, reason: str, *, final: bool = False) -> bool:
        """Let go of what couldn't be told in all its tries: it is no news any more."""
        over = super().fail(reason, final=final)
        if over:
            self.delete()
        return over


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
