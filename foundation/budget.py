"""A steady budget within one process: so much at once, refilled so much a second."""

import time
from typing import Any
from weakref import WeakSet, WeakValueDictionary

_held: "WeakValueDictionary[object, Budget]" = WeakValueDictionary()


class Budget:
    """A bucket of `burst` that refills by `a_second`.

    `users`: who holds it now. `shut`: what is known to be refused, until when, and why.
    """

    def __init__(self, *, a_second: float, burst: float) -> None:
        self._a_second, self._burst = a_second, burst
        self._left = float(burst)
        self._at = time.monotonic()
        self.users: WeakSet[Any] = WeakSet()
        self.shut: dict[str, tuple[float, Any]] = {}

    def take(self) -> bool:
        """Take one, if there is one; a refused one costs nothing."""
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._a_second)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


def budget_of(who: object, *, a_second: float, burst: float) -> Budget:
    """Return the one budget of this person in this process, for as long as somebody holds it."""
    budget = _held.get(who)
    if budget is None:
        budget = _held[who] = Budget(a_second=a_second, burst=burst)
    return budget
