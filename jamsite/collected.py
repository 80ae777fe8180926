"""Whether the static files are collected: production shows no page without them."""

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage

HOW = "Run `manage.py collectstatic --no-input`, also after every update."


def faults() -> list[str]:
    """Return why pages couldn't be shown, a sentence; nothing when they can (or needn't be)."""
    storage: Any = staticfiles_storage
    if not isinstance(storage, ManifestFilesMixin):
        return []  # development finds them where they are
    if not any(Path(settings.BASE_DIR, "frontend", "dist").glob("*.js")):
        return ["The frontend isn't built. Run `python3.11 bootstrap.py`, then collect the files."]
    known = storage.hashed_files
    if not known:
        return [f"The static files aren't collected. {HOW}"]
    for path, source in _ours():
        kept = Path(settings.STATIC_ROOT, path)
        if path not in known or not kept.is_file() or kept.read_bytes() != source.read_bytes():
            return [f"The collected static files are of another version ({path} differs). {HOW}"]
    return []


def demand() -> None:
    """End this process with the sentence."""
    if wrong := faults():
        sys.stderr.writelines(f"{sentence}\n" for sentence in wrong)
        raise SystemExit(78)  # EX_CONFIG


def _ours() -> list[tuple[str, Path]]:
    """Return name and place of each file that our own sources build or bring."""
    finder = next(iter(get_finders()))  # the one of STATICFILES_DIRS comes first
    return [(path, Path(storage.path(path))) for path, storage in finder.list([])]
