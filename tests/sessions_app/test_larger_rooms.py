"""Rooms of more than eight: who gets in, who is put out at the media server, what its word does."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts.models import User
from integrations import livekit
from sessions_app import presence
from sessions_app.models import JamSession, Participant, SfuRoom, SfuStay
from sessions_app.services import hosting, rooms, sessions, sfu
from sessions_app.services.recording import Refused
from sessions_app.tasks import settle_sfu_room, settle_sfu_stay
from tests.cast import Cast, person
from tests.livekit_server import LiveKit, signed_event
from tests.privacy.test_sockets import one_connection
from tests.sessions_app.test_direct import in_the_room

__all__ = ["one_connection"]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's transaction is never committed: what follows a commit follows at once."""
    monkeypatch.setattr("django.db.transaction.on_commit", lambda does, **_: does())
    monkeypatch.setattr("foundation.work.send", lambda job, *keys: None)


@pytest.fixture
def server(settings: Any) -> Iterator[LiveKit]:
    found = LiveKit()
    for name, value in found.settings.items():
        setattr(settings, name, value)
    yield found
    found.close()


@pytest.fixture
def jam(cast: Cast, server: LiveKit) -> JamSession:
    jam = cast.sessions["public"]
    JamSession.objects.filter(pk=jam.pk).update(places=12)
    jam.refresh_from_db()
    return jam


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> list[User]:
    """Whom Valkey knows to be in the room; to be changed by a test."""
    people: list[User] = []

    def answer(keys: Any) -> dict[int, list[presence.Peer]]:
        return {key: [presence.Peer(str(one.pk), one.pk) for one in people] for key in keys}

    monkeypatch.setattr(presence, "inside", answer)
    return people


def settle() -> None:
    """Do what a worker does with whatever is due."""
    for key in SfuRoom.due():
        settle_sfu_room(key)
    for key in SfuStay.due():
        settle_sfu_stay(key)


def later(**time: float) -> None:
    """Let time pass for stays and rooms: what was then is longer ago by so much."""
    gone = timedelta(**time)
    for model in (SfuRoom, SfuStay):
        for row in model.objects.all():
            for name in ("due_at", "ended_at", "seen_at", "made_at"):
                if getattr(row, name, None) is not None:
                    setattr(row, name, getattr(row, name) - gone)
            row.save()


def removed(server: LiveKit) -> list[str]:
    return [body["identity"] for method, body in server.calls if method == "RemoveParticipant"]


def test_a_room_holds_as_many_as_the_site_can_carry(
    cast: Cast, jam: JamSession, settings: Any
) -> None:
    for number in range(7):
        Participant.objects.create(session=jam, user=person(f"player-{number}"))
    assert sessions.join(jam, cast["stranger"]).user == cast["stranger"]  # the tenth
    settings.LIVEKIT_URL = ""
    with pytest.raises(sessions.Full):
        sessions.join(jam, person("eleventh"))


def test_more_places_than_the_site_can_carry_are_refused_with_the_reason(
    cast: Cast, server: LiveKit, settings: Any
) -> None:
    about: dict[str, Any] = {"title": "", "about": "", "audience": "members"}
    assert sessions.open_session(cast["owner"], places=24, **about).is_large
    for places in (7, 25):
        with pytest.raises(ValidationError, match="8 to 24 places"):
            sessions.open_session(cast["owner"], places=places, **about)
    assert "Places in the room" in cast.client("owner").get("/jam/new/").content.decode()
    settings.LIVEKIT_URL = ""
    with pytest.raises(ValidationError, match="which this site has none of"):
        sessions.open_session(cast["owner"], places=9, **about)
    page = cast.client("owner").get("/jam/new/").content.decode()
    assert "Places in the room" not in page
    assert "more need a media server, which this site has none of" in page


def test_the_room_says_where_its_sound_goes_and_connects_there_alone(
    cast: Cast, jam: JamSession, server: LiveKit
) -> None:
    client = cast.client("participant")
    page = client.get(f"/jam/{jam.public_id}/room/")
    small = client.get(f"/jam/{cast.sessions['participants'].public_id}/room/")
    assert 'data-sfu="Testland"' in page.content.decode()
    assert 'data-policy="relay"' in page.content.decode()
    assert "data-sfu" not in small.content.decode()
    sources = {
        answer: next(
            part for part in answer["Content-Security-Policy"].split("; ") if "connect-src" in part
        )
        for answer in (page, small, client.get("/"))
    }
    assert [server.url in said for said in sources.values()] == [True, False, False]
    assert [server.http in said for said in sources.values()] == [True, False, False]


def test_a_way_in_is_for_who_has_a_seat_and_the_stay_is_one(
    cast: Cast, jam: JamSession, server: LiveKit
) -> None:
    first = sfu.enter(jam, cast["participant"], publishes=True)
    again = sfu.enter(jam, cast["participant"], publishes=True)
    other = sfu.enter(jam, cast["owner"], publishes=False)
    assert first.identity == again.identity != other.identity
    name = SfuRoom.objects.get(session=jam).name
    assert list(server.rooms) == [name]
    assert server.rooms[name].max_participants == 12
    said = f"{first}{server.calls}"
    for secret in (cast["participant"].username, jam.public_id, jam.title):
        assert secret not in said
    with pytest.raises(Refused):
        sfu.enter(jam, cast["stranger"], publishes=True)
    with pytest.raises(Refused):
        sfu.enter(cast.sessions["participants"], cast["participant"], publishes=True)
    rooms.close([jam.pk])
    with pytest.raises(Refused):
        sfu.enter(jam, cast["participant"], publishes=True)


def test_who_is_removed_is_out_at_the_server_until_no_token_works(
    cast: Cast, jam: JamSession, server: LiveKit, inside: list[User]
) -> None:
    way_in = sfu.enter(jam, cast["participant"], publishes=True)
    inside.append(cast["participant"])
    server.away = True
    hosting.remove(jam, cast["owner"], cast["participant"])
    settle()  # the server is away: nothing is lost
    assert (SfuStay.objects.get().status, removed(server)) == (SfuStay.Status.WAITING, [])
    server.away = False
    later(minutes=1)
    settle()
    later(minutes=1)
    settle()
    assert removed(server) == [way_in.identity] * 2
    later(minutes=12)
    settle()
    assert SfuStay.objects.get().status == SfuStay.Status.DONE
    # Whoever comes with a token of then is put out anew.
    room = SfuRoom.objects.get()
    sfu.take_event(livekit.Event("participant_joined", room.name, way_in.identity))
    settle()
    assert removed(server) == [way_in.identity] * 4


def test_a_killed_worker_delays_a_removal_and_loses_none(
    cast: Cast, jam: JamSession, server: LiveKit, inside: list[User]
) -> None:
    way_in = sfu.enter(jam, cast["participant"], publishes=True)
    hosting.remove(jam, cast["owner"], cast["participant"])
    assert SfuStay.claim(SfuStay.objects.get().pk) is not None  # and no word of it any more
    settle()
    assert removed(server) == []
    SfuStay.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    settle()
    assert removed(server) == [way_in.identity]


@pytest.mark.parametrize("why", ["seat", "block", "away", "leaves", "session"])
def test_who_may_not_or_does_not_stay_is_put_out_by_the_next_look(
    cast: Cast, jam: JamSession, server: LiveKit, inside: list[User], why: str
) -> None:
    from accounts.connections import services as ties

    way_in = sfu.enter(jam, cast["participant"], publishes=True)
    inside.append(cast["participant"])
    later(minutes=2)
    settle()
    assert removed(server) == []
    if why == "seat":
        Participant.objects.filter(session=jam, user=cast["participant"]).delete()
    elif why == "block":
        ties.block(cast["owner"], cast["participant"])
    elif why == "away":
        inside.clear()
    elif why == "leaves":
        cast["participant"].leave()
    else:
        JamSession.objects.filter(pk=jam.pk).update(closes_at=timezone.now())
    sfu.look(jam, cast["participant"].pk)
    later(minutes=2)
    settle()
    told = {method for method, _body in server.calls} - {"CreateRoom"}
    assert told == ({"DeleteRoom"} if why == "session" else {"RemoveParticipant"})
    assert set(removed(server)) <= {way_in.identity}
    assert SfuStay.objects.get().ended_at is not None


def test_nobody_is_taken_for_gone_while_valkey_is_away(
    cast: Cast, jam: JamSession, server: LiveKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    sfu.enter(jam, cast["participant"], publishes=True)
    monkeypatch.setattr(presence, "inside", lambda keys: None)
    later(hours=1)
    settle()
    assert SfuStay.objects.get().ended_at is None


def test_a_rooms_end_deletes_it_there_and_its_rows_go(
    cast: Cast, jam: JamSession, server: LiveKit, inside: list[User]
) -> None:
    sfu.enter(jam, cast["participant"], publishes=True)
    rooms.close([jam.pk])
    server.away = True
    settle()
    server.away = False
    assert len(server.rooms) == 1
    later(minutes=1)
    settle()
    assert server.rooms == {}
    later(minutes=12)
    settle()
    assert (SfuRoom.objects.count(), SfuStay.objects.count()) == (0, 0)


def test_a_session_that_is_deleted_ends_at_the_server_too(
    cast: Cast, jam: JamSession, server: LiveKit, inside: list[User]
) -> None:
    sfu.enter(jam, cast["participant"], publishes=True)
    JamSession.objects.filter(pk=jam.pk).delete()
    later(minutes=1)
    settle()
    assert server.rooms == {}


def test_a_hosts_mute_reaches_the_server(
    cast: Cast, jam: JamSession, server: LiveKit, inside: list[User]
) -> None:
    sfu.enter(jam, cast["participant"], publishes=True)
    inside.append(cast["participant"])
    sfu.mute(jam, cast["participant"].pk)
    settle()
    assert [method for method, _ in server.calls] == ["CreateRoom", "GetParticipant"]
    assert not SfuStay.objects.get().mutes


# Webhooks ---------------------------------------------------------------------------------


def post(body: bytes, headers: dict[str, str]) -> Any:
    return Client().post(
        "/hooks/livekit/", body, content_type=headers["Content-Type"],
        headers={"Authorization": headers["Authorization"]},
    )  # fmt: skip


def test_its_word_alone_ends_nobodys_stay_and_twice_is_once(
    cast: Cast, jam: JamSession, server: LiveKit, inside: list[User]
) -> None:
    here = sfu.enter(jam, cast["participant"], publishes=True)
    gone = sfu.enter(jam, cast["owner"], publishes=True)
    inside.append(cast["participant"])
    name = SfuRoom.objects.get().name
    for kind in ("participant_left", "participant_left", "room_finished", "participant_joined"):
        for identity in (here.identity, gone.identity, "unknown", ""):
            assert post(*signed_event(kind, name, identity)).status_code == 200
    for kind in ("room_started", "egress_ended", "something new", ""):
        assert post(*signed_event(kind, "another room")).status_code == 200
    ended = dict(SfuStay.objects.values_list("identity", "ended_at"))
    assert ended[here.identity] is None
    assert ended[gone.identity] is not None
    assert SfuRoom.objects.get().made_at is None  # the next token makes it anew
    assert sfu.enter(jam, cast["participant"], publishes=True).identity == here.identity
    assert sfu.enter(jam, cast["owner"], publishes=True).identity != gone.identity


def test_what_is_unsigned_or_huge_is_refused_as_a_problem(
    cast: Cast, jam: JamSession, server: LiveKit, inside: list[User], settings: Any
) -> None:
    sfu.enter(jam, cast["owner"], publishes=True)
    name = SfuRoom.objects.get().name
    body, headers = signed_event("room_finished", name)
    false = {**headers, "Authorization": "Bearer nonsense"}
    huge = signed_event("room_finished", name, filler="x" * livekit.LONGEST_EVENT)
    answers = [post(body, false), post(body + b" ", headers), post(*huge)]
    assert [answer.status_code for answer in answers] == [401, 401, 413]
    assert {answer["Content-Type"] for answer in answers} == {"application/problem+json"}
    assert SfuStay.objects.get().ended_at is None
    settings.LIVEKIT_URL = ""
    assert post(body, headers).status_code == 401
    assert Client().get("/hooks/livekit/").status_code == 405


# The socket -------------------------------------------------------------------------------


def test_nothing_passes_between_browsers_and_each_is_known_by_a_stay(
    cast: Cast, jam: JamSession, server: LiveKit
) -> None:
    async def talk(owner: Any, participant: Any) -> None:
        assert owner.welcome["sfu"] == "Testland"
        assert (owner.welcome["ice"], owner.welcome["policy"]) == ([], "relay")
        assert owner.welcome["direct"] is None
        await participant.says(t="sfu", publishes=True)
        way_in = await participant.until("sfu")
        assert way_in["url"] == server.url
        seen = await owner.until("state", peer=participant.peer)
        assert (seen["sfu"], seen["policy"]) == (way_in["identity"], "relay")
        await owner.signal(participant, {"k": "offer", "turn": 1, "sdp": "c=IN IP4 192.168.7.31"})
        refused = await owner.until("error")
        assert (refused["for"], refused["code"]) == ("signal", "refused")
        server.away = True
        await owner.says(t="sfu", publishes="yes")
        assert (await owner.until("error"))["code"] == "invalid"

    in_the_room(cast, jam, talk, "owner", "participant")
