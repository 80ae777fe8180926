"""Rows that remember who of the staff looked at whose data, and why."""

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _


class Look(models.Model):
    """One look of a member of staff at one person's data. Only ever added (a trigger holds it)."""

    class Why(models.TextChoices):
        REQUEST = "request", _("to answer your request")
        SUPPORT = "support", _("to help with a problem")
        REPORT = "report", _("to look into a report")
        SECURITY = "security", _("to keep the service secure")
        LEGAL = "legal", _("because a law requires it")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="looks"
    )
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    role = models.CharField(max_length=120, help_text="the staff member's roles at the time")
    model = models.CharField(max_length=80, help_text="app.model, lower case")
    object_key = models.CharField(max_length=80)
    why = models.CharField(max_length=10, choices=Why)
    reason = models.CharField(max_length=300)
    at = models.DateTimeField(auto_now_add=True)
    hidden_until = models.DateField(
        null=True, blank=True, help_text="an order forbids telling the person before this day"
    )

    class Meta:
        indexes = [
            models.Index(F("user"), F("at").desc(), F("id").desc(), name="looks_at_person"),
            models.Index(fields=["staff", "model", "object_key", "-at"], name="looks_by_staff"),
            models.Index(fields=["at"], name="looks_by_age"),
        ]
