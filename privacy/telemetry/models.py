"""How the site is used, counted only for who agreed; and where its scripts break."""

from django.db import models


class UsageEvent(models.Model):
    """One thing somebody did, under a name that changes every day. Lives for 30 days."""

    class Kind(models.TextChoices):
        PAGE = "page", "kind of page opened"
        ROOM = "room", "time in a room"
        FEATURE = "feature", "feature used"

    pseudonym = models.CharField(max_length=32, db_index=True)
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=60, blank=True)
    seconds = models.PositiveIntegerField(null=True, blank=True)
    hour = models.DateTimeField(db_index=True, help_text="the beginning of the hour")


class UsageCount(models.Model):
    """How many people did a thing on a day; never written for fewer than USAGE_MIN_PEOPLE."""

    day = models.DateField()
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=60, blank=True)
    people = models.PositiveIntegerField()
    events = models.PositiveIntegerField()
    seconds = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "kind", "name"], name="counted_once")]

    @property
    def minutes(self) -> int:
        return round(self.seconds / 60)


class CrashReport(models.Model):
    """One kind of fault of our scripts in browsers, and how often it came. Names nobody."""

    fingerprint = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=60)
    message = models.CharField(max_length=300, blank=True)
    frames = models.JSONField(default=list)
    page = models.CharField(max_length=60, blank=True, help_text="kind of page")
    browser = models.CharField(max_length=40, blank=True)
    count = models.PositiveIntegerField(default=1)
    first_day = models.DateField()
    last_day = models.DateField(db_index=True)
