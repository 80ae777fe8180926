"""When a session is to be and who is wanted: its plan, the answers to it, calendars of it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.ids import PublicIdField
from sessions_app.vocabulary import Key

DOORS_BEFORE = timedelta(minutes=15)  # the room opens by itself
WAITED_FOR = timedelta(minutes=30)  # after its start an empty room closes
SLOWEST, FASTEST = 30, 300  # beats per minute
SHORTEST, LONGEST = 15, 720  # minutes
USUAL = 90


class RecordingWish(models.TextChoices):
    """Whether a session's host would like it recorded; each take asks everybody all the same."""

    OPEN = "open", _("open: we decide there")
    WANTED = "wanted", _("wants to record")
    NONE = "none", _("no recording")


def coming() -> Q:
    """Return the condition on planned sessions whose room isn't open yet."""
    return Q(closed_at__isnull=True, cancelled_at__isnull=True, opens_at__gt=Now())


def ahead() -> Q:
    """Return the condition on planned sessions that haven't begun, room open or not."""
    return Q(closed_at__isnull=True, cancelled_at__isnull=True, starts_at__gt=Now())


def not_over() -> Q:
    """Return the condition on sessions that can still be played in: open, or coming."""
    return Q(closed_at__isnull=True, closes_at__gt=Now())


class Plan(models.Model):
    """What a host says of a session beforehand. One that was opened at once has no `starts_at`."""

    starts_at = models.DateTimeField(null=True, blank=True)
    # What holds across a change of the clocks is the wall time in a zone; a moment alone can't say
    # which, where the clocks skip it.
    zone = models.CharField(
        max_length=40, blank=True, default="", db_default="", help_text="IANA name"
    )
    clock = models.TimeField(null=True, blank=True, help_text="wall time in the zone")
    minutes = models.PositiveSmallIntegerField(
        _("how long, in minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(SHORTEST), MaxValueValidator(LONGEST)],
    )
    opens_at = models.DateTimeField(null=True, blank=True, help_text="the room, not before")
    genre = models.CharField(_("genre"), max_length=30, blank=True, default="", db_default="")
    tempo = models.PositiveSmallIntegerField(
        _("tempo"),
        null=True,
        blank=True,
        validators=[MinValueValidator(SLOWEST), MaxValueValidator(FASTEST)],
        help_text=_("Beats per minute, from 30 to 300."),
    )
    key = models.CharField(
        _("key"), max_length=20, blank=True, default="", db_default="", choices=Key
    )
    welcome = models.TextField(_("welcome"), max_length=2000, blank=True, default="", db_default="")
    # The instruments that are wanted, each as often as there are seats for it, without the host's.
    seats = ArrayField(models.CharField(max_length=30), default=list, db_default=[], blank=True)
    recording_wish = models.CharField(
        _("recording"),
        max_length=6,
        choices=RecordingWish,
        default=RecordingWish.OPEN,
        db_default=RecordingWish.OPEN,
        help_text=_("A wish, for who thinks of coming. Each take asks everybody anyway."),
    )
    approval = models.BooleanField(_("I say who plays"), default=False, db_default=False)
    weekly = models.BooleanField(_("repeat weekly"), default=False, db_default=False)
    previous = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="following"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    # As RFC 5545 counts the changes of an event, and when it was last one.
    sequence = models.PositiveIntegerField(default=0, db_default=0)
    changed_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        abstract = True

    @property
    def is_coming(self) -> bool:
        """Whether it is planned and its room isn't open yet."""
        return (
            self.closed_at is None  # type: ignore[attr-defined]
            and self.cancelled_at is None
            and self.opens_at is not None
            and self.opens_at > timezone.now()
        )

    @property
    def ends_at(self) -> datetime | None:
        """When it is planned to end."""
        if self.starts_at is None:
            return None
        return self.starts_at + timedelta(minutes=self.minutes or USUAL)


class Rsvp(models.Model):
    """What somebody answered to a planned session. The host has a seat and answers nothing."""

    class State(models.TextChoices):
        GOING = "going", _("going")
        WAITING = "waiting", _("on the waiting list")
        PENDING = "pending", _("asks for a seat")
        REFUSED = "refused", _("declined by the host")
        MAYBE = "maybe", _("maybe")
        CANT = "cant", _("can't come")

    public_id = PublicIdField()
    session = models.ForeignKey(
        "sessions_app.JamSession", on_delete=models.CASCADE, related_name="rsvps"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="rsvps"
    )
    state = models.CharField(max_length=8, choices=State)
    instrument = models.CharField(max_length=30, blank=True, help_text="whose seat, if it has one")
    invited = models.BooleanField(default=False, help_text="by a link of the host's")
    # When they asked for this seat: the order of the waiting list.
    asked_at = models.DateTimeField(default=timezone.now)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="rsvp_once"),
        ]
        indexes = [
            models.Index(fields=["session", "asked_at", "id"], name="rsvp_in_order"),
            models.Index(fields=["user", "session"], name="rsvp_of"),
        ]


S = Rsvp.State
HOLDS = (S.GOING, S.WAITING, S.PENDING)  # has a seat, or is in line for one
TOLD = (*HOLDS, S.MAYBE)  # who hears of changes
SHOWN = (S.GOING, S.WAITING, S.MAYBE, S.CANT)  # to whoever sees the session's players


class CalendarFeed(models.Model):
    """The secret address of somebody's calendar. Only a hash of the secret is kept."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed"
    )
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
