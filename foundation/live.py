"""Messages to open sockets, from ordinary (synchronous) code."""

from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer


def tell(group: str, **message: Any) -> None:
    """Send a message to every socket in a group. Sockets are a comfort: the truth is a row."""
    layer = get_channel_layer()
    async_to_sync(layer.group_send)(group, message)


def cut(group: str) -> None:
    """Have every socket in a group ask the gate again, and close if it says no."""
    tell(group, type="gate.check")
