"""A stem's way from the player's machine: numbered chunks, then the word that it is whole.

Whatever a client says is held against what can be true: a take brings no more chunks than time
has passed, no more bytes a second than its format has, and its clock stays within the recording's
own time.
"""

import hashlib
import itertools
import math
from collections.abc import Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from foundation.advisory_locks import Purpose, one_at_a_time
from foundation.ids import new_public_id
from foundation.problems import Conflict, TooLarge, Unprocessable
from sessions_app.models import Recording, Stem, StemChunk
from sessions_app.models.recordings import LONGEST_MS
from sessions_app.services import endings, storage
from sessions_app.services import recording as recordings

CHUNK_SECONDS = 5
MAX_CHUNK_BYTES = 8 * 1024 * 1024
TOLERANCE_MS = 5_000  # of everything a clock says: browsers' clocks and last moments
MAX_CHUNKS = (LONGEST_MS + TOLERANCE_MS) // (CHUNK_SECONDS * 1000)
AHEAD_MS = 30_000  # by so much chunks may be ahead of the time that has passed
BYTES_PER_SECOND = 96_000 * 2 * 3  # 96 kHz, two channels, 24 bits
MAX_DRIFT_PPM = 500  # as in audio.clock, which only workers load
DRIFT_SLACK_MS = 20

S = Recording.State


def store_chunk(stem: Stem, number: int, data: bytes, sha256: str) -> None:
    """Keep one numbered chunk. The same bytes again change nothing; other bytes are a conflict.

    Raises `Conflict`, `Unprocessable` or `TooLarge` (no storage left).
    """
    if not data or len(data) > MAX_CHUNK_BYTES:
        raise Unprocessable(_("A chunk has between 1 byte and 8 MiB."))
    if hashlib.sha256(data).hexdigest() != sha256.lower():
        raise Unprocessable(_("The chunk doesn't match its checksum. Send it again."))
    existing = stem.chunks.filter(number=number).first()
    if existing is None and stem.state == Stem.State.CAPTURING:
        _check_room(stem, number, len(data))
        name = f"chunks/{stem.public_id}/{number:05d}-{new_public_id()}"
        stored = default_storage.save(name, ContentFile(data))
        new = False
        try:
            existing, new = _remember_chunk(stem, number, sha256.lower(), len(data), stored)
        finally:
            if not new:
                default_storage.delete(stored)
    if existing is None:
        raise Conflict(_("This stem takes no more chunks."))
    if existing.sha256 != sha256.lower():
        raise Conflict(_("Other bytes are stored under this number."))


def _check_room(stem: Stem, number: int, size: int) -> None:
    """Refuse what can't have been played yet, and what there is no storage for."""
    played = min(length_ms(stem.recording), LONGEST_MS) + AHEAD_MS
    if number >= min(MAX_CHUNKS, math.ceil(played / 1000 / CHUNK_SECONDS)):
        raise Unprocessable(
            _("So much can't have been played yet: a take lasts three hours at most.")
        )
    held = sum(stem.chunks.values_list("size", flat=True)) + size
    if held > played / 1000 * BYTES_PER_SECOND:
        raise Unprocessable(_("That is more than 96 kHz in stereo takes."))
    use = storage.use_of(stem.player_id)
    if use.used + size > use.limit:
        raise TooLarge(
            _("Your storage is full. Your take stays on your machine until you make room."),
            used=use.used, limit=use.limit,
        )  # fmt: skip


def length_ms(recording: Recording) -> float:
    """How long a take has lasted by now, or lasted."""
    if recording.starts_at_ms is None:
        return 0.0
    begin, end = _bounds(recording)
    return max(0.0, end - begin)


def _bounds(recording: Recording) -> tuple[float, float]:
    """When a take begins and ends, by now, in session milliseconds."""
    begin = recording.starts_at_ms or 0.0
    if recording.stops_at_ms is not None:
        return begin, recording.stops_at_ms
    if recording.session is None:
        return begin, begin + LONGEST_MS
    return begin, min(endings.session_ms(recording.session), begin + LONGEST_MS)


@transaction.atomic
def _remember_chunk(
    stem: Stem, number: int, sha256: str, size: int, name: str
) -> tuple[StemChunk | None, bool]:
    """Name the stored file in a row, unless another request did, or the stem was withdrawn."""
    locked = Stem.objects.select_for_update().filter(pk=stem.pk).first()
    if locked is None or locked.state != Stem.State.CAPTURING:
        return None, False
    one_at_a_time(Purpose.STORAGE, stem.player_id)
    _check_room(locked, number, size)  # again: others of theirs may have come meanwhile
    return StemChunk.objects.get_or_create(
        stem=locked, number=number, defaults={"sha256": sha256, "size": size, "file": name}
    )


def complete(stem: Stem, about: dict[str, Any]) -> Stem:
    """Declare a stem whole. Raises Conflict with the missing numbers while some are. Idempotent.

    Raises `Unprocessable` where sums don't fit, or the clock is that of no recording like this.
    """
    with transaction.atomic():
        locked = Stem.objects.select_for_update().get(pk=stem.pk)
        if locked.state in {Stem.State.STORED, Stem.State.ALIGNED}:
            return locked
        if locked.state not in {Stem.State.CAPTURING, Stem.State.FAILED}:
            raise Conflict(_("This stem takes no more chunks."))
        _check_whole(locked, about)
        check_clock(locked.recording, about)
        locked.chunk_count = about["chunks"]
        locked.frames = about["frames"]
        locked.sample_rate = about["sample_rate"]
        locked.channels = about["channels"]
        locked.clock = about["clock"]
        locked.state = Stem.State.STORED
        locked.save()
    recordings.has_come(locked)
    return locked


def _check_whole(stem: Stem, about: dict[str, Any]) -> None:
    """Whether the chunks hold the frames; of the last one a part may be left over.

    A player who hears late that the take was stopped has sent more than belongs to it.
    """
    sizes = dict(stem.chunks.values_list("number", "size"))
    missing = [number for number in range(about["chunks"]) if number not in sizes]
    if missing:
        raise Conflict(_("Some chunks have not arrived yet."), missing=missing[:1000])
    want = about["frames"] * 3 * about["channels"]
    held = sum(size for number, size in sizes.items() if number < about["chunks"])
    if not 0 <= held - want < sizes[about["chunks"] - 1]:
        raise Unprocessable(
            _("The chunks hold %(held)d bytes where %(frames)d frames take %(want)d.")
            % {"held": held, "frames": about["frames"], "want": want}
        )


def check_clock(recording: Recording, about: dict[str, Any]) -> None:
    """Refuse clock points outside the recording's own time, or of no sound device."""
    begin, end = (bound / 1000 for bound in _bounds(recording))
    slack = TOLERANCE_MS / 1000
    points = about["clock"]
    for frame, at in points:
        if not 0 <= frame <= about["frames"] or not math.isfinite(at):
            raise Unprocessable(_("A clock point lies outside the stem."))
        if not begin - slack <= at / 1000 <= end + slack:
            raise Unprocessable(
                _("A clock point lies more than %(n)d seconds outside the recording.")
                % {"n": slack}
            )
    if about["frames"] / about["sample_rate"] > (end - begin) * (1 + 1e-3) + 2 * slack:
        raise Unprocessable(_("The stem is longer than the recording."))
    _check_drift(points, about["sample_rate"])


def _check_drift(points: Sequence[Sequence[float]], rate: int) -> None:
    """Refuse a clock that runs as no sound device does; steps, where one stood still, are none."""
    known = sorted({point[0]: point[1] for point in points}.items())
    slopes = []
    for (frame, at), (then, later) in itertools.pairwise(known):
        if then - frame < 1:
            continue  # parts of one frame say nothing of a clock's pace
        nominal = (then - frame) * 1000 / rate
        slopes.append(((later - at - nominal) / nominal, nominal))
    slopes.sort()
    total, upto = sum(length for _slope, length in slopes), 0.0
    for slope, length in slopes:
        upto += length
        if upto >= total / 2:
            if abs(slope) * total > MAX_DRIFT_PPM * 1e-6 * total + DRIFT_SLACK_MS:
                raise Unprocessable(
                    _("The clock runs more than %(n)d millionths too fast or too slow.")
                    % {"n": MAX_DRIFT_PPM}
                )
            return
    raise Unprocessable(_("A clock has at least two points, at different frames."))
