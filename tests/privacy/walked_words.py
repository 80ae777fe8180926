"""What is said and written in a room, in the walk of its frames: who reads it, who deletes it."""

import uuid
from typing import Any

from channels.db import database_sync_to_async

from sessions_app.models import ChatLine
from tests.privacy.companies import Company


class Words:
    """The part of a round that is about words that stay; `Round` is the rest."""

    company: Company
    seats: list[Any]
    names: Any
    settle: Any
    hold: Any
    others: Any
    name: Any

    async def look_back(self) -> None:
        """Everybody asks what was said, and to delete all of it: what others said stays."""
        spoken = await database_sync_to_async(self.spoken)()
        ref = str(uuid.UUID(int=7))
        for seat in self.seats:
            seat.heard.clear()
            far = {"before": "none", "at": "2900-01-01T00:00:00+00:00", "ref": ref}
            await seat.socket.say({"t": "chat.earlier", **far})
            for author, line, _text in spoken:
                if author != self.name(seat):
                    await seat.socket.say({"t": "chat.delete", "id": line, "ref": ref})
        await self.settle()
        for seat in self.seats:
            met = [one for one in self.company.people if self.company.meet(one, seat.role)]
            knows = {self.names.get(one, one) for one in (*met, seat.role)}
            told = [one["text"] for frame in seat.frames("chat.lines") for one in frame["lines"]]
            want = {text for author, _line, text in spoken if seat.is_in and author in knows}
            self.hold("chat.earlier", seat, set(told) - {"now"}, want)
            errors = {(one["for"], one["code"]) for one in seat.frames("error")}
            others = {author for author, *_ in spoken} & knows - {self.name(seat)}
            refused = {("chat.delete", "refused")} if others else set()
            absent = {("chat.earlier", "absent")}
            absent |= {("chat.delete", "absent")} if spoken else set()
            self.hold("chat.delete", seat, errors, refused if seat.is_in else absent)
        self.hold("lines", self.seats[0], await database_sync_to_async(self.spoken)(), spoken)
        await database_sync_to_async(self.lines.delete)()

    async def write_down(self) -> None:
        """Everybody adds a song and writes a line of the notes: who is told of which."""
        for seat in self.seats:
            await seat.socket.say({"t": "sheet.open", "sheet": seat.notes})
        await self.settle()
        for seat in self.seats:
            seat.heard.clear()
        for seat in self.seats:
            ref = str(uuid.uuid4())
            await seat.socket.say({"t": "song.add", "ref": ref, "title": f"mark-song-{seat.role}"})
            line = {"sheet": seat.notes, "version": 0, "text": f"mark-line-{seat.role}"}
            await seat.socket.say({"t": "line.put", "ref": ref, **line})
        await self.settle()
        for seat in self.seats:
            named = {seat.role, *(one.role for one in self.others(seat))} if seat.is_in else set()
            lines = {one["text"] for one in seat.frames("line")}
            self.hold("lines", seat, lines, {f"mark-line-{one}" for one in named})
            songs = {song["title"] for one in seat.frames("songs")[-1:] for song in one["songs"]}
            self.hold("songs", seat, songs, {f"mark-song-{one}" for one in named})
            absent = {one["for"] for one in seat.frames("error") if one["code"] == "absent"}
            self.hold("sheets", seat, absent, set() if seat.is_in else {"song.add", "line.put"})
        await database_sync_to_async(self.company.session.sheets.all().delete)()

    def spoken(self) -> list[tuple[str, str, str]]:
        rows = self.lines.order_by("pk").values_list("author__username", "public_id", "text")
        return list(rows)

    @property
    def lines(self) -> Any:
        return ChatLine.objects.filter(session=self.company.session).exclude(text="now")
