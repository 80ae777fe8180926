"""A recording is stems; a mix is derived from them and can be made again."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.addresses import path_of
from foundation.ids import PublicIdField
from foundation.spelling import check_readable
from foundation.work import Work, work_index
from privacy.gate.audiences import Audience, AudienceField
from sessions_app.models.sessions import JamSession

LONGEST_MS = 3 * 3_600_000  # of a take


class Recording(models.Model):
    """One take of a session: asked for, agreed to, played, mixed, and shown to its audience."""

    class State(models.TextChoices):
        ASKING = "asking", _("asking everybody")
        RECORDING = "recording", _("recording")
        UPLOADING = "uploading", _("collecting the stems")
        PROCESSING = "processing", _("mixing")
        READY = "ready", _("ready")
        DECLINED = "declined", _("not everybody agreed")
        FAILED = "failed", _("failed")

    class Ending(models.TextChoices):
        STOPPED = "stopped", _("stopped by a player")
        EMPTY = "empty", _("nobody was left who was being recorded")
        CLOSED = "closed", _("the room was closed")
        LIMIT = "limit", _("it reached the longest a take can be")
        APART = "apart", _("two of its players are no longer together")

    public_id = PublicIdField()
    session = models.ForeignKey(
        JamSession, null=True, on_delete=models.SET_NULL, related_name="recordings"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="recordings"
    )
    band = models.ForeignKey(
        "bands.Band", null=True, blank=True, on_delete=models.SET_NULL, related_name="recordings"
    )
    title = models.CharField(_("title"), max_length=80, blank=True, validators=[check_readable])
    audience = AudienceField(default=Audience.PARTICIPANTS)
    state = models.CharField(max_length=10, choices=State, default=State.ASKING)
    created_at = models.DateTimeField(default=timezone.now)
    starts_at_ms = models.FloatField(null=True, blank=True, help_text="on the session's clock")
    stops_at_ms = models.FloatField(null=True, blank=True)
    ending = models.CharField(max_length=8, choices=Ending, blank=True)
    alone_since = models.DateTimeField(
        null=True, blank=True, help_text="since when none of its players is there and captures"
    )
    upload_due_at = models.DateTimeField(
        null=True, blank=True, help_text="when mixing begins without stems that never came"
    )

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="recording_newest"),
            models.Index(fields=["owner", "-created_at", "-id"], name="recording_by_owner"),
            models.Index(
                fields=["-created_at", "-id"],
                name="recording_public",
                condition=models.Q(audience="public", state="ready"),
            ),
            models.Index(
                fields=["band", "-created_at", "-id"],
                name="recording_by_band",
                condition=models.Q(band__isnull=False),
            ),
            models.Index(
                fields=["session"],
                name="recording_in_force",
                condition=models.Q(state__in=["asking", "recording"]),
            ),
            models.Index(
                fields=["upload_due_at"],
                name="recording_upload_due",
                condition=models.Q(state="uploading"),
            ),
        ]

    def get_absolute_url(self) -> str:
        return path_of("recording", self.public_id)

    @property
    def ends_at_ms(self) -> float | None:
        """When it ends at the latest, on the session's clock."""
        return None if self.starts_at_ms is None else self.starts_at_ms + LONGEST_MS


class RecordingConsent(models.Model):
    """What one person answered when asked to be recorded. Appended, never rewritten."""

    class Answer(models.TextChoices):
        WAITING = "waiting", _("has not answered")
        YES = "yes", _("agreed")
        NO = "no", _("declined")

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="consents")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recording_consents"
    )
    answer = models.CharField(max_length=8, choices=Answer, default=Answer.WAITING)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    text_version = models.CharField(max_length=20, help_text="which wording was shown")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recording", "user"], name="consent_once"),
        ]


class Stem(models.Model):
    """One player's own sound, captured on their machine before it met the network."""

    class State(models.TextChoices):
        CAPTURING = "capturing", _("being captured")
        STORED = "stored", _("stored")
        ALIGNED = "aligned", _("aligned")
        WITHDRAWN = "withdrawn", _("withdrawn")
        FAILED = "failed", _("never arrived")

    class Fault(models.TextChoices):
        CLOCK = "clock", _("its clock can't be true")
        UNREADABLE = "unreadable", _("it can't be read")

    public_id = PublicIdField()
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="stems")
    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="stems"
    )
    state = models.CharField(max_length=10, choices=State, default=State.CAPTURING)
    created_at = models.DateTimeField(default=timezone.now)
    chunk_count = models.PositiveIntegerField(null=True, blank=True)
    frames = models.PositiveBigIntegerField(null=True, blank=True)
    sample_rate = models.PositiveIntegerField(null=True, blank=True)
    channels = models.PositiveSmallIntegerField(null=True, blank=True)
    clock = models.JSONField(default=list, blank=True, help_text="[[frame, session ms], …]")
    start_ms = models.FloatField(null=True, blank=True, help_text="session ms of frame 0")
    drift_ppm = models.FloatField(null=True, blank=True)
    slips = models.JSONField(
        default=list, blank=True, help_text="[[frame, ms], …] where the recorder stood still"
    )
    fault = models.CharField(
        max_length=10, choices=Fault, blank=True, help_text="why it is left out of mixes"
    )
    file = models.FileField(upload_to="stems", blank=True, help_text="FLAC, 24 bit, lossless")
    size = models.PositiveBigIntegerField(null=True, blank=True, help_text="bytes of the file")
    peaks = models.JSONField(null=True, blank=True)
    others_may_save = models.BooleanField(
        default=False, help_text="who else plays on it may save this sound by itself"
    )
    gain = models.FloatField(default=1.0, help_text="linear")
    pan = models.FloatField(default=0.0, help_text="-1 left … 1 right")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recording", "player"], name="one_stem_a_player"),
        ]
        indexes = [
            models.Index(fields=["player", "recording"], name="stem_of"),
            models.Index(
                fields=["created_at"], condition=models.Q(state="capturing"), name="stem_stale"
            ),
        ]


class Credit(models.Model):
    """Who plays on a recording, and nothing of how it sounds: a view of stems.

    Who may see a recording may see who plays on it; row-level security keeps stems themselves to
    those who may hear them. Rules and lists that only ask who plays read this.
    """

    recording = models.ForeignKey(
        Recording, on_delete=models.DO_NOTHING, db_constraint=False, related_name="credit_rows"
    )
    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False,
        related_name="+",
    )  # fmt: skip
    state = models.CharField(max_length=10, choices=Stem.State)

    class Meta:
        managed = False
        db_table = "sessions_app_credit"  # made by a migration


class StemChunk(models.Model):
    """A numbered piece of a stem on its way up."""

    stem = models.ForeignKey(Stem, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text="bytes")
    file = models.FileField(upload_to="chunks")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stem", "number"], name="chunk_once")]


class Mix(Work):
    """Sound rendered from the stems that may be heard at that time."""

    public_id = PublicIdField()
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="mixes")
    created_at = models.DateTimeField(default=timezone.now)
    stems = models.ManyToManyField(Stem, related_name="mixes", blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    flac = models.FileField(upload_to="mixes", blank=True)
    opus = models.FileField(upload_to="mixes", blank=True)
    aac = models.FileField(upload_to="mixes", blank=True)
    peaks = models.JSONField(null=True, blank=True)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    start_ms = models.FloatField(null=True, blank=True, help_text="on the session's clock")

    class Meta:
        verbose_name, verbose_name_plural = _("mix"), _("mixes")
        indexes = [
            work_index("mix_due"),
            models.Index(fields=["recording", "-created_at", "-id"], name="mix_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["recording"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="one_mix_in_force",
            )
        ]
