"""Jobs of copies: thin, by id, idempotent."""

from celery import shared_task

from privacy.portability import export


@shared_task(name="privacy.run_export")
def run_export(export_id: int) -> None:
    export.run(export_id)


@shared_task(name="privacy.run_ended_exports")
def run_ended_exports() -> None:
    export.delete_ended()
