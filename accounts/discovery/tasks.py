"""Jobs of finding."""

from celery import shared_task

from accounts.discovery import services


@shared_task(name="accounts.note_visits")
def note_visits() -> None:
    """Note the week of their last visit for people who want to be found."""
    while services.note_visits():
        pass
