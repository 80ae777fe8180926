"""Celery tasks of accounts: thin, by id, idempotent."""

from celery import shared_task

from accounts.models import SafetyLink
from accounts.services import finding, guardianship, last_use, locks, suspensions


@shared_task
def run_safety_link(link_id: int) -> None:
    locks.run(link_id)


@shared_task
def sweep() -> None:
    """Mail links that are due, and write down when sign-ins were last used."""
    for link_id in SafetyLink.due():
        run_safety_link.delay(link_id)
    last_use.write_down()


@shared_task
def tidy() -> None:
    """Do what has come to its day: suspensions, children for whom nobody answers."""
    for step in (suspensions.end_due, guardianship.remind, guardianship.stop_orphans):
        while step():
            pass


@shared_task
def note_visits() -> None:
    """Note the week of their last visit for people who want to be found."""
    while finding.note_visits():
        pass
