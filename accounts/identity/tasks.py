"""Jobs of accounts."""

from celery import shared_task

from accounts.identity.services import suspensions


@shared_task(name="accounts.tidy")
def tidy() -> None:
    """End the suspensions whose day has come."""
    while suspensions.end_due():
        pass
