"""Cleaning a restored database: what was true only when the backup was made must not come back.

The ledger of erasures, kept outside every database, tells who asked to be erased since, who came
back and who is gone. All of it is done again; then a scan looks for what the erased left.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy import erasure, notices
from privacy.backups.models import Restore
from privacy.backups.tools import Failed
from privacy.backups.traces import Marks, unexplained
from privacy.erasure import ledger
from privacy.erasure.models import Erasure
from privacy.notices.models import Notice
from privacy.portability.models import Export


@dataclass(frozen=True)
class Decision:
    """Somebody of the staff decides that a restore ends although it leaves traces, and why."""

    by: str  # username
    because: str


def run(backup: str = "", decision: Decision | None = None) -> str:
    """Clean the database of this process; return what was done, or raise `Failed`.

    Writes the record of the restore. Traces of erased people that the data map doesn't explain
    end it, unless there is a decision: then they are in the record, and the desk is written to.
    """
    call_command("migrate", verbosity=0)
    if decision is not None:
        _who(decision.by)  # before the work: whose word doesn't count
    _end_what_is_over()
    states = _states()
    marks = Marks()
    counts = dict.fromkeys(("erased", "requested", "cancelled"), 0)
    for user in get_user_model()._default_manager.order_by("pk").iterator(chunk_size=500):
        entry = states.get(ledger.fingerprint(user.public_id))
        if entry is None:
            continue
        if entry.event == "erased":
            marks.add(user)
        if _redo(user, entry):
            counts[entry.event] += 1
    # They were told when it happened; a letter that goes again would only frighten.
    Notice.objects.filter(user=None).delete()
    traces = unexplained(marks)
    if traces and decision is None:
        raise Failed(
            f"Traces of erased people are left in: {_listed(traces)}. See docs/backups.md, "
            '"Traces": --accept-traces finishes it by a decision of the staff, with a record.'
        )
    _record(backup, counts, traces, decision)
    return (
        f"Erased again: {counts['erased']}. Hidden again: {counts['requested']}. "
        f"Back again: {counts['cancelled']}. "
        + (f"Traces left by decision: {_listed(traces)}." if traces else
           f"No trace found of {len(marks.of)} marks.")
    )  # fmt: skip


def _listed(traces: dict[str, int]) -> str:
    return ", ".join(f"{place} ({rows})" for place, rows in sorted(traces.items()))


def _record(
    backup: str, counts: dict[str, int], traces: dict[str, int], decision: Decision | None
) -> None:
    """Write down what was restored, and who decided what; tell the desk of traces."""
    row = Restore.objects.create(
        backup=backup,
        erased=counts["erased"],
        hidden=counts["requested"],
        returned=counts["cancelled"],
        traces=[f"{place}: {rows}" for place, rows in sorted(traces.items())],
        because=decision.because if traces and decision else "",
    )
    if not traces or decision is None:
        return
    LogEntry.objects.create(
        user=_who(decision.by),
        content_type=ContentType.objects.get_for_model(Restore),
        object_id=str(row.pk),
        object_repr=str(row.public_id),
        action_flag=CHANGE,
        change_message=f"accepted traces: {decision.because}",
    )
    notices.write(
        settings.CONTACT_EMAIL,
        "operations",
        _("A backup was restored with traces of erased people"),
        _("Left in: %(places)s. Decided because: %(because)s. Clear them by hand.")
        % {"places": _listed(traces), "because": decision.because},
    )


def _who(username: str) -> Any:
    """Return the member of staff who may decide. Raises `Failed`."""
    people = get_user_model()._default_manager
    user: Any = people.filter(username__iexact=username, is_staff=True, is_active=True).first()
    if user is None or not user.has_perm("privacy.accept_traces"):
        raise Failed(
            f"{username} may not decide it: staff with the right to accept traces may "
            "(the privacy officer's role has it)."
        )
    return user


def _states() -> dict[str, Any]:
    """Return the newest entry for each person of the ledger; an erasure is never undone."""
    states: dict[str, Any] = {}
    for entry in ledger.replay():
        known = states.get(entry.user)
        if known is None or known.event != "erased":
            states[entry.user] = entry
    return states


def _redo(user: Any, entry: ledger.Entry) -> bool:
    """Bring one person to where the ledger says they are; return whether there was need."""
    pending = erasure.open_erasure(user)
    if entry.event == "cancelled":
        if pending is None or pending.requested_at > entry.at:
            return False
        erasure.cancel(user)
        return True
    if entry.event == "requested":
        return _hide(user, pending, entry)
    now = timezone.now()
    if pending is None:
        pending = erasure.request(user, Erasure.Way.RESTORE, date=now)
    Erasure.objects.filter(pk=pending.pk).update(due_at=now - timedelta(1), leased_until=None)
    erasure.run(pending.pk)
    return True


def _hide(user: Any, pending: Erasure | None, entry: ledger.Entry) -> bool:
    """Hide who asked since, until the date that they were told last."""
    if pending is not None and ledger.fingerprint(pending.public_id) == entry.erasure:
        date = entry.due or pending.purge_at
    else:
        date = entry.due or entry.at + erasure.grace()
    row = pending or erasure.request(user, Erasure.Way.RESTORE, date=date)
    asked = row.requested_at if pending is not None and date == pending.purge_at else entry.at
    Erasure.objects.filter(pk=row.pk).update(due_at=date, purge_at=date, requested_at=asked)
    return pending is None


def _end_what_is_over() -> None:
    """End what belonged to the moment of the backup: sign-ins, letters on their way, copies."""
    Session.objects.all().delete()
    open_states = [Notice.Status.WAITING, Notice.Status.RUNNING]
    Notice.objects.filter(status__in=open_states).update(status=Notice.Status.CANCELLED)
    Export.objects.all().delete()
