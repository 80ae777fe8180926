"""Accounts that nobody has come to for long."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class Dormancy(models.Model):
    """An account that nobody has come to for long: warned twice, then it leaves."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="dormancy")
    warned_at = models.DateTimeField(default=timezone.now, db_index=True)
    leaves_at = models.DateTimeField(db_index=True)
    warned_again_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("unused account"), _("unused accounts")
