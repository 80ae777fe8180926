"""Set list, charts and notes: written by all who are in; nothing that anybody wrote is lost."""

import uuid
from typing import Any

import pytest

from accounts.connections import services as connections
from foundation import limits
from privacy.gate.access import audience_of, visible
from privacy.gate.viewer import Viewer
from sessions_app import talk_queries
from sessions_app.models import JamSession, Sheet, SheetLine
from sessions_app.services import deleting, passing, rooms, sessions, sheets
from sessions_app.services.recording import Refused
from tests.cast import Cast
from tests.leaving import due, end
from tests.privacy.talking import Socket
from tests.privacy.test_sockets import PATHS, one_connection
from tests.sessions_app.test_room_chat import committed, heard, in_the_room

__all__ = ["committed", "one_connection"]
SILENT = {"chat": False, "record": True, "tempo": True, "invite": True}


def new() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def jam(cast: Cast) -> JamSession:
    """A public session of the owner's, the participant and a stranger in it."""
    session = cast.sessions["public"]
    sessions.join(session, cast["stranger"])
    return session


def add(jam: JamSession, by: Any, title: str, **about: Any) -> Sheet:
    values = {"key": "", "tempo": None, "ref": new(), **about}
    return sheets.add_song(jam, by, title=title, **values)


def write(sheet: Sheet, by: Any, text: str, **about: Any) -> SheetLine:
    return sheets.write_line(sheet, by, **{"ref": new(), "version": 0, "after": None, **about,
                                           "text": text})  # fmt: skip


def songs(jam: JamSession, user: Any) -> list[str]:
    rows = talk_queries.sheets_of(Viewer(user.pk), jam.pk)
    return [row.title for row in rows if not row.is_notes]


def lines(sheet: Sheet, user: Any) -> list[str]:
    return [row.text for row in talk_queries.sheet_lines(Viewer(user.pk), sheet)]


def test_songs_are_added_once_moved_and_marked(cast: Cast, jam: JamSession) -> None:
    ref = new()
    one = add(jam, cast["owner"], "One", ref=ref, key="a-minor", tempo=92)
    assert add(jam, cast["owner"], "One", ref=ref) == one
    two, three = add(jam, cast["participant"], "Two"), add(jam, cast["stranger"], "Three")
    assert songs(jam, cast["owner"]) == ["One", "Two", "Three"]
    for _again in range(2):
        sheets.move_song(three, cast["owner"], one)
        assert songs(jam, cast["owner"]) == ["One", "Three", "Two"]
    sheets.move_song(two, cast["owner"], None)
    assert songs(jam, cast["owner"]) == ["Two", "One", "Three"]
    for song in (one, two, two, None):
        sheets.play(jam, cast["stranger"], song)
        playing = [row.title for row in Sheet.objects.filter(is_playing=True)]
        assert playing == ([song.title] if song else [])
    sheets.remove_song(two, cast["participant"])
    with pytest.raises(sheets.Gone):
        sheets.play(jam, cast["owner"], two)
    with pytest.raises(sheets.Gone):
        sheets.move_song(one, cast["owner"], two)


def test_a_song_is_taken_off_by_who_added_it_or_a_host(cast: Cast, jam: JamSession) -> None:
    one, two = add(jam, cast["participant"], "One"), add(jam, cast["participant"], "Two")
    write(one, cast["stranger"], "[Am]mine")
    with pytest.raises(Refused, match="by who added it, or by a host"):
        sheets.remove_song(one, cast["stranger"])
    sheets.remove_song(one, cast["owner"])
    sheets.remove_song(two, cast["participant"])
    assert (songs(jam, cast["owner"]), SheetLine.objects.count()) == ([], 0)


def test_two_who_write_at_once_lose_nothing(cast: Cast, jam: JamSession) -> None:
    """On different lines they don't meet; on the same one the second is told what is there."""
    song = add(jam, cast["owner"], "Song")
    first, second = write(song, cast["owner"], "one"), write(song, cast["owner"], "zero")
    assert lines(song, cast["owner"]) == ["zero", "one"]  # each was to be the first
    about: dict[str, Any] = {"ref": str(first.ref), "version": 1}
    changed = write(song, cast["owner"], "one, by the owner", **about)
    assert (changed.version, changed.author) == (2, cast["owner"])
    with pytest.raises(sheets.Stale) as told:
        write(song, cast["participant"], "one, by the participant", **about)
    assert (told.value.row.text, told.value.row.version) == ("one, by the owner", 2)
    write(song, cast["stranger"], "zero, by the stranger", ref=str(second.ref), version=1)
    again = write(song, cast["owner"], "one, by the owner", **about)  # the answer was lost
    assert again.version == 2
    mine = write(song, cast["participant"], "one, by both", ref=str(first.ref), version=2)
    assert (mine.version, mine.author) == (3, cast["participant"])
    with pytest.raises(sheets.Stale):
        sheets.cut_line(song, cast["owner"], ref=str(first.ref), version=2)
    for _again in range(2):
        sheets.cut_line(song, cast["owner"], ref=str(first.ref), version=3)
    with pytest.raises(sheets.Stale) as gone:
        write(song, cast["owner"], "over what is gone", ref=str(first.ref), version=3)
    assert gone.value.row is None
    assert lines(song, cast["owner"]) == ["zero, by the stranger"]


def test_a_new_line_comes_once_and_where_it_was_meant(cast: Cast, jam: JamSession) -> None:
    notes = sheets.notes_of(jam)
    assert sheets.notes_of(jam) == notes
    ref = new()
    top = write(notes, cast["owner"], "top", ref=ref)
    assert write(notes, cast["owner"], "top", ref=ref) == top
    with pytest.raises(sheets.Stale):
        write(notes, cast["owner"], "another text", ref=ref)
    end = write(notes, cast["owner"], "end", after=ref)
    for n in range(60):  # always right behind the first: there is room each time
        write(notes, cast["participant"], f"{n}", after=ref)
    assert lines(notes, cast["owner"]) == ["top", *(f"{n}" for n in reversed(range(60))), "end"]
    sheets.cut_line(notes, cast["owner"], ref=str(end.ref), version=1)
    write(notes, cast["owner"], "last", after=str(end.ref))  # gone meanwhile
    assert lines(notes, cast["owner"])[-2:] == ["0", "last"]


def test_a_songs_title_is_written_over_by_nobody_unawares(cast: Cast, jam: JamSession) -> None:
    song = add(jam, cast["owner"], "Blue Mon")
    about: dict[str, Any] = {"key": "b-flat-major", "tempo": 120}
    row = sheets.change_song(song, cast["owner"], version=1, title="Blue Monk", **about)
    assert (row.title, row.key, row.tempo, row.version) == ("Blue Monk", "b-flat-major", 120, 2)
    assert sheets.change_song(song, cast["owner"], version=1, title="Blue Monk", **about) == row
    with pytest.raises(sheets.Stale) as told:
        sheets.change_song(song, cast["owner"], version=1, title="Blue Moon", **about)
    assert told.value.row.title == "Blue Monk"


def test_nobody_speaks_in_anothers_name_by_a_title(cast: Cast, jam: JamSession) -> None:
    """A title stands under who added the song, past their blocks alone: others change the rest."""
    song = add(jam, cast["participant"], "Blue Monk")
    slower: dict[str, Any] = {"key": "b-flat-major", "tempo": 90}
    row = sheets.change_song(song, cast["owner"], version=1, title="Blue Monk", **slower)
    assert (row.title, row.tempo, row.version) == ("Blue Monk", 90, 2)
    with pytest.raises(Refused, match="changed by who added it"):  # a host, too
        sheets.change_song(song, cast["owner"], version=2, title="mark-owner", **slower)
    write(song, cast["owner"], "[C]")
    sheets.take_song_back(cast["participant"], song)
    named = sheets.change_song(song, cast["owner"], version=2, title="A blues", **slower)
    assert (named.title, named.added_by) == ("A blues", cast["owner"])


def test_who_may_write(cast: Cast, jam: JamSession) -> None:
    song = add(jam, cast["owner"], "Song")
    passing.set_rights(jam, cast["owner"], cast["stranger"], **SILENT)
    with pytest.raises(Refused, match="don't write in this room"):
        write(song, cast["stranger"], "hello")
    with pytest.raises(Refused):
        write(song, cast["former"], "hello")  # has no seat
    rooms.close([jam.pk])
    with pytest.raises(Refused, match="closed"):
        add(jam, cast["owner"], "Another")
    assert SheetLine.objects.count() == 0


def test_every_limit_is_said(cast: Cast, jam: JamSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SONGS", 1)
    monkeypatch.setattr(limits, "SHEET_LINES", 1)
    song = add(jam, cast["owner"], "Song")
    with pytest.raises(Refused, match="1 songs at most"):
        add(jam, cast["stranger"], "Another")
    write(song, cast["owner"], "one")
    connections.block(cast["owner"], cast["stranger"])
    with pytest.raises(sheets.Gone):
        sheets.change_song(song, cast["stranger"], version=1, title="x", key="", tempo=None)
    notes = sheets.notes_of(jam)
    write(notes, cast["owner"], "hidden from the stranger, and counted")
    with pytest.raises(Refused, match="1 lines at most"):
        write(notes, cast["stranger"], "two")
    monkeypatch.setattr(limits, "SHEET_EDITS", limits.Limit("sheet-edit", 0, 60))
    with pytest.raises(limits.TooMany):
        write(notes, cast["owner"], "three")


@pytest.mark.clause("blocks", "who-sees")
def test_sheets_are_for_who_has_a_seat_past_every_block(cast: Cast, jam: JamSession) -> None:
    theirs, mine = add(jam, cast["stranger"], "Theirs"), add(jam, cast["owner"], "Mine")
    notes = sheets.notes_of(jam)
    for role in ("owner", "participant", "stranger"):
        line = write(notes, cast[role], role, after=new())
    everybody = {cast["owner"], cast["participant"], cast["stranger"]}
    assert [set(audience_of(one)) for one in (notes, theirs, line)] == [everybody] * 3
    assert list(visible(Sheet, Viewer(cast["former"].pk))) == []
    connections.block(cast["participant"], cast["stranger"])
    assert songs(jam, cast["participant"]) == ["Mine"]
    assert lines(notes, cast["participant"]) == ["owner", "participant"]
    assert lines(notes, cast["stranger"]) == ["owner", "stranger"]
    assert lines(notes, cast["owner"]) == ["owner", "participant", "stranger"]
    with pytest.raises(sheets.Gone):  # an id that is given away, to somebody they don't meet
        write(notes, cast["participant"], "x", ref=str(line.ref))
    sheets.move_song(mine, cast["participant"], None)
    assert songs(jam, cast["owner"]) == ["Mine", "Theirs"]


@pytest.mark.clause("leaving")
def test_who_leaves_takes_their_words_along(cast: Cast, jam: JamSession) -> None:
    alone, shared = add(jam, cast["stranger"], "Alone"), add(jam, cast["stranger"], "Shared")
    write(alone, cast["stranger"], "mine")
    write(shared, cast["stranger"], "mine")
    write(shared, cast["owner"], "the owner's")
    end(due(cast["stranger"]))
    row = Sheet.objects.get(is_notes=False)
    assert (row.pk, row.title, row.added_by) == (shared.pk, "", None)
    assert lines(shared, cast["participant"]) == ["the owner's"]


def test_a_session_that_is_deleted_takes_its_hosts_words_along(cast: Cast, jam: JamSession) -> None:
    alone, theirs = add(jam, cast["owner"], "Alone"), add(jam, cast["stranger"], "Theirs")
    write(alone, cast["owner"], "mine")
    write(theirs, cast["owner"], "mine")
    write(theirs, cast["stranger"], "theirs")
    deleting.delete_session(jam, cast["owner"])
    assert songs(jam, cast["stranger"]) == ["Theirs"]
    assert lines(theirs, cast["stranger"]) == ["theirs"]


def test_what_one_writes_the_others_read_at_once(
    cast: Cast, jam: JamSession, committed: None
) -> None:
    song, line = add(jam, cast["owner"], "Song"), new()

    async def story(ada: Socket, ben: Socket) -> list[Any]:
        got: list[Any] = []
        for socket in (ada, ben):
            told = socket.welcome["songs"]  # type: ignore[attr-defined]
            got.append([(one["title"], one["by"], one["yours"]) for one in told])
            await socket.say({"t": "sheet.open", "sheet": song.public_id})
            got.append((await heard(socket, "sheet"))["lines"])
        put: dict[str, Any] = {"t": "line.put", "ref": line, "sheet": song.public_id}
        await ada.say({**put, "version": 0, "text": "[Am]Hello"})
        read = await heard(ben, "line")
        got.append({name: read[name] for name in ("ref", "text", "version", "name")})
        await ben.say({**put, "version": 1, "text": "[Am7]Hello"})
        got.append((await heard(ben, "line"))["version"])
        await ada.say({**put, "version": 1, "text": "[Dm]Hello"})
        stale = await heard(ada, "stale")
        got.append((stale["for"], stale["ref"], stale["line"]["text"], stale["line"]["name"]))
        await ada.say({**put, "t": "line.cut", "version": 2})
        got.append((await heard(ben, "line.gone"))["ref"])
        await ben.say({**put, "version": 2, "text": "x"})
        got.append((await heard(ben, "stale"))["line"])
        about = {"t": "song.change", "ref": new(), "song": song.public_id, "title": "Song 2"}
        await ben.say({**about, "version": 1})  # it is Ada's to name
        got.append((await heard(ben, "error"))["code"])
        await ada.say({**about, "version": 1})
        got.append((await heard(ada, "ack"))["id"] == song.public_id)
        await ben.say({**about, "version": 1, "tempo": 90})
        got.append((await heard(ben, "stale"))["song"]["title"])
        await ben.say({"t": "song.play", "ref": new(), "song": song.public_id})
        while not (told := await heard(ada, "songs"))["songs"][0]["playing"]:
            pass
        await ben.say({"t": "song.remove", "ref": new(), "song": song.public_id})
        got.append((await heard(ben, "error"))["code"])
        await ada.say({"t": "song.remove", "ref": new(), "song": song.public_id})
        while (told := await heard(ben, "songs"))["songs"]:
            pass
        await ben.say({"t": "song.move", "ref": new(), "song": song.public_id, "after": None})
        got.append((await heard(ben, "error"))["code"])
        return got

    path = PATHS["jam-socket"].format(jam.public_id)
    assert in_the_room(cast, path, ["owner", "participant"], story) == [
        [("Song", "owner", True)], [], [("Song", "owner", False)], [],
        {"ref": line, "text": "[Am]Hello", "version": 1, "name": "owner"},
        2,
        ("line.put", line, "[Am7]Hello", "participant"),
        line,
        None,
        "refused",
        True,
        "Song 2",
        "refused",
        "missing",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"t": "song.add", "title": ""}, "length"),
        ({"t": "song.add", "title": "x" * 81}, "length"),
        ({"t": "song.add", "title": "a\0b"}, "text"),
        ({"t": "song.add", "title": "x", "key": "h-major"}, "invalid"),
        ({"t": "song.add", "title": "x", "tempo": 29}, "invalid"),
        ({"t": "song.add", "title": "x", "tempo": 1e3}, "invalid"),
        ({"t": "song.play", "song": "nothing"}, "missing"),
        ({"t": "sheet.open", "sheet": "nothing"}, "invalid"),  # takes no ref
        ({"t": "line.put", "sheet": "nothing", "version": 0, "text": "x"}, "missing"),
        ({"t": "line.put", "sheet": "", "version": -1, "text": "x"}, "invalid"),
        ({"t": "line.put", "sheet": "x", "version": 2**31, "text": "x"}, "invalid"),
        ({"t": "line.put", "sheet": "x", "version": 0, "text": "x" * 401}, "length"),
        ({"t": "line.cut", "sheet": "nothing", "version": 1}, "missing"),
    ],
)
def test_what_cant_be_written_is_said(
    cast: Cast, jam: JamSession, frame: dict[str, Any], code: str
) -> None:
    async def story(ada: Socket) -> Any:
        await ada.say({**frame, "ref": new()})
        return (await heard(ada, "error"))["code"]

    path = PATHS["jam-socket"].format(jam.public_id)
    assert in_the_room(cast, path, ["owner"], story) == code
    assert Sheet.objects.filter(is_notes=False).count() == 0
