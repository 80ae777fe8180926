"""Who looks, as row-level security is told; and the one way past it."""

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from django.conf import settings

from foundation import database_identity
from foundation.database_identity import DatabaseIdentity
from privacy.gate.viewer import Viewer

log = logging.getLogger("jamsite.rls")


def of(viewer: Viewer) -> DatabaseIdentity:
    """Return what row-level security is told of a viewer."""
    who = viewer.real or viewer  # who borrows eyes sees no more than they may themselves
    links = ",".join(str(key) for key in sorted(who.links | viewer.links))
    return DatabaseIdentity(viewer="" if who.user_id is None else str(who.user_id), links=links)


def looking(viewer: Viewer) -> AbstractContextManager[None]:
    """Have PostgreSQL show what this viewer may see, inside the block: to ask about others."""
    return database_identity.behalf(of(viewer))


@contextmanager
def bypass_rls(reason: str) -> Iterator[None]:
    """Work on rows whoever they belong to, inside the block: what a service does for several.

    `reason` says what for; it is logged, without any name. A test lists every place and why.
    Callbacks given to `on_commit` may run after the block: they take an `bypass_rls` of their own.
    """
    log.info("past row-level security: %s", reason)
    with database_identity.behalf(DatabaseIdentity(role=settings.SYSTEM_ROLE)):
        yield
