"""Celery tasks: thin, by id, idempotent."""

from celery import shared_task

from foundation.work import send
from sessions_app.models import Mix, SfuRoom, SfuStay
from sessions_app.services import mixing, planning, recording, rooms, rsvps, sfu, tidying, waiting


@shared_task(name="sessions_app.render_mix")
def render_mix(mix_id: int) -> None:
    # Loads the sound libraries: workers only.
    from sessions_app.services import rendering  # noqa: PLC0415

    rendering.run(mix_id)


@shared_task(name="sessions_app.settle_sfu_room")
def settle_sfu_room(room_id: int) -> None:
    sfu.settle_room(room_id)


@shared_task(name="sessions_app.settle_sfu_stay")
def settle_sfu_stay(stay_id: int) -> None:
    sfu.settle_stay(stay_id)


@shared_task(name="sessions_app.sweep")
def sweep() -> None:
    """Do what is due: mixes, ends of takes and rooms, files of mixes that were withdrawn.

    And of planned sessions: the next of weekly ones, seats behind a block, reminders.
    """
    for mix_id in Mix.due():
        send("sessions_app.render_mix", mix_id)
    for job, keys in (
        ("sessions_app.settle_sfu_room", SfuRoom.due()),
        ("sessions_app.settle_sfu_stay", SfuStay.due()),
    ):
        for key in keys:
            send(job, key)
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
