"""Renders a mix from stems; runs in the worker, which is why sound libraries load here alone."""

import math
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts.connections import services
from foundation.advisory_locks import Purpose, one_at_a_time
from foundation.live import tell
from foundation.work import failing_kindly, workshop
from sessions_app.audio import (
    AudioError,
    FalseClock,
    MixStem,
    NoClock,
    NothingToMix,
    UnreadableStem,
    assemble,
    fit_clock,
    peaks,
    render,
)
from sessions_app.models import Mix, Recording, Stem
from sessions_app.models.recordings import LONGEST_MS
from sessions_app.services import uploads
from sessions_app.services.mixing import (
    SUFFIXES,
    delete_chunks,
    file_name,
    heard_stems,
    mix_again,
    stem_file_name,
)

Fault = Stem.Fault
TURN = timedelta(seconds=5)


def run(mix_id: int) -> None:
    """Render one mix. Safe to repeat, and to kill at any line."""
    mix = _claim(mix_id)
    if mix is None:
        return
    if mix.withdrawn_at is not None:
        mix.cancel()
        return
    with failing_kindly(mix), workshop() as folder:
        recording = Recording.objects.get(pk=mix.recording_id)
        try:
            _render(mix, recording, folder)
        except NothingToMix:
            _give_up(mix, recording)
    _tell(recording)


def _claim(mix_id: int) -> Mix | None:
    """Take a mix up, unless another of the same owner is at work: then it waits for its turn.

    So one person's takes hold one worker, however many they are.
    """
    with transaction.atomic():
        mix = Mix.objects.filter(pk=mix_id).select_related("recording").first()
        if mix is None:
            return None
        owner = mix.recording.owner_id
        if owner is not None:
            one_at_a_time(Purpose.MIXES, owner)  # two workers ask one after the other
            at_work = Mix.objects.filter(recording__owner=owner, leased_until__gt=timezone.now())
            if at_work.exclude(pk=mix_id).exists():
                waiting = Mix.objects.filter(Mix.due_filter(timezone.now()), pk=mix_id)
                waiting.update(due_at=timezone.now() + TURN)
                return None
        return Mix.claim(mix_id)


def _render(mix: Mix, recording: Recording, folder: Path) -> None:
    """Align what came, leave out what can't be true or read, and mix the others."""
    report = _reporter(mix, recording)
    stems = []
    for stem in heard_stems(recording).order_by("pk"):
        if stem.state == Stem.State.STORED and not _align(stem, recording, folder):
            continue
        mix.keep()
        if _in_time(stem, recording):
            stems.append(stem)
        else:
            _leave_out(stem, Fault.CLOCK)
    made = None
    with ExitStack() as open_files:
        inputs = [_input(stem, recording, folder, open_files) for stem in stems]
        while made is None:
            try:
                made = render(
                    inputs,
                    folder,
                    progress=lambda done: report(int(10 + 80 * done)),
                    max_minutes=_longest_ms(recording) / 60_000,
                )
            except UnreadableStem as broken:
                stems = [stem for stem in stems if stem.public_id != broken.stem_id]
                inputs = [source for source in inputs if source.stem_id != broken.stem_id]
                Stem.objects.filter(public_id=broken.stem_id).update(
                    state=Stem.State.FAILED, fault=Fault.UNREADABLE
                )
    drawn = peaks(made.files["opus"])
    files = {kind: _keep_file(file_name(mix, kind), made.files[kind]) for kind in SUFFIXES}
    if not _put_in_force(mix, stems, made, drawn, files):
        for name in files.values():
            default_storage.delete(name)


def _longest_ms(recording: Recording) -> float:
    """How long a mix of it can be: as long as it was played, and no longer."""
    if recording.starts_at_ms is None:
        return LONGEST_MS  # from a copy that somebody brought
    return uploads.length_ms(recording) + 2 * uploads.TOLERANCE_MS


def _in_time(stem: Stem, recording: Recording) -> bool:
    """Whether it begins within the recording's own time, as far as that is known."""
    if recording.starts_at_ms is None or stem.start_ms is None:
        return True
    begin = recording.starts_at_ms - uploads.TOLERANCE_MS
    return 0 <= stem.start_ms - begin <= _longest_ms(recording)


@transaction.atomic
def _put_in_force(
    mix: Mix, stems: list[Stem], made: Any, drawn: dict[str, Any], files: dict[str, str]
) -> bool:
    """Publish the rendered mix, unless it was withdrawn or a stem left while it was rendered."""
    locked = Mix.objects.select_for_update().filter(pk=mix.pk).first()
    if locked is None:
        return False
    recording = Recording.objects.select_for_update().get(pk=locked.recording_id)
    still = set(heard_stems(recording).values_list("pk", flat=True))
    if locked.withdrawn_at is not None:
        locked.cancel()
        return False
    if not {stem.pk for stem in stems} <= still:
        locked.cancel()
        mix_again(recording)
        return False
    locked.stems.set(stems)
    locked.finish(
        flac=files["flac"],
        opus=files["opus"],
        aac=files["aac"],
        peaks=drawn,
        duration_ms=round(made.duration_ms),
        start_ms=made.start_ms,
    )
    recording.state = Recording.State.READY
    recording.save(update_fields=["state"])
    services.remember_jam(stem.player_id for stem in stems)
    return True


def _align(stem: Stem, recording: Recording, folder: Path) -> bool:
    """Put a stem's chunks together as FLAC and place it on the session's clock; False if it
    can't."""
    assert stem.sample_rate and stem.channels
    chunks = stem.chunks.filter(number__lt=stem.chunk_count).order_by("number")
    out = folder / f"{stem.public_id}.flac"
    files: Any = (chunk.file.open("rb") for chunk in chunks.iterator())
    try:
        fit = fit_clock(stem.clock, sample_rate=stem.sample_rate)
        assemble(
            files,
            sample_rate=stem.sample_rate,
            channels=stem.channels,
            out=out,
            frames=stem.frames,
        )
    except (NoClock, FalseClock):
        _leave_out(stem, Fault.CLOCK)
        return False
    except AudioError:
        _leave_out(stem, Fault.UNREADABLE)
        return False
    stored = _keep_file(stem_file_name(stem), out)
    with transaction.atomic():
        locked = Stem.objects.select_for_update().filter(pk=stem.pk).first()
        if locked is None or locked.state == Stem.State.WITHDRAWN:
            default_storage.delete(stored)
            raise NothingToMix
        stem.file = stored
        stem.size = out.stat().st_size
        stem.start_ms = fit.start_ms
        stem.drift_ppm = fit.drift_ppm
        stem.slips = [[frame, round(ms, 3)] for frame, ms in fit.slips]
        stem.peaks = peaks(out)
        stem.state, stem.fault = Stem.State.ALIGNED, ""
        stem.save(
            update_fields=[
                "file", "size", "start_ms", "drift_ppm", "slips", "peaks", "state", "fault",
            ]
        )  # fmt: skip
    delete_chunks(stem)
    return True


def _keep_file(name: str, path: Path) -> str:
    """Store a rendered file under its fixed name, in place of what a killed job left there."""
    default_storage.delete(name)
    with path.open("rb") as source:
        return default_storage.save(name, File(source))


def _leave_out(stem: Stem, fault: str) -> None:
    """Mark a stem that can't be used; the others are mixed, and the page says so."""
    Stem.objects.filter(pk=stem.pk).update(state=Stem.State.FAILED, fault=fault)


def _input(stem: Stem, recording: Recording, folder: Path, open_files: ExitStack) -> MixStem:
    """Bring a stem to a local path; what sounds after the recording's end is left out."""
    path = folder / f"{stem.public_id}.flac"
    if not path.exists():
        source = open_files.enter_context(default_storage.open(stem_file_name(stem), "rb"))
        with path.open("wb") as target:
            shutil.copyfileobj(source, target)
    start_ms = stem.start_ms or 0.0
    end_ms = math.inf
    if recording.starts_at_ms is not None:
        end_ms = recording.starts_at_ms - uploads.TOLERANCE_MS + _longest_ms(recording)
    return MixStem(
        stem_id=stem.public_id,
        path=path,
        start_ms=start_ms,
        slips=tuple((int(frame), float(ms)) for frame, ms in stem.slips),
        length_ms=max(0.0, end_ms - start_ms),
        drift_ppm=stem.drift_ppm or 0.0,
        gain=stem.gain,
        pan=stem.pan,
    )


def _give_up(mix: Mix, recording: Recording) -> None:
    """Nothing of it can be heard: the recording stays, and says so to those who took part."""
    mix.fail("no stem can be heard", final=True)
    Recording.objects.filter(pk=recording.pk).update(state=Recording.State.FAILED)


def _reporter(mix: Mix, recording: Recording) -> Callable[[int], None]:
    """Return a callback that renews the lease and stores progress, at most once a percent."""
    last = -1

    def report(percent: int) -> None:
        nonlocal last
        if percent != last:
            last = percent
            mix.keep(percent)

    return report


def _tell(recording: Recording) -> None:
    if recording.session_id is not None:
        group, key = f"jam.{recording.session_id}", recording.pk
        tell(group, type="recording.changed", recording=key)
