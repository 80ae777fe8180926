"""The sweeper of accounts; each room's jobs stand in its own `tasks`."""

from celery import shared_task

from accounts.discovery.tasks import note_visits
from accounts.identity.services import last_use
from accounts.identity.tasks import tidy
from accounts.security.models import SafetyLink
from accounts.security.tasks import run_safety_link
from foundation.work import send

__all__ = ["note_visits", "run_safety_link", "sweep", "tidy"]


@shared_task(name="accounts.sweep")
def sweep() -> None:
    """Mail links that are due, and write down when sign-ins were last used."""
    for link_id in SafetyLink.due():
        send("accounts.run_safety_link", link_id)
    last_use.write_down()
