"""Jobs of statistics."""

from celery import shared_task

from privacy.telemetry import crashes, usage


@shared_task(name="privacy.count_usage")
def count_usage() -> None:
    """Count the days that are over, and forget faults that came no more."""
    usage.count_days()
    crashes.expire()
