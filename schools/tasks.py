"""Jobs of schools."""

from celery import shared_task

from schools.services import guardianship


@shared_task(name="schools.tidy")
def tidy() -> None:
    """Do what has come to its day where nobody answers for a child any more."""
    for step in (guardianship.remind, guardianship.stop_orphans):
        while step():
            pass
