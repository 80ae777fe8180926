"""What time takes care of: takes that never came, and files that a killed process left unnamed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from sessions_app.models import ChatLine, Mix, Stem, StemChunk
from sessions_app.services import mixing

YOUNG = timedelta(hours=1)  # a file this new may belong to a job that names it in a moment
BATCH = 500


def end_stale_takes(batch: int = BATCH) -> int:
    """Give up stems that were never completed or can't be used, and delete what came of them.

    Return how many.
    """
    old = timezone.now() - timedelta(days=settings.RETENTION_TAKES_DAYS)
    never = Q(state=Stem.State.CAPTURING)
    useless = Q(state=Stem.State.FAILED) & Exists(StemChunk.objects.filter(stem=OuterRef("pk")))
    stale = list(Stem.objects.filter(never | useless, created_at__lt=old)[:batch])
    for stem in stale:
        mixing.delete_chunks(stem)
    keys = [stem.pk for stem in stale]
    Stem.objects.filter(pk__in=keys).update(state=Stem.State.FAILED, clock=[])
    return len(stale)


def delete_orphans() -> list[str]:
    """Delete sound and shared files that no row names any more; return the names.

    A process killed between storing a file and naming it, or between forgetting a row and deleting
    its file, leaves one behind. Rows are asked for in batches; files younger than an hour are left.
    """
    kept_mixes = Mix.objects.filter(withdrawn_at__isnull=True)
    kept_stems = Stem.objects.exclude(state=Stem.State.WITHDRAWN)
    gone = [
        *_unnamed("mixes", kept_mixes),
        *_unnamed("stems", kept_stems),
        *_unnamed("chat-files", ChatLine.objects.exclude(file="")),
    ]
    for folder in _batches(_listed("chunks", folders=True)):
        known = _known(kept_stems, folder)
        for name in folder:
            if name not in known:
                gone += [f"chunks/{name}/{chunk}" for chunk in _listed(f"chunks/{name}")]
    old = [name for name in gone if _is_old(name)]
    for name in old:
        default_storage.delete(name)
    return old


def _unnamed(folder: str, kept: Any) -> Iterator[str]:
    for names in _batches(_listed(folder)):
        known = _known(kept, [PurePosixPath(name).stem for name in names])
        for name in names:
            if PurePosixPath(name).stem not in known:
                yield f"{folder}/{name}"


def _known(rows: Any, public_ids: list[str]) -> set[str]:
    return set(rows.filter(public_id__in=public_ids).values_list("public_id", flat=True))


def _listed(folder: str, *, folders: bool = False) -> list[str]:
    if not default_storage.exists(folder):
        return []
    return list(default_storage.listdir(folder)[0 if folders else 1])


def _batches(names: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), BATCH):
        yield names[start : start + BATCH]


def _is_old(name: str) -> bool:
    try:
        return default_storage.get_modified_time(name) < timezone.now() - YOUNG
    except FileNotFoundError:
        return False
