"""A locked session gives no new seat to anybody, and takes none away."""

from typing import Any

import pytest
from django.urls import reverse

from sessions_app.models import JamSession, Participant
from sessions_app.services import hosting, rooms, sessions
from sessions_app.services.recording import Refused
from tests.cast import Cast
from tests.privacy.talking import Socket
from tests.privacy.test_sockets import one_connection, with_socket

__all__ = ["one_connection"]
SAID = "This session is locked: nobody takes a new seat until a host unlocks it."


@pytest.fixture
def jam(cast: Cast) -> JamSession:
    return cast.sessions["public"]


def turn(cast: Cast, jam: JamSession, role: str, action: str) -> Any:
    url = reverse("jam_door", args=[jam.public_id])
    return cast.client(role).post(url, {"action": action}, follow=True)


def test_nobody_takes_a_new_seat_and_who_has_one_comes_and_goes(
    cast: Cast, jam: JamSession
) -> None:
    link = reverse("invite", args=[sessions.token_of(sessions.invite(jam, cast["owner"]))])
    page = turn(cast, jam, "owner", "lock").content.decode()
    assert "Locked: nobody takes a new seat." in page and "Unlock the session" in page
    assert "The session is locked: links let nobody in until you unlock it." in page

    client = cast.client("stranger")
    for door in (jam.get_absolute_url(), link):
        seen = client.get(door).content.decode()
        assert SAID in seen and "Take a seat" not in seen and ">Join<" not in seen
    for door in (reverse("join_jam", args=[jam.public_id]), link):
        assert SAID in client.post(door, follow=True).content.decode()
    assert not Participant.objects.filter(session=jam, user=cast["stranger"]).exists()
    assert client.get(f"/api/v1/sessions/{jam.public_id}/").json()["locked"] is True

    guest = cast.client("participant")
    page = guest.get(jam.get_absolute_url()).content.decode()
    assert "Enter the room" in page and SAID not in page
    assert guest.get(reverse("room", args=[jam.public_id])).status_code == 200
    assert guest.post(link, follow=True).status_code == 200

    turn(cast, jam, "owner", "unlock")
    client.post(reverse("join_jam", args=[jam.public_id]))
    assert Participant.objects.filter(session=jam, user=cast["stranger"]).exists()


def test_it_is_the_hosts_to_turn(cast: Cast, jam: JamSession) -> None:
    for role in ("participant", "stranger"):
        assert turn(cast, jam, role, "lock").status_code == 404
    with pytest.raises(Refused):
        hosting.lock(jam, cast["participant"], locked=True)
    assert "There is no such action." in turn(cast, jam, "owner", "melt").content.decode()
    jam.refresh_from_db()
    assert not jam.is_locked
    rooms.close([jam.pk])
    assert "This session is closed." in turn(cast, jam, "owner", "lock").content.decode()
    page = cast.client("owner").get(jam.get_absolute_url()).content.decode()
    assert "Lock the session" not in page


def test_the_room_is_told_how_its_door_stands(
    cast: Cast, jam: JamSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.db.transaction.on_commit", lambda does, **_: does())
    path = f"/ws/jam/{jam.public_id}/"
    jar = cast.client("participant").cookies.output(header="", sep=";").strip().split(";")[0]

    async def talk(host: Socket) -> Any:
        guest = Socket(path, jar)
        await guest.open()
        await guest.say({"t": "hello"})
        told = [(await guest.hear())["session"]["locked"]]
        await host.say({"t": "hello"})
        await host.hear()
        await guest.hear()  # that the host came
        for locked in (True, True, False):
            await host.say({"t": "host.door", "locked": locked, "asks_first": False})
            heard = await host.hear() if locked != told[-1] else {}
            told.append((await guest.hear() if heard else {"locked": locked})["locked"])
        await guest.say({"t": "host.door", "locked": True, "asks_first": True})
        refused = (await guest.hear())["code"]
        await guest.close()
        return told, refused

    told, refused = with_socket(cast, "owner", path, talk)
    assert told == [False, True, True, False]
    assert refused == "refused"
