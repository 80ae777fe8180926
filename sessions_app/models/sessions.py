"""A jam session, who takes part, how they were invited, what they said."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Least, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.addresses import path_of
from foundation.ids import PublicIdField
from foundation.spelling import check_readable
from privacy.gate.audiences import Audience, AudienceField
from sessions_app.models.planning import Plan

SEATS = 8  # players that hear each other peer to peer; more need a media server
LARGE_SEATS = 24  # players of a room whose sound goes through one


def most_places() -> int:
    """Return how many places a room can have on this site."""
    return LARGE_SEATS if settings.LIVEKIT_URL else SEATS


def places_now() -> Least:
    """Return how many places a session's room has, as a column of it."""
    return Least(F("places"), Value(most_places()))


def closing_time() -> datetime:
    """Return when a room that is empty from now on closes."""
    return timezone.now() + timedelta(minutes=settings.ROOM_EMPTY_MINUTES)


def open_now() -> Q:
    """Return the condition on sessions that are open: by the clock, whatever a worker has done.

    By the database's clock: the SQL of lists is kept, and a time in it would stand still.
    """
    doors = Q(opens_at__isnull=True) | Q(opens_at__lte=Now())
    return Q(closed_at__isnull=True, closes_at__gt=Now()) & doors


def occupied_now() -> Q:
    """Return the condition on open sessions in whose room somebody is now."""
    return Q(closed_at__isnull=True, occupied_until__isnull=False, occupied_until__gt=Now())


class JamSession(Plan):
    """Musicians who play together, from opening to closing; planned before, or opened at once."""

    public_id = PublicIdField()
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="hosted"
    )
    band = models.ForeignKey(
        "bands.Band", null=True, blank=True, on_delete=models.SET_NULL, related_name="sessions"
    )
    title = models.CharField(_("title"), max_length=80, blank=True, validators=[check_readable])
    about = models.TextField(_("about"), max_length=1000, blank=True)
    # Not "only me": who has a seat is there, and a session nobody joined is its host's anyway.
    audience = AudienceField(
        offers=(
            Audience.PUBLIC,
            Audience.LINK,
            Audience.MEMBERS,
            Audience.FOLLOWERS,
            Audience.JAMMED,
            Audience.FANS,
            Audience.BAND,
            Audience.PARTICIPANTS,
        ),
        default=Audience.PARTICIPANTS,
    )
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Who is in the room is known to Valkey alone; the row says only that somebody is, and until
    # when that holds without a further sign of life: by the clock, whoever else is away.
    occupied_until = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(default=closing_time, help_text="unless somebody comes in")
    is_locked = models.BooleanField(
        default=False,
        db_default=False,
        help_text="nobody takes a new seat; who has one comes and goes",
    )
    asks_first = models.BooleanField(
        default=False,
        db_default=False,
        help_text="who would take a seat waits until a host lets them in",
    )
    listeners = models.BooleanField(
        default=False,
        db_default=False,
        help_text="the host's wish: players who agree may be heard live from outside, while public",
    )
    offered_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="sessions_offered",
        help_text="whom the host asked to take the session over",
    )
    kept_until = models.DateTimeField(
        null=True, blank=True, help_text="the host's wish: open until then, also with nobody in it"
    )

    places = models.PositiveSmallIntegerField(
        _("places in the room"),
        default=SEATS,
        db_default=SEATS,
        help_text=_("How many play at once, with you."),
    )
    is_standing = models.BooleanField(
        default=False,
        db_default=False,
        help_text="its band's rehearsal room, from who comes first until nobody is in it",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["band"],
                name="jam_one_standing",
                condition=Q(is_standing=True, closed_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(places__gte=SEATS, places__lte=LARGE_SEATS), name="jam_places"
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="jam_newest"),
            models.Index(fields=["host", "-created_at", "-id"], name="jam_by_host"),
            models.Index(
                fields=["-created_at", "-id"],
                name="jam_live",
                condition=Q(closed_at__isnull=True, occupied_until__isnull=False),
            ),
            models.Index(
                fields=["closes_at"], name="jam_closing", condition=Q(closed_at__isnull=True)
            ),
            models.Index(
                fields=["band", "-created_at", "-id"],
                name="jam_by_band",
                condition=models.Q(band__isnull=False),
            ),
            models.Index(
                fields=["starts_at", "id"],
                name="jam_planned",
                condition=Q(starts_at__isnull=False, closed_at__isnull=True),
            ),
            models.Index(
                fields=["genre", "starts_at", "id"],
                name="jam_planned_genre",
                condition=Q(starts_at__isnull=False, closed_at__isnull=True),
            ),
            models.Index(fields=["starts_at"], name="jam_weekly", condition=Q(weekly=True)),
        ]

    @property
    def room_places(self) -> int:
        """How many places its room has: as many as were asked for, where the site has them."""
        return min(self.places, most_places())

    @property
    def is_large(self) -> bool:
        """Whether its sound goes through the media server, and not from player to player."""
        return self.room_places > SEATS

    def get_absolute_url(self) -> str:
        return path_of("jam", self.public_id)

    @property
    def is_open(self) -> bool:
        now = timezone.now()
        doors = self.opens_at is None or self.opens_at <= now
        return self.closed_at is None and self.closes_at > now and doors

    @property
    def is_over(self) -> bool:
        """Whether nobody can play in it any more: closed, called off, or nobody came."""
        return self.closed_at is not None or self.closes_at <= timezone.now()

    @property
    def is_live(self) -> bool:
        """Whether somebody is in the room now."""
        now = timezone.now()
        return (
            self.closed_at is None and self.occupied_until is not None and self.occupied_until > now
        )


class Participant(models.Model):
    """A person who took, or takes, part in a session; a co-host does there what its host does.

    The rights are a player's: a host has them all, a co-host all but that of inviting.
    """

    class Role(models.TextChoices):
        PLAYER = "player", _("player")
        CO_HOST = "co_host", _("co-host")

    session = models.ForeignKey(JamSession, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="participations"
    )
    joined_at = models.DateTimeField(default=timezone.now)
    # With the seat in an open room; of a planned session when they first entered its room.
    came_at = models.DateTimeField(
        null=True, blank=True, default=timezone.now, help_text="since when they read the chat"
    )
    inside_seconds = models.PositiveIntegerField(
        null=True, blank=True, help_text="how long they were inside, if they agreed to that"
    )
    role = models.CharField(max_length=7, choices=Role, default=Role.PLAYER, db_default=Role.PLAYER)
    role_since = models.DateTimeField(null=True, blank=True)
    may_chat = models.BooleanField(_("may write in the chat"), default=True, db_default=True)
    may_record = models.BooleanField(_("may ask to record"), default=True, db_default=True)
    may_tempo = models.BooleanField(_("may change the beat"), default=True, db_default=True)
    may_invite = models.BooleanField(_("may invite others"), default=True, db_default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="participant_once"),
        ]
        indexes = [models.Index(fields=["user", "session"], name="participant_of")]


class Invite(models.Model):
    """A link that lets who holds it take part. Its secret is a signature, stored nowhere."""

    public_id = PublicIdField()
    session = models.ForeignKey(JamSession, on_delete=models.CASCADE, related_name="invites")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="invites_made"
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    used = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="invite_over")]


class ChatLine(models.Model):
    """One line of a room's chat."""

    public_id = PublicIdField()
    session = models.ForeignKey(JamSession, on_delete=models.CASCADE, related_name="chat")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="chat_lines"
    )
    ref = models.UUIDField(help_text="the sender's own id: sending twice stores once")
    text = models.CharField(max_length=2000, blank=True)
    file = models.FileField(upload_to="chat-files", blank=True)
    file_name = models.CharField(max_length=100, blank=True, help_text="as people see it")
    file_size = models.PositiveIntegerField(default=0, help_text="bytes")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["author", "ref"], name="chat_line_once")]
        indexes = [models.Index(fields=["session", "-created_at", "-id"], name="chat_newest")]
