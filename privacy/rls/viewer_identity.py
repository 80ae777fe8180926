"""Who looks, as the wall is told; and the one way past it."""

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from django.conf import settings

from foundation import acting
from foundation.acting import Acting
from privacy.gate.viewer import Viewer

log = logging.getLogger("jamsite.wall")


def of(viewer: Viewer) -> Acting:
    """Return what the wall is told of a viewer."""
    who = viewer.real or viewer  # who borrows eyes sees no more than they may themselves
    links = ",".join(str(key) for key in sorted(who.links | viewer.links))
    return Acting(viewer="" if who.user_id is None else str(who.user_id), links=links)


def looking(viewer: Viewer) -> AbstractContextManager[None]:
    """Have the wall show what this viewer may see, inside the block: for questions about others."""
    return acting.behalf(of(viewer))


@contextmanager
def as_system(reason: str) -> Iterator[None]:
    """Work on rows whoever they belong to, inside the block: what a service does for several.

    `reason` says what for; it is logged, without any name. A test lists every place and why.
    Callbacks given to `on_commit` may run after the block: they take an `as_system` of their own.
    """
    log.info("past the wall: %s", reason)
    with acting.behalf(Acting(role=settings.SYSTEM_ROLE)):
        yield
