"""Messages to open sockets, from ordinary (synchronous) code."""

import logging
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from foundation.limits import AWAY

logger = logging.getLogger(__name__)


def tell(group: str, **message: Any) -> None:
    """Send a message to every socket in a group. Sockets are a comfort: the truth is a row.

    While Valkey is away they aren't told; they look for themselves when it is back
    (`foundation.outages`).
    """
    layer = get_channel_layer()
    try:
        async_to_sync(layer.group_send)(group, message)
    except AWAY as error:
        logger.warning("sockets were not told: %s", type(error).__name__)


def cut(group: str) -> None:
    """Have every socket in a group ask the gate again, and close if it says no."""
    tell(group, type="gate.check")


def cut_people(*keys: int) -> None:
    """Have these people's open sockets ask the gate again, once this is committed."""
    for key in dict.fromkeys(keys):
        transaction.on_commit(lambda key=key: cut(f"user.{key}"), robust=True)  # type: ignore[misc]
