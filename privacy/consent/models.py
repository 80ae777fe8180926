"""Evidence of what people agreed to and objected to. Written once, never changed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ConsentRecord(models.Model):
    """One yes or no to one purpose. The newest of a person and purpose is what holds.

    The database refuses to change or delete a record (migration `consent_is_append_only`), but for
    the erasure of its person.
    """

    class Channel(models.TextChoices):
        SIGN_UP = "sign-up", _("sign-up form")
        FORM = "form", _("another form")
        SETTINGS = "settings", _("Purposes and consent")
        ASKED_AGAIN = "asked-again", _("asked again after a change")
        COOKIES = "cookies", _("cookie page")
        UNSUBSCRIBE = "unsubscribe", _("unsubscribe link")
        GPC = "gpc", _("your browser's privacy signal")
        DESK = "desk", _("in writing")
        APP = "app", _("app")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.CASCADE,
        related_name="consent_records",
        help_text="nobody: a visitor without account",
    )
    purpose = models.CharField(max_length=30)
    given = models.BooleanField(help_text="agreed, or withdrew / objected")
    text_version = models.PositiveSmallIntegerField()
    text_sha256 = models.CharField(max_length=64, help_text="of the exact words shown, UTF-8")
    language = models.CharField(max_length=10, help_text="in which they were shown")
    channel = models.CharField(max_length=12, choices=Channel)
    form = models.CharField(max_length=40, blank=True, help_text="which form, if it was one")
    against_signal = models.BooleanField(
        default=False, help_text="the browser sent Sec-GPC, and the person was told so"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            # What holds now is the first row of this index for (person, purpose).
            models.Index(fields=["user", "purpose", "-id"], name="consent_now"),
            models.Index(fields=["user", "-created_at", "-id"], name="consent_history"),
        ]
