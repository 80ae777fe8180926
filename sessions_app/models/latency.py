"""How well sound gets from one person to another: a grade, never an address or a place."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LATENCY_LASTS = timedelta(days=30)  # then the network of either may be another
GOOD_MS, FAIR_MS = 25, 60  # one way


class Grade(models.IntegerChoices):
    """What a delay one way, in milliseconds, means for playing together."""

    GOOD = 1, _("good")
    FAIR = 2, _("fair")
    POOR = 3, _("poor")


def grade_of(one_way_ms: float) -> Grade:
    """Return the grade of a delay one way, in milliseconds."""
    if one_way_ms < GOOD_MS:
        return Grade.GOOD
    return Grade.FAIR if one_way_ms < FAIR_MS else Grade.POOR


def fresh() -> Q:
    """Return the condition on grades that still hold: by the database's clock."""
    return Q(measured_at__gt=Now() - LATENCY_LASTS)


class Latency(models.Model):
    """What one person's browser measured to another's in a room, as a grade.

    Each of two has a row of their own: together they hold, and the worse of both, so that nobody
    alone makes a pair look better than it is.
    """

    measured_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="latencies"
    )
    partner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="latencies_to"
    )
    grade = models.PositiveSmallIntegerField(choices=Grade)
    measured_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "latencies"
        constraints = [
            models.UniqueConstraint(fields=["measured_by", "partner"], name="latency_once"),
            models.CheckConstraint(
                condition=~Q(measured_by=F("partner")), name="latency_to_another"
            ),
            models.CheckConstraint(condition=Q(grade__in=[1, 2, 3]), name="latency_grade"),
        ]
        indexes = [
            models.Index(fields=["partner", "measured_by"], name="latency_back"),
            models.Index(fields=["measured_at"], name="latency_over"),
        ]
