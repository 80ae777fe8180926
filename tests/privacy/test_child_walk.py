"""A child is on no surface for anybody outside its circle, and on its own for those inside.

What outsiders are told of a child, by route, must be nothing; what the circle is told stands here,
so that a walk that finds nothing because it looks nowhere fails.
"""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db.models import Q

from accounts.identity import queries as people
from privacy.gate import compiled, rules
from sessions_app import queries as music
from sessions_app.models import Recording
from tests.cast import Cast
from tests.privacy import walk_arguments
from tests.privacy.copies import Copy
from tests.privacy.kid import FIRST_KEY, TELLTALE, Kid, count_from, count_on
from tests.privacy.talking import Socket
from tests.privacy.walking import INSIDE, OUTSIDE, Unplaced, Walk


@pytest.fixture
def walk(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Walk]:
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)
    before = count_from(FIRST_KEY)
    yield Walk(Kid(cast))
    for table, number in before.items():
        count_on(table, number)


# Where the circle finds something of the child's, by route.
ALL = {
    "api_recording", "api_recordings", "api_session", "api_session_answers", "api_sessions",
    "favourites_of", "find_jams", "home", "invite", "jam", "jam_calendar", "jams", "media",
    "planned_jams", "profile", "recording", "recording_audio", "recording_track", "recordings",
    "shared", "wait_at_jam",
}  # fmt: skip
TALKS = {
    "api_session_chat", "chat_file", "conversation", "conversations", "followers", "room",
    "jam_chat", "jam_song", "jam_songs",
}  # fmt: skip
GROWN_UP = {"api_band", "api_person", "band"}  # children are in no band, and have no app
AT_WORK = {"school_class", "school_child"}
FOUND = {
    "classmate": ALL | TALKS | {"favourites"},
    "guardian": ALL | GROWN_UP | {"favourites", "ward", "ward_copy", "ward_held", "wards"},
    "teacher": ALL | GROWN_UP | AT_WORK | {
        "api_session_chat", "chat_file", "favourites", "jam_chat", "jam_who", "recording_who",
    },
    "coordinator": ALL | GROWN_UP | AT_WORK,
    # Every page that a child may open has its name; closed ones too.
    "child": ALL | TALKS | {
        "api_session_answer", "api_stem", "band", "band_members", "bands", "blocks", "edit_band",
        "edit_jam", "end_band",
        "export_download", "exports", "favourites", "find", "jam_who", "listen",
        "listen_beginning", "listen_live", "listen_part", "listen_segment",
        "stream_parts", "recording_who", "request",
        "request_report", "school", "school_child", "school_class", "schools", "seen_who", "ward",
        "ward_copy", "ward_held", "wards",
    },
}  # fmt: skip


@pytest.mark.clause("children-seen", "who-sees")
@pytest.mark.promise("JK-24")
def test_a_child_is_on_no_surface_to_anybody_outside(walk: Walk) -> None:
    assert {role: walk.go(role) for role in OUTSIDE} == {role: {} for role in OUTSIDE}


@pytest.mark.clause("children-seen", "who-sees")
@pytest.mark.promise("JK-24")
def test_those_inside_find_it_where_they_should(walk: Walk) -> None:
    found = {role: walk.go(role) for role in INSIDE}
    assert {role: set(names) for role, names in found.items()} == FOUND


@pytest.mark.clause("children-seen", "who-sees")
@pytest.mark.promise("JK-24")
def test_no_copy_of_somebody_elses_data_tells_of_it(walk: Walk) -> None:
    for role in ("friend", "blocked", "other-teacher", "far-teacher"):
        whole = Copy(walk.user(role)).whole.lower()
        mine = walk.shared.get(role, set())
        assert {one for one in walk.telltales - mine if one.lower() in whole} == set(), role
    assert TELLTALE in Copy(walk.kid.user).whole


def heard(walk: Walk, role: str, path: str) -> str:
    """Return what a socket says when it is greeted, and asked for nothing else."""
    jar = walk.clients[role].cookies.output(header="", sep=";").strip().split(";")[0]

    @async_to_sync
    async def run() -> str:
        socket = Socket(path, jar)
        await socket.open()
        try:
            hello = {"t": "hello"} if "/jam/" in path else {"t": "send", "text": "", "ref": REF}
            await socket.say(hello)
            return str(await socket.hear())
        finally:
            await socket.close()

    return run()


REF = str(uuid.UUID(int=1))


@pytest.mark.clause("children-seen", "who-sees")
@pytest.mark.promise("JK-24")
def test_no_socket_tells_of_it(walk: Walk) -> None:
    kid = walk.kid
    own = f"/ws/jam/{kid.session.public_id}/"
    hidden = [own, f"/ws/messages/{kid.talk.public_id}/",
              f"/ws/messages/{kid.ties['friend']['talk'].public_id}/"]  # fmt: skip
    for role in ("anonymous", "stranger", "friend", "other-child", "far-teacher"):
        for path in hidden:
            assert heard(walk, role, path) == "{'closed': 4404}", (role, path)
    welcome = heard(walk, "friend", f"/ws/jam/{kid.ties['friend']['room'].public_id}/")
    assert "mark-chat-friend" in welcome
    assert {one for one in walk.telltales if one in welcome} == set()
    assert f"{TELLTALE}-chat" in heard(walk, "classmate", own)


# The counter-test: one decision of the gate goes wrong, and the walk says where it shows ------


# The recording's own page asks the gate for each name beside its row, and tells nothing then.
LISTS_OF_RECORDINGS = {
    "api_recording", "api_recordings", "home", "jam", "profile", "recordings", "shared",
}  # fmt: skip
EVERY = Q(pk__isnull=False)


def every_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate shows every recording to everybody."""
    ask = compiled.rows_for
    monkeypatch.setattr(
        "privacy.gate.compiled.rows_for",
        lambda model, viewer: EVERY if model is Recording else ask(model, viewer),
    )


def every_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sees a row is told whom it names."""
    monkeypatch.setattr(people, "shown_people", lambda rows, viewer, person: rows)
    monkeypatch.setattr(music, "shown_people", lambda rows, viewer, person: rows)
    monkeypatch.setattr(compiled, "stands_open", lambda model, person, viewer: EVERY)


@pytest.mark.parametrize(
    ("leak", "shows"),
    [(every_recording, LISTS_OF_RECORDINGS), (every_name, {"invite"})],
)
def test_a_leak_is_found(
    walk: Walk, monkeypatch: pytest.MonkeyPatch, leak: Any, shows: set[str]
) -> None:
    leak(monkeypatch)
    rules._changed()  # statements that are kept are written anew, and again after the test
    try:
        assert set(walk.go("stranger")) == shows
    finally:
        monkeypatch.undo()
        rules._changed()


def test_a_new_address_fails_until_it_is_given_something_of_the_childs(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those without parameters are asked as they are; the walk knows all others by name."""
    steps = {step.name for step in walk.steps("anonymous")}
    assert {"recording", "api_person", "home", "oembed", "account_email", "school_child"} <= steps
    monkeypatch.delitem(walk_arguments.ARGUMENTS, "recording")
    with pytest.raises(Unplaced):
        list(walk.steps("anonymous"))
