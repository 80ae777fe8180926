"""A thread of one's own for one step of a pipeline, with a short queue in front."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self


class Lane:
    """Runs calls one after another in one thread, in order; a context manager.

    ``put`` blocks while ``depth`` calls wait, which bounds memory. An exception of a call is raised
    by a later ``put`` or by leaving the block; calls already queued behind it may still run.
    """

    def __init__(self, depth: int = 4) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._depth = depth
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def put(self, call: Callable[[], None]) -> None:
        """Queue ``call``."""
        while len(self._waiting) >= self._depth:
            self._waiting.popleft().result()
        self._waiting.append(self._pool.submit(call))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            while kind is None and self._waiting:
                self._waiting.popleft().result()
        finally:
            self._pool.shutdown(wait=True, cancel_futures=True)
