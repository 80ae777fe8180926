"""How well sound gets between two people: kept where both want it, seen by the two, for 30 days."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from accounts.connections import services as connections
from accounts.models import User
from foundation import limits
from privacy import consent
from privacy.consent import Channel
from privacy.gate.access import visible
from privacy.gate.viewer import NOBODY, Viewer
from sessions_app.models import Latency, Participant
from sessions_app.models.latency import grade_of
from sessions_app.services import latency
from tests.cast import Cast
from tests.planned import in_days, planned
from tests.privacy.talking import Socket
from tests.privacy.test_frame_walk import cookie_of
from tests.privacy.test_sockets import PATHS, one_connection
from tests.sessions_app.test_finding import found, live

__all__ = ["one_connection"]


def agree(*people: User) -> None:
    for one in people:
        consent.give(one, "latency", channel=Channel.SETTINGS)


def measured(one: User, other: User, there: float, back: float | None = None) -> None:
    """Have both measure round trips to each other, in milliseconds."""
    latency.note(one, other, there)
    latency.note(other, one, there if back is None else back)


@pytest.fixture
def two(cast: Cast) -> Cast:
    agree(cast["stranger"], cast["owner"])
    return cast


def card(cast: Cast, role: str = "stranger", query: str = "") -> Any:
    page: Any = cast.client(role).get(f"/jam/find/{query}")
    return {one["title"]: one["latency"] and one["latency"]["key"]
            for one in (*page.context["live"], *page.context["coming"])}  # fmt: skip


def test_a_grade_is_of_the_way_there_alone() -> None:
    ways = [0, 24.9, 25, 59.9, 60, 9999]
    assert [grade_of(way).name for way in ways] == ["GOOD", "GOOD", "FAIR", "FAIR", "POOR", "POOR"]


@pytest.mark.clause("purposes")
@pytest.mark.parametrize("willing", [(), ("stranger",), ("owner",)])
def test_nothing_is_kept_unless_both_agree(cast: Cast, willing: tuple[str, ...]) -> None:
    agree(*(cast[name] for name in willing))
    measured(cast["stranger"], cast["owner"], 20)
    assert not Latency.objects.exists()


def test_a_card_tells_the_worse_of_what_both_measured(two: Cast) -> None:
    live(two["owner"], "blues")
    assert card(two) == {"blues": None}
    latency.note(two["stranger"], two["owner"], 20)  # one alone means nothing
    assert (card(two), card(two, "owner")) == ({"blues": None}, {"blues": None})
    latency.note(two["owner"], two["stranger"], 90)  # a liar spoils their own pair alone
    assert card(two) == {"blues": "fair"}
    latency.note(two["owner"], two["stranger"], 20)
    assert card(two) == {"blues": "good"}
    html = two.client("stranger").get("/jam/find/").content.decode()
    assert "Expected delay: good" in html


def test_of_several_people_the_worst_counts(two: Cast) -> None:
    agree(two["participant"])
    jam = live(two["owner"], "blues")
    Participant.objects.create(session=jam, user=two["participant"])
    measured(two["stranger"], two["owner"], 20)
    measured(two["stranger"], two["participant"], 200)
    assert card(two) == {"blues": "poor"}


def test_it_is_found_by(two: Cast) -> None:
    live(two["owner"], "near")
    live(two["participant"], "not known")
    planned(two["owner"], title="near, too", starts_at=in_days(2))
    measured(two["stranger"], two["owner"], 60)
    assert found(two, "stranger", "?latency=1") == ([], [])
    assert found(two, "stranger", "?latency=2") == (["near"], ["near, too"])
    answer = two.client("stranger").get("/api/v1/sessions/?latency=2").json()["results"]
    assert [(one["title"], one["latency"]) for one in answer] == [("near", "fair")]


@pytest.mark.clause("who-sees", "blocks")
def test_nobody_but_the_two_sees_it_and_not_past_a_block(two: Cast) -> None:
    live(two["owner"], "blues")
    measured(two["stranger"], two["owner"], 20)

    def seen(who: Any) -> int:
        return visible(Latency, Viewer.of(two[who]) if who else NOBODY).count()

    assert [seen(who) for who in ("stranger", "owner", "participant", None)] == [2, 2, 0, 0]
    assert card(two, "participant") == {"blues": None}
    connections.block(two["owner"], two["stranger"])
    assert [seen(who) for who in ("stranger", "owner")] == [1, 1]  # one's own, which means nothing


def test_after_thirty_days_it_holds_no_more(two: Cast) -> None:
    live(two["owner"], "blues")
    measured(two["stranger"], two["owner"], 20)
    old = timezone.now() - timedelta(days=30, minutes=1)
    Latency.objects.filter(measured_by=two["owner"]).update(measured_at=old)
    assert card(two) == {"blues": None}


@pytest.mark.clause("purposes")
@pytest.mark.parametrize("who", ["stranger", "owner"])
def test_a_no_of_either_deletes_what_was_kept(two: Cast, who: str) -> None:
    measured(two["stranger"], two["owner"], 20)
    consent.withdraw(two[who], "latency", channel=Channel.SETTINGS)
    assert not Latency.objects.exists()


def test_one_may_take_a_pair_back_and_nobody_elses(two: Cast) -> None:
    agree(two["participant"])
    measured(two["stranger"], two["owner"], 20)
    row = Latency.objects.get(measured_by=two["stranger"])
    latency.take_back(two["participant"], row)
    assert Latency.objects.count() == 2
    latency.take_back(two["stranger"], row)
    assert not Latency.objects.exists()


def told(cast: Cast, frames: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Be in a room with its owner as `stranger`, say something; return welcome and errors.

    `peer` "owner" is filled in.
    """
    jam = live(cast["owner"], "room")
    Participant.objects.create(session=jam, user=cast["stranger"])
    path = PATHS["jam-socket"].format(jam.public_id)
    cookies = {role: cookie_of(cast, role) for role in ("owner", "stranger")}

    @async_to_sync
    async def talk() -> list[dict[str, Any]]:
        sockets = {role: Socket(path, cookies[role]) for role in cookies}
        peers = {}
        for role, socket in sockets.items():
            await socket.open()
            await socket.say({"t": "hello"})
            while (frame := await socket.hear())["t"] != "welcome":
                pass
            peers[role] = frame["you"]
        heard = [frame]
        for said in frames:
            await sockets["stranger"].say({**said, "peer": peers.get(said["peer"], said["peer"])})
        ref = str(uuid.uuid4())
        await sockets["stranger"].say({"t": "chat", "text": "now", "ref": ref})
        while (frame := await sockets["stranger"].hear()).get("t") != "ack":
            heard += [frame] if frame["t"] == "error" else []
        for socket in sockets.values():
            await socket.close()
        return heard

    return talk()


def test_a_room_keeps_what_a_browser_measures(two: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr("django.db.transaction.on_commit", lambda does, **_: does())
    welcome, *errors = told(two, [{"t": "measured", "peer": "owner", "round_trip_ms": 70.5}])
    assert (welcome["measures"], errors) == (True, [])
    rows = Latency.objects.values_list("measured_by", "partner", "grade")
    assert list(rows) == [(two["stranger"].pk, two["owner"].pk, 2)]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"peer": "nobody", "round_trip_ms": 5}, "missing"),
        ({"peer": "stranger", "round_trip_ms": 5}, "missing"),
        ({"peer": "owner", "round_trip_ms": -1}, "invalid"),
        ({"peer": "owner", "round_trip_ms": 60_001}, "invalid"),
        ({"peer": "owner", "round_trip_ms": "5\0"}, "invalid"),
        ({"peer": "owner"}, "invalid"),
    ],
)
def test_what_cant_be_is_refused_and_ends_nothing(
    two: Cast, frame: dict[str, Any], code: str, monkeypatch: Any
) -> None:
    monkeypatch.setattr("django.db.transaction.on_commit", lambda does, **_: does())
    _welcome, error = told(two, [{"t": "measured", **frame}])
    assert (error["for"], error["code"]) == ("measured", code)
    assert not Latency.objects.exists()


def test_it_is_told_at_most_so_often(two: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr("django.db.transaction.on_commit", lambda does, **_: does())
    monkeypatch.setattr(limits, "LATENCIES", limits.Limit("latency", 1, 600))
    frame = {"t": "measured", "peer": "owner", "round_trip_ms": 5}
    _welcome, error = told(two, [frame, frame])
    assert (error["for"], error["code"]) == ("measured", "too_many")


def test_who_didnt_agree_isnt_asked_to_measure(cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr("django.db.transaction.on_commit", lambda does, **_: does())
    (welcome,) = told(cast, [])
    assert welcome["measures"] is False
