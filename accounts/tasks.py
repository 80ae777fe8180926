"""Celery tasks: thin, idempotent."""

from celery import shared_task

from accounts.services import sign_ins


@shared_task
def forget_ended_sign_ins() -> None:
    sign_ins.forget_ended()
