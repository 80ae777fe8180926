"""Writers of set lists, charts and notes: everybody who has a seat, in an open room.

Each locks the session's row first, so that two who write at once are one after the other. What
somebody read is named by its version: whoever writes over something newer is told (`Stale`), and
nothing is lost.
"""

import uuid
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import limits
from foundation.live import tell
from privacy.gate.viewer import Viewer
from privacy.rls import bypass_rls
from sessions_app import room_queries, talk_queries
from sessions_app.models import JamSession, Sheet, SheetLine
from sessions_app.services import writers
from sessions_app.services.recording import Refused

CLOSE = 1e-6  # places nearer to each other than that are counted anew


class Stale(Exception):
    """Somebody else wrote meanwhile: `row` is the newest, None where it is gone."""

    def __init__(self, row: Any) -> None:
        super().__init__("written meanwhile")
        self.row = row


class Gone(Exception):
    """There is no such thing for this person."""


def _hold(session: JamSession, by: User) -> JamSession:
    """Return an open session, locked, for somebody who may write in it. Raises Refused."""
    limits.SHEET_EDITS.spend(by.pk)
    return writers.hold(session, by)


def _tell_songs(session: JamSession) -> None:
    group = f"jam.{session.pk}"
    transaction.on_commit(lambda: tell(group, type="room.songs"))


def _tell_line(line: SheetLine) -> None:
    """Have the room's sockets look at a line: whether it is there, and what it says."""
    group, about = f"jam.{line.session_id}", {"sheet": line.sheet_id, "line": str(line.ref)}
    transaction.on_commit(lambda: tell(group, type="room.line", **about))


def notes_of(session: JamSession) -> Sheet:
    """Return the session's notes, made when they are first asked for. They are nobody's."""
    notes, _new = Sheet.objects.get_or_create(
        session=session, is_notes=True, defaults={"ref": uuid.uuid4()}
    )
    return notes


# The set list ---------------------------------------------------------------------------


@transaction.atomic
def add_song(
    session: JamSession, by: User, *, ref: str, title: str, key: str, tempo: int | None
) -> Sheet:
    """Put a song at the end of the set list, once for each `ref`. Raises Refused, TooMany."""
    held = _hold(session, by)
    songs = Sheet.objects.filter(session=held, is_notes=False)
    there = songs.filter(ref=ref).first()
    if there is not None:
        if there.added_by_id != by.pk:
            raise Refused(_("Another song has this id."))
        return there
    if songs.count() >= limits.SONGS:
        said = _("A set list has %(n)d songs at most. Take one off first.")
        raise Refused(said % {"n": limits.SONGS})
    last = songs.aggregate(last=Max("place"))["last"] or 0.0
    song = Sheet.objects.create(
        session=held, added_by=by, ref=ref, title=title, key=key, tempo=tempo, place=last + 1
    )
    _tell_songs(held)
    return song


@transaction.atomic
def change_song(
    song: Sheet, by: User, *, version: int, title: str, key: str, tempo: int | None
) -> Sheet:
    """Change what a song is called (who added it), its key and tempo (whoever may write).

    Raises Stale, Refused, TooMany.
    """
    _hold(song.session, by)
    row = _song(song, by)
    values: dict[str, Any] = {"title": title, "key": key, "tempo": tempo}
    if all(getattr(row, name) == value for name, value in values.items()):
        return row
    if row.version != version:
        raise Stale(row)
    if row.added_by_id is None:  # left without a name and a title: who gives it one answers for it
        values["added_by"] = by
    elif title != row.title and row.added_by_id != by.pk:
        raise Refused(_("What a song is called is changed by who added it."))
    Sheet.objects.filter(pk=row.pk).update(**values, version=F("version") + 1)
    _tell_songs(row.session)
    return _song(song, by)


def _song(song: Sheet, by: User) -> Sheet:
    row = talk_queries.sheets_of(Viewer(by.pk), song.session_id).filter(pk=song.pk).first()
    if row is None or row.is_notes:
        raise Gone
    return row


@transaction.atomic
def move_song(song: Sheet, by: User, after: Sheet | None) -> None:
    """Put a song behind another, or first. Idempotent. Raises Gone, Refused, TooMany."""
    _hold(song.session, by)
    row = _song(song, by)
    others = Sheet.objects.filter(session=row.session_id, is_notes=False).exclude(pk=row.pk)
    before = -1
    rows = list(others.order_by("place", "pk"))
    if after is not None:
        before = next((n for n, one in enumerate(rows) if one.pk == after.pk), -2)
        if before == -2:
            raise Gone
    rows.insert(before + 1, row)
    for number, one in enumerate(rows):
        one.place = float(number + 1)
    Sheet.objects.bulk_update(rows, ["place"])
    _tell_songs(row.session)


@transaction.atomic
def play(session: JamSession, by: User, song: Sheet | None) -> None:
    """Mark a song as the one that is played now, or none. Idempotent."""
    held = _hold(session, by)
    row = _song(song, by) if song is not None else None
    Sheet.objects.filter(session=held, is_playing=True).update(is_playing=False)
    if row is not None:
        Sheet.objects.filter(pk=row.pk).update(is_playing=True)
    _tell_songs(held)


@bypass_rls("take a song off a set list, with what several wrote on its chart")
@transaction.atomic
def remove_song(song: Sheet, by: User) -> None:
    """Take a song off the set list with its chart: who added it, or a host. Raises Refused."""
    held = _hold(song.session, by)
    row = _song(song, by)
    if row.added_by_id != by.pk and not room_queries.is_host(held, by.pk):
        raise Refused(_("A song is taken off by who added it, or by a host."))
    row.delete()
    _tell_songs(held)


# Lines ----------------------------------------------------------------------------------


@transaction.atomic
def write_line(
    sheet: Sheet, by: User, *, ref: str, version: int, text: str, after: str | None
) -> SheetLine:
    """Write a line: a new one (`version` 0) behind another or first, or over the one of a version.

    Sent again it is the same. Raises Stale, Gone, Refused, TooMany.
    """
    _hold(sheet.session, by)
    seen = talk_queries.sheet_lines(Viewer(by.pk), sheet)
    row = seen.filter(ref=ref).first()
    if row is not None and row.text == text and (version == 0 or row.version == version + 1):
        return row
    if version == 0:
        if row is not None:
            raise Stale(row)
        row = _new_line(sheet, by, ref, text, after)
    else:
        if row is None or row.version != version:
            raise Stale(row)
        SheetLine.objects.filter(pk=row.pk).update(text=text, author=by, version=F("version") + 1)
        row = seen.get(ref=ref)
    _tell_line(row)
    return row


def _new_line(sheet: Sheet, by: User, ref: str, text: str, after: str | None) -> SheetLine:
    if _written(sheet) >= limits.SHEET_LINES:
        said = _("A sheet has %(n)d lines at most. This one wasn't kept.")
        raise Refused(said % {"n": limits.SHEET_LINES})
    if _is_taken(sheet, ref):
        raise Gone  # somebody else's, whom this person doesn't meet
    return SheetLine.objects.create(
        sheet=sheet, session_id=sheet.session_id, author=by, ref=ref, text=text,
        place=_place_after(sheet, by, after),
    )  # fmt: skip


@bypass_rls("count the lines of a sheet, those of people whom the writer doesn't meet too")
def _written(sheet: Sheet) -> int:
    return SheetLine.objects.filter(sheet=sheet).count()


@bypass_rls("whether an id is given away already on a sheet")
def _is_taken(sheet: Sheet, ref: str) -> bool:
    return SheetLine.objects.filter(sheet=sheet, ref=ref).exists()


@bypass_rls("count the places on a sheet anew, where there is no room between two lines")
def _place_after(sheet: Sheet, by: User, after: str | None) -> float:
    """Return a place right behind a line; first without one, last where it is gone meanwhile."""
    rows = list(SheetLine.objects.filter(sheet=sheet).order_by("place", "pk"))
    at = next((n for n, row in enumerate(rows) if str(row.ref) == after), None)
    if after is not None and at is None:
        at = len(rows) - 1
    before = rows[at].place if at is not None and at >= 0 else 0.0
    behind = rows[(at if at is not None else -1) + 1 :][:1]
    if not behind:
        return before + 1
    if behind[0].place - before > CLOSE:
        return (before + behind[0].place) / 2
    for number, row in enumerate(rows):
        row.place = float(number + 1)
    SheetLine.objects.bulk_update(rows, ["place"])
    group, about = f"jam.{sheet.session_id}", {"sheet": sheet.pk}
    transaction.on_commit(lambda: tell(group, type="room.sheet", **about))
    return _place_after(sheet, by, after)


@transaction.atomic
def cut_line(sheet: Sheet, by: User, *, ref: str, version: int) -> None:
    """Delete a line as it was read. Idempotent. Raises Stale, Refused, TooMany."""
    _hold(sheet.session, by)
    row = talk_queries.sheet_lines(Viewer(by.pk), sheet).filter(ref=ref).first()
    if row is None:
        return
    if row.version != version:
        raise Stale(row)
    SheetLine.objects.filter(pk=row.pk).delete()
    _tell_line(row)


# What leaving does ----------------------------------------------------------------------


@transaction.atomic
def take_back(user: User, line: SheetLine) -> None:
    """Delete a line that one wrote last, for everybody."""
    SheetLine.objects.filter(pk=line.pk, author=user).delete()
    _tell_line(line)


@transaction.atomic
@bypass_rls("let go of a song that others wrote on")
def take_song_back(user: User, song: Sheet) -> None:
    """Let go of a song that one added: it goes, or stays nameless for who wrote on it."""
    _release([song.pk], user)
    _tell_songs(song.session)


def release_songs(user: User, batch: int, *, of: JamSession | None = None) -> int:
    """Delete the songs that somebody added; where others wrote on one it stays, without title."""
    rows = Sheet.objects.filter(added_by=user)
    if of is not None:
        rows = rows.filter(session=of)
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:batch])
    _release(keys, user)
    return len(keys)


def _release(keys: list[int], user: User) -> None:
    mine = Sheet.objects.filter(pk__in=keys, added_by=user)
    theirs = SheetLine.objects.filter(sheet=OuterRef("pk")).exclude(author=user)
    shared = mine.filter(Exists(theirs)).values_list("pk", flat=True)
    Sheet.objects.filter(pk__in=list(shared)).update(added_by=None, title="")
    mine.delete()
