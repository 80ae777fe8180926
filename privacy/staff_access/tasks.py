"""Jobs of disclosures."""

from celery import shared_task

from privacy.staff_access import disclosures


@shared_task(name="privacy.tell_what_was_secret")
def tell_what_was_secret() -> None:
    """Tell people of disclosures whose order not to tell has ended."""
    disclosures.tell_what_was_secret()
