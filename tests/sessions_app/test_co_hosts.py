"""Who hosts a session: co-hosts, rights of each, passing it on, and a host who goes."""

from typing import Any

import pytest
from django.urls import reverse

from privacy import erasure
from privacy.gate.access import audience_of
from privacy.models import Notice
from sessions_app.models import JamSession, Knock, Participant, Recording
from sessions_app.services import chat, hosting, passing, recording, sessions, waiting
from sessions_app.services.recording import Refused
from tests.cast import Cast, person
from tests.privacy.talking import Socket
from tests.privacy.test_sockets import one_connection, with_socket

__all__ = ["one_connection"]
ALL = {"chat": True, "record": True, "tempo": True, "invite": True}


@pytest.fixture
def jam(cast: Cast) -> JamSession:
    """A public session: the owner's, with the participant as co-host and two players."""
    session = cast.sessions["public"]
    for role in ("former", "stranger"):
        sessions.join(session, cast[role])
    passing.set_role(session, cast["owner"], cast["participant"], co_host=True)
    return session


def act(cast: Cast, jam: JamSession, role: str, action: str, whom: str, **sent: str) -> Any:
    url = reverse("jam_person", args=[jam.public_id])
    values = {"action": action, "person": cast[whom].public_id, **sent}
    return cast.client(role).post(url, values, follow=True)


def role_of(jam: JamSession, user: Any) -> str:
    return jam.participants.get(user=user).role


def test_a_co_host_hosts_but_not_the_host(cast: Cast, jam: JamSession) -> None:
    page = cast.client("participant").get(jam.get_absolute_url()).content.decode()
    assert "Lock the session" in page and "Make a link" in page and 'value="remove"' in page
    for absent in ('value="appoint"', 'value="offer"', "Close this session", "Keep it open:"):
        assert absent not in page
    act(cast, jam, "participant", "remove", "stranger")
    hosting.ask_first(jam, cast["participant"], asks=True)
    hosting.let_in_again(jam, cast["participant"], cast["stranger"])
    waiting.knock(jam, cast["stranger"])
    assert set(audience_of(Knock.objects.get())) == {
        cast["owner"], cast["participant"], cast["stranger"],
    }  # fmt: skip
    assert "They are in." in act(cast, jam, "participant", "admit", "stranger").content.decode()
    link = sessions.invite(jam, cast["participant"])
    assert sessions.join(jam, person("guest"), invite=link)  # a co-host's link is a host's

    passing.set_role(jam, cast["owner"], cast["former"], co_host=True)
    for service in (
        lambda who: hosting.remove(jam, cast["participant"], who),
        lambda who: hosting.check_mute(jam, cast["participant"], who),
        lambda who: passing.set_role(jam, cast["participant"], who, co_host=False),
        lambda who: passing.set_rights(jam, cast["participant"], who, **ALL),
        lambda who: passing.offer(jam, cast["participant"], who),
    ):
        for who in (cast["owner"], cast["former"]):
            with pytest.raises(Refused):
                service(who)
    for route in ("close_jam", "delete_jam", "jam_audience", "keep_jam"):
        url = reverse(route, args=[jam.public_id])
        assert cast.client("participant").post(url).status_code == 404


def test_the_host_makes_and_unmakes_co_hosts(cast: Cast, jam: JamSession) -> None:
    page = act(cast, jam, "owner", "appoint", "stranger").content.decode()
    assert "They host this session with you from now on." in page
    assert role_of(jam, cast["stranger"]) == "co_host"
    page = act(cast, jam, "owner", "dismiss", "stranger").content.decode()
    assert "They are a player again." in page
    assert role_of(jam, cast["stranger"]) == "player"
    url = reverse("jam_door", args=[jam.public_id])
    assert cast.client("stranger").post(url, {"action": "lock"}).status_code == 404
    with pytest.raises(Refused, match="every right already"):
        passing.set_role(jam, cast["owner"], cast["owner"], co_host=True)


def test_a_right_that_is_taken_is_refused_and_comes_back(cast: Cast, jam: JamSession) -> None:
    def say() -> None:
        ref = "3f0e6f0c-5d1f-4c55-9f5e-0d6a1f6c1c11"
        chat.say(jam, cast["stranger"], text="hello", ref=ref)

    say()
    act(cast, jam, "participant", "rights", "stranger")  # no box is ticked
    with pytest.raises(Refused, match="don't write in this room"):
        say()
    with pytest.raises(Refused, match="don't ask to record"):
        recording.ask(jam, cast["stranger"], [])
    assert not Recording.objects.filter(session=jam).exists()
    room = reverse("room", args=[jam.public_id])
    assert "room-address" not in cast.client("stranger").get(room).content.decode()
    assert "room-address" in cast.client("former").get(room).content.decode()
    act(cast, jam, "owner", "rights", "stranger", chat="1", record="1", tempo="1", invite="1")
    say()
    assert "room-address" in cast.client("stranger").get(room).content.decode()
    act(cast, jam, "owner", "rights", "participant", chat="1", record="1", tempo="1")
    made = reverse("make_invite", args=[jam.public_id])
    assert cast.client("participant").post(made).status_code == 404


def test_a_session_passes_on_with_a_yes(cast: Cast, jam: JamSession) -> None:
    JamSession.objects.filter(pk=jam.pk).update(audience="followers")
    url = reverse("answer_jam_offer", args=[jam.public_id])
    client = cast.client("stranger")

    def answer(said: str) -> str:
        return str(client.post(url, {"answer": said}, follow=True).content.decode())

    assert "aren&#x27;t asked to take this session over" in answer("yes")
    page = act(cast, jam, "owner", "offer", "stranger").content.decode()
    assert "You are the host until they say yes." in page
    assert "Will you host this session?" in client.get(jam.get_absolute_url()).content.decode()
    assert Notice.objects.get(user=cast["stranger"]).url == jam.get_absolute_url()
    assert "It stays as it is." in answer("no")
    assert "aren&#x27;t asked to take this session over" in answer("yes")
    passing.offer(jam, cast["owner"], cast["stranger"])
    passing.offer(jam, cast["owner"], cast["former"])  # who was asked before isn't any more
    assert "aren&#x27;t asked to take this session over" in answer("yes")
    passing.offer(jam, cast["owner"], cast["stranger"])
    assert "You are the host of this session now." in answer("yes")
    jam.refresh_from_db()
    assert (jam.host, jam.offered_to) == (cast["stranger"], None)
    assert jam.audience == "participants"  # followers would be another's followers
    assert role_of(jam, cast["owner"]) == "co_host"
    with pytest.raises(Refused, match="Only the session's host"):
        passing.offer(jam, cast["owner"], cast["former"])


def test_who_was_asked_and_removed_takes_nothing_over(cast: Cast, jam: JamSession) -> None:
    passing.offer(jam, cast["owner"], cast["stranger"])
    hosting.remove(jam, cast["participant"], cast["stranger"])
    with pytest.raises(Refused, match="any more"):
        passing.answer(jam, cast["stranger"], yes=True)
    jam.refresh_from_db()
    assert jam.host == cast["owner"]


@pytest.mark.clause("leaving")
@pytest.mark.promise("JK-14")
def test_a_room_goes_on_with_its_longest_co_host(cast: Cast, jam: JamSession) -> None:
    passing.set_role(jam, cast["owner"], cast["former"], co_host=True)
    take = Recording.objects.create(
        session=jam, owner=cast["stranger"], title=jam.title, state="ready", audience="public"
    )
    opened = jam.created_at
    erasure.request(cast["owner"])
    jam.refresh_from_db()
    take.refresh_from_db()
    assert (jam.host, jam.is_open, jam.created_at) == (cast["participant"], True, opened)
    assert (jam.title, jam.about, jam.audience) == ("", "", "participants")
    assert take.title == ""  # the leaver's words on others' takes
    assert role_of(jam, cast["former"]) == "co_host"
    assert role_of(jam, cast["owner"]) == "player"
    assert cast.client("former").get(jam.get_absolute_url()).status_code == 200
    assert cast.client("anonymous").get(jam.get_absolute_url()).status_code == 404
    erasure.request(cast["participant"])
    erasure.request(cast["former"])
    jam.refresh_from_db()
    assert not jam.is_open  # nobody hosts it any more


def test_the_room_is_told_who_is_what(
    cast: Cast, jam: JamSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.db.transaction.on_commit", lambda does, **_: does())
    path = f"/ws/jam/{jam.public_id}/"
    jar = cast.client("stranger").cookies.output(header="", sep=";").strip().split(";")[0]
    user = cast["stranger"].public_id
    Participant.objects.filter(session=jam, user=cast["former"]).delete()

    async def until(socket: Socket, kind: str) -> dict[str, Any]:
        while (frame := await socket.hear())["t"] != kind:
            pass
        return frame

    async def talk(host: Socket) -> list[Any]:
        guest = Socket(path, jar)
        await guest.open()
        await host.say({"t": "hello"})
        seen: list[Any] = [(await until(host, "welcome"))["seat"]]
        await guest.say({"t": "hello"})
        seen.append((await until(guest, "welcome"))["seat"])
        joined = await until(host, "peer.joined")
        seen.append((joined["role"], joined["rights"]))
        await host.say({"t": "host.rights", "user": user, **ALL, "chat": False})
        seen.append((await until(guest, "seat"))["rights"])
        seen.append((await until(host, "state"))["rights"])
        ref = "3f0e6f0c-5d1f-4c55-9f5e-0d6a1f6c1c11"
        await guest.say({"t": "chat", "text": "hello", "ref": ref})
        refused = await until(guest, "error")
        seen.append((refused["code"], refused["ref"]))
        await host.say({"t": "host.role", "user": user, "co_host": True})
        seen.append((await until(guest, "seat"))["role"])
        await host.say({"t": "host.offer", "user": user})
        seen.append((await until(guest, "seat"))["offered"])
        await guest.say({"t": "host.take", "yes": True})
        seat = await until(guest, "seat")
        seen.append((seat["role"], seat["offered"]))
        while (seat := await until(host, "seat"))["role"] == "host":
            pass
        seen.append(seat["role"])
        await guest.close()
        return seen

    assert with_socket(cast, "owner", path, talk) == [
        {"role": "host", "rights": ALL, "offered": False},
        {"role": "player", "rights": ALL, "offered": False},
        ("player", ALL),
        {**ALL, "chat": False},
        {**ALL, "chat": False},
        ("refused", "3f0e6f0c-5d1f-4c55-9f5e-0d6a1f6c1c11"),
        "co_host",
        True,
        ("host", False),
        "co_host",
    ]


def test_the_room_knows_where_an_account_is_reported(cast: Cast, jam: JamSession) -> None:
    page = cast.client("stranger").get(reverse("room", args=[jam.public_id])).content.decode()
    assert 'data-people="/@"' in page and 'data-report="/children/report/"' in page
    form = cast.client("stranger").get("/children/report/?account=owner").content.decode()
    assert 'value="owner"' in form
