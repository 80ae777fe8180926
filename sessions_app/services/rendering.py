"""Renders a mix from stems; runs in the worker, which is why sound libraries load here alone."""

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from accounts.services import ties
from foundation.live import tell
from foundation.work import failing_kindly, workshop
from sessions_app.audio import (
    AudioError,
    MixStem,
    NothingToMix,
    UnreadableStem,
    assemble,
    fit_clock,
    peaks,
    render,
)
from sessions_app.models import Mix, Recording, Stem
from sessions_app.services.mixing import (
    SUFFIXES,
    delete_chunks,
    file_name,
    heard_stems,
    mix_again,
    stem_file_name,
)


def run(mix_id: int) -> None:
    """Render one mix. Safe to repeat, and to kill at any line."""
    mix = Mix.claim(mix_id)
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
        except UnreadableStem as broken:
            _leave_out(broken.stem_id)
            raise
    _tell(recording)


def _render(mix: Mix, recording: Recording, folder: Path) -> None:
    report = _reporter(mix, recording)
    stems = list(heard_stems(recording).order_by("pk"))
    for stem in stems:
        if stem.state == Stem.State.STORED:
            _align(stem, folder)
            mix.keep()
    with ExitStack() as open_files:
        inputs = [_input(stem, folder, open_files) for stem in stems]
        made = render(inputs, folder, progress=lambda done: report(int(10 + 80 * done)))
    drawn = peaks(made.files["opus"])
    files = {kind: _keep_file(file_name(mix, kind), made.files[kind]) for kind in SUFFIXES}
    if not _put_in_force(mix, stems, made, drawn, files):
        for name in files.values():
            default_storage.delete(name)


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
    ties.remember_jam(stem.player_id for stem in stems)
    return True


def _align(stem: Stem, folder: Path) -> None:
    """Put a stem's chunks together as FLAC and place it on the session's clock."""
    assert stem.sample_rate and stem.channels
    chunks = stem.chunks.filter(number__lt=stem.chunk_count).order_by("number")
    out = folder / f"{stem.public_id}.flac"
    files: Any = (chunk.file.open("rb") for chunk in chunks.iterator())
    try:
        assemble(files, sample_rate=stem.sample_rate, channels=stem.channels, out=out)
        fit = fit_clock(stem.clock, sample_rate=stem.sample_rate)
    except AudioError as fault:
        raise UnreadableStem(stem.public_id, type(fault).__name__) from fault
    stored = _keep_file(stem_file_name(stem), out)
    with transaction.atomic():
        locked = Stem.objects.select_for_update().filter(pk=stem.pk).first()
        if locked is None or locked.state == Stem.State.WITHDRAWN:
            default_storage.delete(stored)
            raise NothingToMix
        stem.file = stored
        stem.start_ms = fit.start_ms
        stem.drift_ppm = fit.drift_ppm
        stem.peaks = peaks(out)
        stem.state = Stem.State.ALIGNED
        stem.save(update_fields=["file", "start_ms", "drift_ppm", "peaks", "state"])
    delete_chunks(stem)


def _keep_file(name: str, path: Path) -> str:
    """Store a rendered file under its fixed name, in place of what a killed job left there."""
    default_storage.delete(name)
    with path.open("rb") as source:
        return default_storage.save(name, File(source))


def _leave_out(stem_id: str) -> None:
    """Mark a stem that can't be read; the next try mixes the others."""
    Stem.objects.filter(public_id=stem_id).update(state=Stem.State.FAILED)


def _input(stem: Stem, folder: Path, open_files: ExitStack) -> MixStem:
    """Bring a stem to a local path; on local disk that is where it lies."""
    path = folder / f"{stem.public_id}.flac"
    if not path.exists():
        source = open_files.enter_context(default_storage.open(stem_file_name(stem), "rb"))
        with path.open("wb") as target:
            shutil.copyfileobj(source, target)
    return MixStem(
        stem_id=stem.public_id,
        path=path,
        start_ms=stem.start_ms or 0.0,
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
