"""Celery tasks: thin, by id, idempotent."""

from celery import shared_task

from foundation.work import send
from sessions_app.models import Mix
from sessions_app.services import mixing, planning, recording, rooms, rsvps, tidying, waiting


@shared_task(name="sessions_app.render_mix")
def render_mix(mix_id: int) -> None:
    # Loads the sound libraries: workers only.
    from sessions_app.services import rendering  # noqa: PLC0415

    rendering.run(mix_id)


@shared_task(name="sessions_app.sweep")
def sweep() -> None:
    """Do what is due: mixes, ends of takes and rooms, files of mixes that were withdrawn.

    And of planned sessions: the next of weekly ones, seats behind a block, reminders.
    """
    for mix_id in Mix.due():
        send("sessions_app.render_mix", mix_id)
    recording.sweep()
    rooms.sweep()
    waiting.sweep()
    mixing.delete_withdrawn(Mix.objects.all())
    planning.repeat()
    rsvps.release_blocked()
    rsvps.remind()


@shared_task(name="sessions_app.tidy")
def tidy() -> None:
    """Delete files that no row names; what has a period is ended by the retention job."""
    tidying.delete_orphans()
