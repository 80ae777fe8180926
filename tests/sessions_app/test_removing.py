"""A host takes somebody out of a session: they stay out by every door until they are let in."""

from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from accounts.connections import services as ties
from privacy.gate.access import audience_of, visible
from privacy.models import Notice
from sessions_app.models import JamSession, Participant, Recording, RecordingConsent, Removal
from sessions_app.services import hosting, rooms, sessions
from sessions_app.services.recording import Refused
from tests.cast import Cast, person
from tests.privacy.talking import Socket
from tests.privacy.test_sockets import closing_code, one_connection, with_socket

__all__ = ["one_connection"]
REMOVED = 4403
SAID = "The host removed you from this session."


@pytest.fixture
def jam(cast: Cast) -> JamSession:
    return cast.sessions["public"]


def act(cast: Cast, jam: JamSession, role: str, action: str, whom: str) -> Any:
    url = reverse("jam_person", args=[jam.public_id])
    values = {"action": action, "person": cast[whom].public_id}
    return cast.client(role).post(url, values, follow=True)


def seats(jam: JamSession) -> set[str]:
    return set(jam.participants.values_list("user__username", flat=True))


def test_who_is_removed_has_no_way_back_until_a_host_lets_them_in(
    cast: Cast, jam: JamSession
) -> None:
    link = reverse("invite", args=[sessions.token_of(sessions.invite(jam, cast["owner"]))])
    client = cast.client("participant")
    page = act(cast, jam, "owner", "remove", "participant").content.decode()
    assert "They are out until you let them in again." in page
    assert "Not let in" in page and "Removed by mark-stage-owner" in page
    assert seats(jam) == {"owner"}

    seen = client.get(jam.get_absolute_url()).content.decode()
    assert SAID in seen and "Take a seat" not in seen and "Not let in" not in seen
    invited = client.get(link).content.decode()
    assert SAID in invited and ">Join<" not in invited
    for door in (reverse("join_jam", args=[jam.public_id]), link):
        assert SAID in client.post(door, follow=True).content.decode()
    assert client.get(reverse("room", args=[jam.public_id])).status_code == 404
    assert with_socket(cast, "participant", f"/ws/jam/{jam.public_id}/", closing_code) == REMOVED
    assert seats(jam) == {"owner"}

    page = act(cast, jam, "owner", "let-in", "participant").content.decode()
    assert "They may come in again." in page and "Not let in" not in page
    assert SAID not in client.get(jam.get_absolute_url()).content.decode()
    client.post(reverse("join_jam", args=[jam.public_id]))
    assert seats(jam) == {"owner", "participant"}


@pytest.mark.clause("who-sees")
def test_who_is_removed_sees_what_its_audience_sees(cast: Cast) -> None:
    private = cast.sessions["participants"]
    client = cast.client("participant")
    assert client.get(private.get_absolute_url()).status_code == 200
    act(cast, private, "owner", "remove", "participant")
    assert client.get(private.get_absolute_url()).status_code == 404
    assert client.get(f"/api/v1/sessions/{private.public_id}/").status_code == 404
    heard = client.get(f"/api/v1/recordings/{cast.recordings['participants'].public_id}/")
    assert heard.status_code == 200  # their own sound is in it


def test_they_are_told_that_it_was_the_host_and_nothing_else(cast: Cast) -> None:
    for key, url in (("public", cast.sessions["public"].get_absolute_url()), ("participants", "")):
        act(cast, cast.sessions[key], "owner", "remove", "participant")
        (told,) = Notice.objects.filter(user=cast["participant"], kind="rooms")
        assert (told.title, told.url) == ("The host removed you from a session", url)
        assert told.status == Notice.Status.DONE  # no mail
        assert "mark-" not in told.title + told.text
        told.delete()
    held = cast.client("participant").get(reverse("held_kind", args=["sessions-app-removal"]))
    page = held.content.decode().split("<main", 1)[1]
    assert "mark-session-owner-public" in page and "owner/" not in page


def test_it_is_the_hosts_alone_to_do(cast: Cast, jam: JamSession) -> None:
    sessions.join(jam, cast["former"])
    for role in ("participant", "stranger", "former"):
        for action in ("remove", "let-in"):
            assert act(cast, jam, role, action, "former").status_code == 404
    for who, why in (("owner", "The session's host can't be removed."),
                     ("stranger", "This person isn't there any more."),
                     ("leaving", "This person isn't there any more.")):  # fmt: skip
        assert why in unescape(act(cast, jam, "owner", "remove", who).content.decode())
    assert "There is no such action." in act(cast, jam, "owner", "sing", "former").content.decode()
    with pytest.raises(Refused):
        hosting.remove(jam, cast["participant"], cast["former"])
    assert seats(jam) == {"owner", "participant", "former"}
    page = cast.client("participant").get(jam.get_absolute_url()).content.decode()
    assert 'value="remove"' not in page  # nothing is offered that will be refused


def test_removing_twice_or_who_left_already_changes_nothing(cast: Cast, jam: JamSession) -> None:
    hosting.remove(jam, cast["owner"], cast["participant"])
    hosting.remove(jam, cast["owner"], cast["participant"])
    assert Removal.objects.count() == Notice.objects.filter(kind="rooms").count() == 1
    with pytest.raises(Refused, match="has no seat here"):
        hosting.remove(jam, cast["owner"], cast["stranger"])
    hosting.let_in_again(jam, cast["owner"], cast["stranger"])
    rooms.close([jam.pk])
    assert not Removal.objects.exists()  # there is nothing to be let into
    with pytest.raises(Refused, match="closed"):
        hosting.remove(jam, cast["owner"], cast["participant"])


@pytest.mark.clause("who-sees", "blocks")
def test_only_its_hosts_and_who_was_removed_see_it(cast: Cast, jam: JamSession) -> None:
    hosting.remove(jam, cast["owner"], cast["participant"])
    (row,) = Removal.objects.all()
    assert set(audience_of(row)) == {cast["owner"], cast["participant"]}
    for role in ("former", "stranger", "anonymous"):
        assert not visible(Removal, cast.viewer(role)).exists()
    ties.block(cast["participant"], cast["owner"])
    page = cast.client("owner").get(jam.get_absolute_url()).content.decode()
    assert "Not let in" not in page  # a block holds in lists of hosts too


def test_an_asking_that_they_were_in_ends(cast: Cast, jam: JamSession) -> None:
    take = Recording.objects.create(session=jam, owner=cast["owner"], state="asking")
    for role in ("owner", "participant"):
        RecordingConsent.objects.create(recording=take, user=cast[role], text_version="test")
    hosting.remove(jam, cast["owner"], cast["participant"])
    take.refresh_from_db()
    assert take.state == "declined"


@pytest.mark.clause("leaving")
def test_a_removal_outlives_the_host_who_made_it_and_goes_with_the_removed(
    cast: Cast, jam: JamSession
) -> None:
    hosting.remove(jam, cast["owner"], cast["participant"])
    assert hosting.purge_removals(cast["owner"], 10) == 1
    assert list(Removal.objects.values_list("user__username", "by")) == [("participant", None)]
    assert hosting.purge_removals(cast["participant"], 10) == 1
    assert hosting.purge_removals(cast["participant"], 10) == 0
    assert not Removal.objects.exists()


def test_the_room_of_who_is_removed_closes_with_a_code_of_its_own(
    cast: Cast, jam: JamSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.db.transaction.on_commit", lambda does, **_: does())
    Participant.objects.create(session=jam, user=cast["stranger"])
    barred = person("barred")
    ties.block(cast["owner"], barred)
    path = f"/ws/jam/{jam.public_id}/"
    jar = cast.client("participant").cookies.output(header="", sep=";").strip().split(";")[0]

    async def talk(host: Socket) -> Any:
        guest = Socket(path, jar)
        await guest.open()
        for socket in (host, guest):
            await socket.say({"t": "hello"})
            assert (await socket.hear())["t"] == "welcome"
        joined = await host.hear()
        answers = []
        for who, said_by in ((cast["owner"], guest), (barred, host), (cast["owner"], host)):
            await said_by.say({"t": "host.remove", "user": who.public_id})
            answers.append((await said_by.hear()).get("code"))
        await host.say({"t": "host.remove", "user": joined["user"]})
        last = await guest.hear()
        await guest.close()
        left = await host.hear()
        return answers, last, left["t"]

    answers, last, left = with_socket(cast, "owner", path, talk)
    assert answers == ["refused", "missing", "refused"]
    assert last == {"closed": REMOVED}
    assert left == "peer.left"
    assert seats(jam) == {"owner", "stranger"}
