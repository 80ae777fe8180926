"""Cleaning a restored database: what was true only when the backup was made must not come back.

The ledger of erasures, kept outside every database, tells who asked to be erased since, who came
back and who is gone. All of it is done again; then a scan looks for what the erased left.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from psycopg import sql

from privacy import datamap, erasure, ledger
from privacy.backups.tools import Failed
from privacy.models import Erasure, Export, Notice

BATCH = 200


def run() -> str:
    """Clean the database of this process; return what was done, or raise `Failed`."""
    call_command("migrate", verbosity=0)
    _end_what_is_over()
    states = _states()
    marks: set[str] = set()
    counts = dict.fromkeys(("erased", "requested", "cancelled"), 0)
    for user in get_user_model()._default_manager.order_by("pk").iterator(chunk_size=500):
        entry = states.get(ledger.fingerprint(user.public_id))
        if entry is None:
            continue
        if entry.event == "erased":
            marks |= _marks(user)
        if _redo(user, entry):
            counts[entry.event] += 1
    # They were told when it happened; a letter that goes again would only frighten.
    Notice.objects.filter(user=None).delete()
    found = scan(marks)
    if found:
        raise Failed(f"Traces of erased people are left in: {', '.join(sorted(found))}.")
    return (
        f"Erased again: {counts['erased']}. Hidden again: {counts['requested']}. "
        f"Back again: {counts['cancelled']}. No trace found of {len(marks)} marks."
    )


def _states() -> dict[str, Any]:
    """Return the newest entry for each person of the ledger; an erasure is never undone."""
    found: dict[str, Any] = {}
    for entry in ledger.replay():
        known = found.get(entry.user)
        if known is None or known.event != "erased":
            found[entry.user] = entry
    return found


def _redo(user: Any, entry: Any) -> bool:
    """Bring one person to where the ledger says they are; return whether there was need."""
    pending = erasure.open_erasure(user)
    if entry.event == "cancelled":
        if pending is None or pending.requested_at > entry.at:
            return False
        erasure.cancel(user)
        return True
    asked_anew = pending is None
    if pending is None:
        pending = erasure.request(user)
    if entry.event == "requested":
        if asked_anew:
            Erasure.objects.filter(pk=pending.pk).update(due_at=entry.at + erasure.grace())
        return asked_anew
    now = timezone.now()
    Erasure.objects.filter(pk=pending.pk).update(due_at=now - timedelta(1), leased_until=None)
    erasure.run(pending.pk)
    return True


def _end_what_is_over() -> None:
    """End what belonged to the moment of the backup: sign-ins, letters on their way, copies."""
    Session.objects.all().delete()
    open_states = [Notice.Progress.WAITING, Notice.Progress.RUNNING]
    Notice.objects.filter(work__in=open_states).update(work=Notice.Progress.CANCELLED)
    Export.objects.all().delete()


def _marks(user: Any) -> set[str]:
    """Return texts that only this person's rows hold: addresses, public ids, names of files."""
    marks = {user.email.lower(), str(user.public_id)}
    for item in datamap.held():
        if not item.subjects or item.model is Erasure:
            continue
        alone = item.erase is datamap.Erase.DELETE
        names = [column.name for column in item.model._meta.concrete_fields]
        wanted = [*(["public_id"] if alone and "public_id" in names else []), *item.file_fields()]
        if wanted:
            for values in item.rows_of(user).values_list(*wanted).iterator(chunk_size=2000):
                marks |= {str(value) for value in values if value}
    return marks


def scan(marks: set[str]) -> set[str]:
    """Return the tables and folders that hold any of the marks."""
    found = set()
    texts = sorted(marks)
    for start in range(0, len(texts), BATCH):
        part = texts[start : start + BATCH]
        for table in connection.introspection.table_names():
            if _table_holds(table, part):
                found.add(table)
    for mark in marks:
        if "/" in mark and default_storage.exists(mark):
            found.add(f"{settings.MEDIA_ROOT}")
    return found


def _table_holds(table: str, marks: list[str]) -> bool:
    """Return whether any row of a table holds any mark, read as text."""
    query = sql.SQL(
        "SELECT EXISTS (SELECT FROM {} AS t, unnest(%s::text[]) AS mark"
        " WHERE strpos(lower(t::text), lower(mark)) > 0)"
    ).format(sql.Identifier(table))
    with connection.cursor() as cursor:
        cursor.execute(query, [marks])
        row: Any = cursor.fetchone()
    return bool(row[0])
