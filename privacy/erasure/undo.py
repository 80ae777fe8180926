"""What hiding had to change for others, kept encrypted until it is put back, or until the purge."""

import json
from typing import Any

from foundation import sealing
from privacy.erasure.models import Erasure


def remember(erasure: Erasure, key: str, value: Any) -> None:
    """Keep a value (JSON) that `recall` gives back when the person stays."""
    kept = {**_kept(erasure), key: value}
    erasure.undo = sealing.seal(json.dumps(kept))
    Erasure.objects.filter(pk=erasure.pk).update(undo=erasure.undo)


def recall(erasure: Erasure, key: str) -> Any:
    """Return what was remembered under a key; None when nothing was."""
    return _kept(erasure).get(key)


def _kept(erasure: Erasure) -> dict[str, Any]:
    if erasure.undo is None:
        return {}
    try:
        kept: dict[str, Any] = json.loads(sealing.unseal(erasure.undo))
    except sealing.Unreadable:
        return {}
    return kept
