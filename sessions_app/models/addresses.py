"""Who may be connected with whom directly, and so see their network address."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DirectAnswer(models.Model):
    """Whether a person lets another connect with them directly: their last word on it.

    Two connect directly if both do. A yes holds in the session it was said in, and in others while
    the person goes direct with whom they know (`DirectChoice`); a no holds until it is changed.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="direct_answers"
    )
    other = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    session = models.ForeignKey(
        "sessions_app.JamSession",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    yes = models.BooleanField()
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "other"], name="direct_answer_once"),
            models.CheckConstraint(condition=~Q(person=F("other")), name="direct_answer_another"),
        ]


class DirectChoice(models.Model):
    """Whether a person connects directly with people they know, without being asked each time."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="direct_choice"
    )
    known = models.BooleanField(_("go direct with people I know"), default=False)
