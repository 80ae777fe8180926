"""Recordings as plain rows, in two statements, for lists that must be quick.

The first is the gate's: which recordings, and what they hold themselves. The second adds what
belongs to them (length, owner, players) by key alone, so its text never changes: the ORM writes
it once, and each request only fills in the keys.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import BooleanField, Case, F, OuterRef, QuerySet, When
from django.db.models.expressions import RawSQL

from bands.queries import band_of
from privacy.gate import mutes
from privacy.gate.access import visible
from privacy.gate.compiled import stands_open
from privacy.gate.viewer import Viewer
from sessions_app import queries
from sessions_app.models import Recording

Row = dict[str, Any]
COLUMNS = ("pk", "public_id", "title", "audience", "state", "created_at", "owner_id")
_KEYS: Any = object()  # stands for the keys in the statement that is written once
_SOMEBODY = -1  # stands for who looks


def all_rows(viewer: Viewer) -> QuerySet[Recording, Row]:
    """Return every visible recording as a row; `complete` adds the rest."""
    return visible(_everything(), viewer)


def listed_rows(viewer: Viewer) -> QuerySet[Recording, Row]:
    """Return those worth listing, also by people whom the viewer muted."""
    return visible(_worth_listing(), viewer)


def heard_rows(viewer: Viewer) -> QuerySet[Recording, Row]:
    """Return those worth listing, by people whom the viewer hasn't muted."""
    return listed_rows(viewer).filter(mutes.unmuted("owner", viewer))


@cache
def _everything() -> Any:
    return Recording.objects.values(*COLUMNS)


@cache
def _worth_listing() -> Any:
    return _everything().filter(queries.WORTH_LISTING)


def complete(rows: Sequence[Row], viewer: Viewer) -> None:
    """Add `duration_ms`, `owner`, `band` and `players` to rows that came through the gate.

    An owner before whom a deny rule stands is not named, and the title they gave is emptied.
    """
    if not rows:
        return
    by_key = {row["pk"]: row for row in rows}
    statement, parameters = _statement(viewer.is_member, viewer.app is not None)
    given = {_KEYS: list(by_key), _SOMEBODY: viewer.user_id}
    filled = [given.get(parameter, parameter) for parameter in parameters]
    with connection.cursor() as cursor:
        cursor.execute(statement, filled)
        for key, duration_ms, owner, band, players in cursor.fetchall():
            row = by_key[key]
            shown = json.loads(band) if isinstance(band, str) else band
            row.update(duration_ms=duration_ms, owner=owner, band=shown, players=players)
            if owner is None and row["owner_id"] is not None:
                row["title"] = ""


@cache
def _statement(member: bool, app: bool) -> tuple[str, tuple[Any, ...]]:
    viewer = Viewer(_SOMEBODY if member else None, app="any" if app else None)
    key = f'"{Recording._meta.db_table}"."id"'
    wanted = RawSQL(f"{key} = any(%s)", [_KEYS], BooleanField())  # noqa: S611
    players = queries.credits(viewer).filter(recording=OuterRef("pk")).values("player__username")
    rows = Recording.objects.filter(wanted).values_list(
        "pk",
        queries.duration_in_force(),
        Case(When(stands_open(Recording, "owner", viewer), then=F("owner__username"))),
        band_of(viewer),
        ArraySubquery(players),
    )
    statement: tuple[str, tuple[Any, ...]] = rows.query.sql_with_params()
    return statement
