"""Jobs of letters: thin, by id, idempotent."""

from celery import shared_task

from privacy import notices
from privacy.notices import fan_out, newsletter


@shared_task(name="privacy.run_notice")
def run_notice(notice_id: int) -> None:
    notices.run(notice_id)


@shared_task(name="privacy.run_fan_out")
def run_fan_out(order_id: int) -> None:
    fan_out.run(order_id)


@shared_task(name="privacy.run_news")
def run_news(sending_id: int) -> None:
    newsletter.run(sending_id)
