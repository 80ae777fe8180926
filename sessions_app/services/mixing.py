"""Mixes: ordered, withdrawn, deleted. How one is rendered is told in `rendering`."""

from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from foundation.live import tell
from foundation.work import soon
from privacy.rls import bypass_rls
from sessions_app.models import Mix, Recording, Stem, StemChunk

SUFFIXES = {"flac": "flac", "opus": "ogg", "aac": "m4a"}
State = Recording.State
PLAYABLE = [Stem.State.STORED, Stem.State.ALIGNED]


def heard_stems(recording: Recording) -> Any:
    """Return the stems that belong in a mix now: here, not withdrawn, their player not leaving."""
    return recording.stems.filter(User.present("player__"), state__in=PLAYABLE)


@transaction.atomic
def mix_again(recording: Recording) -> Mix:
    """Withdraw the mix in force and order a new one; the row is the order."""
    withdraw_mixes(recording)
    mix = Mix.objects.create(recording=recording)
    recording.state = Recording.State.PROCESSING
    recording.save(update_fields=["state"])
    soon("sessions_app.render_mix", mix.pk)
    return mix


@bypass_rls("mix when every player's stem is here")
@transaction.atomic
def mix_when_ready(recording_id: int) -> None:
    """Start mixing when every stem is here, or when waiting for the rest is over."""
    recording = Recording.objects.select_for_update().get(pk=recording_id)
    if recording.state not in {State.UPLOADING, State.PROCESSING, State.READY, State.FAILED}:
        return
    on_the_way = recording.stems.filter(state=Stem.State.CAPTURING).exists()
    waited = recording.upload_due_at is not None and recording.upload_due_at <= timezone.now()
    if on_the_way and not waited and recording.state == State.UPLOADING:
        return
    mix_again(recording)
    group, key = f"jam.{recording.session_id}", recording.pk
    transaction.on_commit(lambda: tell(group, type="recording.changed", recording=key))


def withdraw_mixes(recording: Recording) -> None:
    """Take the mix in force out of everybody's reach; its files go when the job sweeps."""
    Mix.objects.filter(recording=recording, withdrawn_at__isnull=True).update(
        withdrawn_at=timezone.now()
    )


def delete_withdrawn(mixes: Any, limit: int = 500) -> int:
    """Delete withdrawn mixes, files first; return how many."""
    rows = list(mixes.filter(withdrawn_at__isnull=False)[:limit])
    delete_mix_files(rows)
    Mix.objects.filter(pk__in=[mix.pk for mix in rows]).delete()
    return len(rows)


def delete_mix_files(mixes: list[Mix]) -> None:
    for mix in mixes:
        for kind in SUFFIXES:
            default_storage.delete(file_name(mix, kind))


def file_name(mix: Mix, kind: str) -> str:
    """Return the one name a mix's file can have, so that a killed job leaves no orphan."""
    return f"mixes/{mix.public_id}.{SUFFIXES[kind]}"


def stem_file_name(stem: Stem) -> str:
    return f"stems/{stem.public_id}.flac"


def delete_chunks(stem: Stem) -> None:
    """Delete a stem's chunks, files first, those included that no row names (a killed upload)."""
    _delete_chunk_files(stem)
    StemChunk.objects.filter(stem=stem).delete()


def delete_sounds(stems: list[Stem]) -> None:
    """Delete all sound of many stems, files first; as many queries for many as for one."""
    for stem in stems:
        _delete_chunk_files(stem)
        default_storage.delete(stem_file_name(stem))
    StemChunk.objects.filter(stem__in=stems).delete()


def _delete_chunk_files(stem: Stem) -> None:
    folder = f"chunks/{stem.public_id}"
    if default_storage.exists(folder):
        for name in default_storage.listdir(folder)[1]:
            default_storage.delete(f"{folder}/{name}")
        default_storage.delete(folder)
