"""The stages of an erasure, and every way from one to the next."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from privacy.erasure.models import Erasure, ErasureEvent

S = Erasure.Stage

# requested → hidden → grace → purging (→ held → purging) → erased → expired; back until purging.
MOVES: dict[str, frozenset[str]] = {
    S.REQUESTED: frozenset({S.HIDDEN}),
    S.HIDDEN: frozenset({S.GRACE, S.PURGING, S.CANCELLED}),
    S.GRACE: frozenset({S.PURGING, S.CANCELLED}),
    S.PURGING: frozenset({S.HELD, S.ERASED}),
    S.HELD: frozenset({S.PURGING}),
    S.ERASED: frozenset({S.EXPIRED}),
    S.EXPIRED: frozenset(),
    S.CANCELLED: frozenset(),
}
OPEN = [S.REQUESTED, S.HIDDEN, S.GRACE, S.PURGING, S.HELD]
CANCELLABLE = [stage for stage, to in MOVES.items() if S.CANCELLED in to]


@transaction.atomic
def move(erasure: Erasure, to: str, **values: Any) -> bool:
    """Bring an erasure to a stage, and note when; False when no way leads there from where it is.

    The row decides, not the object at hand: of two that move at once, one does.
    """
    sources = [stage for stage, targets in MOVES.items() if to in targets]
    rows = Erasure.objects.filter(pk=erasure.pk, stage__in=sources)
    if not rows.update(stage=to, **values):
        return False
    ErasureEvent.objects.create(erasure=erasure, stage=to, at=timezone.now())
    erasure.stage = to
    for name, value in values.items():
        setattr(erasure, name, value)
    return True
