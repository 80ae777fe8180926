"""Recordings as plain rows, in two statements that are kept, for lists that must be quick.

The first is the gate's: which recordings, and what they hold themselves. The second adds what
belongs to them (length, owner, players) by key alone.

`HEARD`: those worth listing, by people whom the viewer hasn't muted. `MINE`: those they own or play
on.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, OuterRef, QuerySet, When

from bands.queries import band_of
from foundation.postgres.expressions import AmongKeys
from foundation.postgres.statements import Gap
from privacy.gate import mutes
from privacy.gate.access import visible
from privacy.gate.compiled import stands_open
from privacy.gate.statements import GatedPages, GatedStatement
from privacy.gate.viewer import Viewer
from sessions_app import queries
from sessions_app.models import Recording

Row = dict[str, Any]
COLUMNS = ("pk", "public_id", "title", "audience", "state", "created_at", "owner_id")


def all_rows(viewer: Viewer) -> QuerySet[Recording, Row]:
    """Return every visible recording as a row; `complete` adds the rest."""
    return visible(_everything(), viewer)


def listed_rows(viewer: Viewer) -> QuerySet[Recording, Row]:
    """Return those worth listing, also by people whom the viewer muted."""
    return visible(_worth_listing(), viewer)


@cache
def _everything() -> Any:
    return Recording.objects.values(*COLUMNS)


@cache
def _worth_listing() -> Any:
    return _everything().filter(queries.WORTH_LISTING)


HEARD = GatedPages(lambda viewer: listed_rows(viewer).filter(mutes.unmuted("owner", viewer)))
MINE = GatedPages(lambda viewer: listed_rows(viewer).filter(queries.mine(viewer)))


def complete(rows: Sequence[Row], viewer: Viewer) -> None:
    """Add `duration_ms`, `owner`, `band` and `players` to rows that came through the gate.

    An owner before whom a deny rule stands is not named, and the title they gave is emptied.
    """
    if not rows:
        return
    by_key = {row["pk"]: row for row in rows}
    who = Viewer(viewer.user_id, app=viewer.app)  # what else they hold opens nothing of these
    for key, duration_ms, owner, band, players in _BELONGINGS.all(who, keys=list(by_key)):
        row = by_key[key]
        row.update(duration_ms=duration_ms, owner=owner, band=band, players=players)
        if owner is None and row["owner_id"] is not None:
            row["title"] = ""


def _belongings(viewer: Viewer) -> Any:
    players = queries.credits(viewer).filter(recording=OuterRef("pk")).values("player__username")
    return Recording.objects.filter(AmongKeys("pk", Gap("keys"))).values_list(
        "pk",
        queries.duration_in_force(),
        Case(When(stands_open(Recording, "owner", viewer), then=F("owner__username"))),
        band_of(viewer),
        ArraySubquery(players),
    )


_BELONGINGS: GatedStatement[Any] = GatedStatement(_belongings)
