"""Jobs of data subject requests."""

from celery import shared_task

from privacy.subject_requests import alarms, fulfilment


@shared_task(name="privacy.watch_requests")
def watch_requests() -> None:
    """Answer requests whose copy is ready; raise the alarm for what is due."""
    fulfilment.answer_copies()
    alarms.watch()
