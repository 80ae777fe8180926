"""What a person reads before they leave: what goes, what stays with others, what is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from privacy import datamap
from privacy.datamap import Erase
from privacy.erasure import holds
from privacy.erasure.models import Erasure
from privacy.erasure.steps import declared
from privacy.rls import bypass_rls

S = Erasure.Stage


@dataclass(frozen=True)
class PlanLine:
    """One line of what a person reads before they leave."""

    label: str
    count: int
    action: str


@dataclass(frozen=True)
class Retained:
    """Something that stays after the purge: why, and until when (in words or as a date)."""

    label: str
    reason: str
    period: str
    until: datetime | None = None


@bypass_rls("count what is held about the person who asks")
def plan(user: Any) -> list[PlanLine]:
    """Return what will become of everything held about a person, for the page that asks."""
    lines = []
    for item in declared():
        if item.model._meta.auto_created:
            continue  # a table between two others says nothing to people
        count = item.rows_of(user).count()
        if count:
            lines.append(PlanLine(str(item.label), count, str(item.erased_how or item.erase.value)))
    return lines


def retained(user: Any | None) -> list[Retained]:
    """Return what is kept after the purge, with reasons and ends; holds that may be told of too."""
    retained_now = [
        Retained(str(item.label), str(item.kept_because), item.kept)
        for item in datamap.held()
        if item.erase is Erase.KEEP and item.purposes
    ]
    for hold in holds.in_force(user) if user is not None else []:
        if hold.may_be_told:
            labels = [_label(name) for name in hold.fields]
            reason = f"{hold.reason} ({hold.basis})"
            retained_now.append(Retained(", ".join(labels), reason, "", hold.ends_at))
    return retained_now


def _label(name: str) -> str:
    model, _, field = name.rpartition(".")
    for item in datamap.held():
        if item.name == model:
            return f"{item.label}: {field}"
    return name


def stages(erasure: Erasure) -> list[dict[str, Any]]:
    """Return the four steps that people are shown, each with its date and whether it is behind."""
    order = list(S)
    reached = order.index(S(erasure.stage)) if erasure.stage != S.CANCELLED else -1
    steps = [
        (_("Out of sight"), S.HIDDEN, erasure.requested_at),
        (_("Being erased"), S.PURGING, erasure.purge_at),
        (_("Erased"), S.ERASED, erasure.ended_at),
        (_("Gone from every backup"), S.EXPIRED, erasure.backups_expire_at),
    ]
    return [
        {"title": title, "at": at, "done": order.index(stage) <= reached}
        for title, stage, at in steps
    ]
