"""What a worker does with mail, done here and now."""

from privacy import notices
from privacy.models import Notice


def deliver() -> None:
    """Send every letter that is due."""
    for key in Notice.due():
        notices.run(key)
