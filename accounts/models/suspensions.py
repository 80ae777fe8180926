"""An account that our staff suspended for a time: why, until when, and what its person says."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.ids import PublicIdField


class Suspension(models.Model):
    """One suspension. It has an end from the start; an appeal is decided by somebody else."""

    class Ground(models.TextChoices):
        RULES = "rules", _("breaking the terms of service")
        SAFETY = "safety", _("somebody's safety")
        FALSE = "false", _("an account that isn't what it says")
        LAW = "law", _("an order that the law binds us to")

    public_id = PublicIdField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="suspensions"
    )
    ground = models.CharField(_("ground"), max_length=6, choices=Ground)
    reason = models.TextField(_("reason"), max_length=2000, help_text="told in these words")
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    begins_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="really over since")
    appeal = models.TextField(blank=True, max_length=4000, help_text="what the person says to it")
    appealed_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True, max_length=2000, help_text="told in these words")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at__isnull=True), name="suspended_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("begins_at")), name="suspension_has_length"
            ),
            models.CheckConstraint(
                condition=Q(set_by=None) | ~Q(set_by=F("answered_by")) | Q(answered_by=None),
                name="appeal_by_another",
            ),
        ]
        indexes = [
            models.Index(
                fields=["ends_at"], name="suspension_due", condition=Q(ended_at__isnull=True)
            ),
            models.Index(fields=["ended_at"], name="suspension_over"),
        ]
        permissions: ClassVar = [
            ("suspend_user", "Can suspend an account, and end a suspension"),
            ("answer_appeal", "Can decide an appeal against somebody else's suspension"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def awaits_answer(self) -> bool:
        return bool(self.ended_at is None and self.appealed_at and not self.answered_at)
