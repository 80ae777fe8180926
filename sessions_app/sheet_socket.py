"""Set list, charts and notes of a room, written by all who are in. Contract: docs/realtime.md."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from accounts.identity.queries import shown_person
from foundation.frames import Frame
from foundation.sockets import Refused
from sessions_app import talk_queries
from sessions_app.beat import BeatConsumer
from sessions_app.frames import (
    LineCut,
    LinePut,
    SheetOpen,
    SongAdd,
    SongChange,
    SongMove,
    SongPlay,
    SongRemove,
)
from sessions_app.models import Sheet, SheetLine
from sessions_app.services import sheets

SHEETS: list[type[Frame]] = [
    SongAdd, SongChange, SongMove, SongPlay, SongRemove, SheetOpen, LinePut, LineCut,
]  # fmt: skip


class SheetConsumer(BeatConsumer):
    """The part of a room's socket that is about what is played from."""

    open_sheets: dict[int, str]  # those that this client looks at: their public ids by key
    told_lines: dict[int, set[str]]  # what it has of each of them: the lines' refs
    told_songs: Any = None  # the set list that it was told last

    def song_list(self) -> dict[str, Any]:
        """Return the set list as `welcome` and `songs` tell it."""
        notes = sheets.notes_of(self.session)
        rows = talk_queries.sheets_of(self.viewer, self.session.pk)
        songs = [_song(row, self.user.pk) for row in rows if not row.is_notes]
        return {"songs": songs, "notes": notes.public_id}

    async def room_songs(self, event: dict[str, Any]) -> None:
        """Tell the set list where it differs: what a hidden person does to it is nobody's sign."""
        if not self.welcomed:
            return
        songs = await self.in_thread(self.song_list)
        if songs != self.told_songs:
            self.told_songs = songs
            await self.send_frame(t="songs", **songs)

    def _sheet(self, public_id: str) -> Sheet:
        """Return a sheet of this room that this socket's person may see, or refuse."""
        rows = talk_queries.sheets_of(self.viewer, self.session.pk)
        row = rows.filter(public_id=public_id).first()
        if row is None:
            raise Refused("missing", _("This song isn't on the set list any more."))
        return row

    async def _written(self, frame: Any, service: Callable[..., Any], *args: Any, **kw: Any) -> Any:
        """Do something with sheets; say what is there by now where somebody else was quicker."""
        try:
            return await self._do_or_refuse(service, *args, **kw)
        except sheets.Gone:
            raise Refused("missing", _("This isn't there any more.")) from None
        except sheets.Stale as newer:
            told = await self.in_thread(self._newest, newer.row)
            await self.send_frame(t="stale", ref=frame.ref, **{"for": frame.t}, **told)
            return None

    def _newest(self, row: Sheet | SheetLine | None) -> dict[str, Any]:
        if isinstance(row, Sheet):
            return {"song": _song(row, self.user.pk)}
        return {"line": None if row is None else _line(row)}

    # The set list -----------------------------------------------------------------------

    async def on_song_add(self, frame: SongAdd) -> None:
        self._must_be_present()
        about = {"title": frame.title, "key": frame.key, "tempo": frame.tempo}
        song = await self._written(
            frame, sheets.add_song, self.session, self.user, ref=frame.ref, **about
        )
        if song is not None:
            await self.acknowledge(frame.t, frame.ref, song)

    async def on_song_change(self, frame: SongChange) -> None:
        self._must_be_present()
        song = await self.in_thread(self._sheet, frame.song)
        about = {"title": frame.title, "key": frame.key, "tempo": frame.tempo}
        row = await self._written(
            frame, sheets.change_song, song, self.user, version=frame.version, **about
        )
        if row is not None:
            await self.acknowledge(frame.t, frame.ref, row)

    async def on_song_move(self, frame: SongMove) -> None:
        self._must_be_present()
        song = await self.in_thread(self._sheet, frame.song)
        after = await self.in_thread(self._sheet, frame.after) if frame.after else None
        await self._written(frame, sheets.move_song, song, self.user, after)

    async def on_song_play(self, frame: SongPlay) -> None:
        self._must_be_present()
        song = await self.in_thread(self._sheet, frame.song) if frame.song else None
        await self._written(frame, sheets.play, self.session, self.user, song)

    async def on_song_remove(self, frame: SongRemove) -> None:
        self._must_be_present()
        song = await self.in_thread(self._sheet, frame.song)
        await self._written(frame, sheets.remove_song, song, self.user)

    # Lines ------------------------------------------------------------------------------

    async def on_sheet_open(self, frame: SheetOpen) -> None:
        self._must_be_present()
        sheet = await self.in_thread(self._sheet, frame.sheet)
        self.open_sheets[sheet.pk] = sheet.public_id
        await self._tell_sheet(sheet)

    async def _tell_sheet(self, sheet: Sheet) -> None:
        lines = await self.in_thread(self._lines_of, sheet)
        self.told_lines[sheet.pk] = {line["ref"] for line in lines}
        await self.send_frame(t="sheet", id=sheet.public_id, lines=lines)

    async def room_sheet(self, event: dict[str, Any]) -> None:
        """All places on a sheet were counted anew: what was told of them is out of date."""
        sheet = self.open_sheets.get(event["sheet"])
        if self.welcomed and sheet is not None:
            found = await self.in_thread(self._shown_sheet, event["sheet"])
            if found is not None:
                await self._tell_sheet(found)

    def _shown_sheet(self, key: int) -> Sheet | None:
        return talk_queries.sheets_of(self.viewer, self.session.pk).filter(pk=key).first()

    def _lines_of(self, sheet: Sheet) -> list[dict[str, Any]]:
        return [_line(row) for row in talk_queries.sheet_lines(self.viewer, sheet)]

    async def on_line_put(self, frame: LinePut) -> None:
        self._must_be_present()
        sheet = await self.in_thread(self._sheet, frame.sheet)
        about = {"version": frame.version, "text": frame.text, "after": frame.after}
        line = await self._written(
            frame, sheets.write_line, sheet, self.user, ref=frame.ref, **about
        )
        if line is not None:
            self.told_lines.setdefault(sheet.pk, set()).add(str(line.ref))
            await self.send_frame(t="line", sheet=frame.sheet, **_line(line))

    async def on_line_cut(self, frame: LineCut) -> None:
        self._must_be_present()
        sheet = await self.in_thread(self._sheet, frame.sheet)
        about = {"ref": frame.ref, "version": frame.version}
        await self._written(frame, sheets.cut_line, sheet, self.user, **about)
        self.told_lines.setdefault(sheet.pk, set()).add(frame.ref)  # gone already: said again
        await self.room_line({"sheet": sheet.pk, "line": frame.ref})

    async def room_line(self, event: dict[str, Any]) -> None:
        """A line was written or deleted: tell what it is by now to who looks at its sheet."""
        sheet = self.open_sheets.get(event["sheet"])
        if not self.welcomed or sheet is None:
            return
        line = await self.in_thread(self._line_now, event["sheet"], event["line"])
        told = self.told_lines.setdefault(event["sheet"], set())
        if line is not None:
            told.add(event["line"])
            await self.send_frame(t="line", sheet=sheet, **line)
        elif event["line"] in told:  # gone, or written over by somebody who is hidden from us
            told.discard(event["line"])
            await self.send_frame(t="line.gone", sheet=sheet, ref=event["line"])

    def _line_now(self, sheet: int, ref: str) -> dict[str, Any] | None:
        found = self._shown_sheet(sheet)
        line = found and talk_queries.sheet_lines(self.viewer, found).filter(ref=ref).first()
        return _line(line) if line else None


def _song(row: Any, me: int) -> dict[str, Any]:
    """Return a song as frames tell it (from `talk_queries.sheets_of`)."""
    by = shown_person(row, "added_by")
    return {
        "id": row.public_id,
        "title": row.title,
        "key": row.key,
        "tempo": row.tempo,
        "playing": row.is_playing,
        "version": row.version,
        "by": by.username if by else "",
        "yours": row.added_by_id == me,
    }


def _line(row: SheetLine) -> dict[str, Any]:
    return {
        "ref": str(row.ref),
        "text": row.text,
        "place": row.place,
        "version": row.version,
        "name": row.author.username,
    }
