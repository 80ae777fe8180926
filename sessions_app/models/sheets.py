"""What a session plays from: its set list, with charts and lyrics, and its notes."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.ids import PublicIdField
from sessions_app.models.planning import FASTEST, SLOWEST
from sessions_app.models.sessions import JamSession
from sessions_app.vocabulary import Key


class Sheet(models.Model):
    """A song of a session's set list, or the session's notes: lines that all there write on.

    Without `added_by`: the notes, or a song of somebody who left.
    """

    public_id = PublicIdField()
    session = models.ForeignKey(JamSession, on_delete=models.CASCADE, related_name="sheets")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="sheets_added",
    )
    ref = models.UUIDField(help_text="the sender's own id: adding twice adds once")
    is_notes = models.BooleanField(default=False)
    title = models.CharField(_("title"), max_length=80, blank=True)
    key = models.CharField(_("key"), max_length=20, blank=True, choices=Key)
    tempo = models.PositiveSmallIntegerField(
        _("tempo"),
        null=True,
        blank=True,
        validators=[MinValueValidator(SLOWEST), MaxValueValidator(FASTEST)],
    )
    place = models.FloatField(default=0, help_text="in the set list, ascending")
    is_playing = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1, help_text="of title, key and tempo")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "ref"], name="sheet_once"),
            models.UniqueConstraint(
                fields=["session"], name="sheet_notes_once", condition=Q(is_notes=True)
            ),
            models.UniqueConstraint(
                fields=["session"], name="sheet_one_plays", condition=Q(is_playing=True)
            ),
        ]
        indexes = [models.Index(fields=["session", "place", "id"], name="sheet_in_order")]


class SheetLine(models.Model):
    """One line of a sheet: words, chords in brackets, or a grid of bars. Whoever wrote it last is
    its author.
    """

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="lines")
    # The sheet's own: what the gate asks by, without a join.
    session = models.ForeignKey(JamSession, on_delete=models.CASCADE, related_name="sheet_lines")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sheet_lines"
    )
    ref = models.UUIDField(help_text="its id, given by who wrote it first")
    text = models.CharField(max_length=400, blank=True)
    place = models.FloatField(help_text="on the sheet, ascending")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "ref"], name="sheet_line_once")]
        indexes = [
            models.Index(fields=["sheet", "place", "id"], name="sheet_line_in_order"),
            models.Index(fields=["author", "session"], name="sheet_line_by"),
        ]
