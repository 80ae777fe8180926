"""The waiting room: who would come in asks a host; nobody waits who couldn't come in."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.connections import services as ties
from foundation import limits
from privacy.gate.access import audience_of
from privacy.models import Notice
from sessions_app.models import JamSession, Knock
from sessions_app.services import hosting, rooms, sessions, waiting
from sessions_app.services.recording import Refused
from sessions_app.tasks import sweep
from tests.cast import Cast, person
from tests.presence import come_in
from tests.privacy.talking import Socket
from tests.privacy.test_sockets import one_connection, with_socket

__all__ = ["one_connection"]


@pytest.fixture
def jam(cast: Cast) -> JamSession:
    hosting.ask_first(cast.sessions["public"], cast["owner"], asks=True)
    cast.sessions["public"].refresh_from_db()
    return cast.sessions["public"]


def ask(cast: Cast, jam: JamSession, role: str) -> str:
    url = reverse("join_jam", args=[jam.public_id])
    return str(cast.client(role).post(url, follow=True).content.decode())


def look(cast: Cast, jam: JamSession, role: str, **headers: str) -> Any:
    return cast.client(role, headers=headers).get(reverse("wait_at_jam", args=[jam.public_id]))


def answer(cast: Cast, jam: JamSession, role: str, action: str, whom: str) -> Any:
    url = reverse("jam_person", args=[jam.public_id])
    values = {"action": action, "person": cast[whom].public_id}
    return cast.client(role).post(url, values, follow=True)


def later(minutes: float) -> None:
    """Time passes in which nobody who waits gives a sign of life."""
    for knock in Knock.objects.all():
        Knock.objects.filter(pk=knock.pk).update(seen_at=knock.seen_at - timedelta(minutes=minutes))


def seats(jam: JamSession) -> set[str]:
    return set(jam.participants.values_list("user__username", flat=True))


def test_who_asks_waits_until_a_host_lets_them_in(cast: Cast, jam: JamSession) -> None:
    page = cast.client("stranger").get(jam.get_absolute_url()).content.decode()
    assert "Ask to come in" in page and "Take a seat" not in page
    page = ask(cast, jam, "stranger")
    assert "You wait to be let in. Nobody came before you." in page
    assert 'hx-trigger="every 4s"' in page and "Look again" in page
    assert "1 person came before you." in ask(cast, jam, "former")
    assert seats(jam) == {"owner", "participant"}

    door = cast.client("owner").get(jam.get_absolute_url()).content.decode()
    assert "Let mark-stage-stranger in" in door and "Let mark-stage-former in" in door
    assert door.index("Let mark-stage-stranger") < door.index("Let mark-stage-former")
    for role in ("participant", "stranger", "anonymous"):
        seen = cast.client(role).get(jam.get_absolute_url()).content.decode()
        assert "mark-stage-former" not in seen and "waits since" not in seen

    assert "They are in." in answer(cast, jam, "owner", "admit", "stranger").content.decode()
    assert seats(jam) == {"owner", "participant", "stranger"}
    room = reverse("room", args=[jam.public_id])
    assert look(cast, jam, "stranger")["Location"] == room
    assert look(cast, jam, "stranger", **{"HX-Request": "true"})["HX-Redirect"] == room
    assert list(Knock.objects.values_list("user__username", flat=True)) == ["former"]


def test_a_no_is_told_and_holds_for_a_while(cast: Cast, jam: JamSession) -> None:
    ask(cast, jam, "stranger")
    answer(cast, jam, "owner", "decline", "stranger")
    page = look(cast, jam, "stranger").content.decode()
    assert "A host didn’t let you in." in page and "hx-trigger" not in page.split("<main")[1]
    said = ask(cast, jam, "stranger")
    assert "You can ask again in ten minutes." in said
    later(9)
    assert "You can ask again in ten minutes." in ask(cast, jam, "stranger")
    cast.client("stranger").post(reverse("wait_at_jam", args=[jam.public_id]))
    assert "You can ask again in ten minutes." in ask(cast, jam, "stranger")
    later(2)
    assert "You wait to be let in." in ask(cast, jam, "stranger")


def test_who_is_gone_doesnt_wait_any_more(cast: Cast, jam: JamSession) -> None:
    ask(cast, jam, "stranger")
    later(9)
    look(cast, jam, "stranger")  # a sign of life
    later(9)
    page = cast.client("owner").get(jam.get_absolute_url()).content.decode()
    assert "Let mark-stage-stranger in" in page
    later(2)
    page = cast.client("owner").get(jam.get_absolute_url()).content.decode()
    assert "Let mark-stage-stranger in" not in page
    page = answer(cast, jam, "owner", "admit", "stranger").content.decode()
    assert "isn&#x27;t there any more" in page
    with pytest.raises(Refused, match="doesn't wait any more"):
        waiting.admit(jam, cast["owner"], cast["stranger"])
    sweep()
    assert not Knock.objects.exists()
    assert look(cast, jam, "stranger")["Location"] == jam.get_absolute_url()


def test_one_gives_up_by_hand_and_all_with_the_session(cast: Cast, jam: JamSession) -> None:
    ask(cast, jam, "stranger")
    url = reverse("wait_at_jam", args=[jam.public_id])
    page = cast.client("stranger").post(url, follow=True).content.decode()
    assert "You don&#x27;t wait any more." in page
    assert not Knock.objects.exists()
    ask(cast, jam, "stranger")
    rooms.close([jam.pk])
    assert not Knock.objects.exists()


@pytest.mark.clause("blocks", "children-seen")
def test_nobody_knocks_who_couldnt_come_in(cast: Cast, jam: JamSession) -> None:
    barred = person("barred")
    cast.people["barred"] = barred
    ties.block(barred, cast["owner"])
    url = reverse("join_jam", args=[jam.public_id])
    assert cast.client("barred").post(url).status_code == 404
    assert "You play with your own class here." in ask(cast, jam, "child")
    hosting.remove(jam, cast["owner"], cast["participant"])
    assert "The host removed you from this session." in ask(cast, jam, "participant")
    hosting.lock(jam, cast["owner"], locked=True)
    assert "This session is locked" in ask(cast, jam, "former")
    assert not Knock.objects.exists()
    with pytest.raises(sessions.Apart):
        hosting.lock(jam, cast["owner"], locked=False)
        waiting.knock(jam, cast["child"])


def test_what_came_between_is_asked_when_they_are_let_in(cast: Cast, jam: JamSession) -> None:
    for role in ("stranger", "former"):
        waiting.knock(jam, cast[role])
    hosting.lock(jam, cast["owner"], locked=True)
    page = answer(cast, jam, "owner", "admit", "stranger").content.decode()
    assert "This session is locked" in page
    assert "This session is locked" in look(cast, jam, "stranger").content.decode()
    hosting.lock(jam, cast["owner"], locked=False)
    ties.block(cast["stranger"], cast["owner"])
    page = cast.client("owner").get(jam.get_absolute_url()).content.decode()
    assert "mark-stage-stranger" not in page
    with pytest.raises(Refused, match="can't come in any more"):
        waiting.admit(jam, cast["owner"], cast["stranger"])
    sessions.change_audience(jam, "participants")
    with pytest.raises(Refused, match="can't come in any more"):
        waiting.admit(jam, cast["owner"], cast["former"])
    assert seats(jam) == {"owner", "participant"}


def test_twenty_wait_and_asking_has_a_limit(
    cast: Cast, jam: JamSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MOST_WAITING", 1)
    waiting.knock(jam, cast["former"])
    assert "Twenty people wait to be let in." in ask(cast, jam, "stranger")
    monkeypatch.setattr(waiting, "MOST_WAITING", 20)
    monkeypatch.setattr(limits, "KNOCKS", limits.Limit("knock-test", 1, 3600))
    ask(cast, jam, "stranger")
    waiting.give_up(jam, cast["stranger"])
    assert "the limit is once in an hour." in ask(cast, jam, "stranger")


def test_the_answer_is_the_hosts_and_comes_once(cast: Cast, jam: JamSession) -> None:
    waiting.knock(jam, cast["stranger"])
    for role in ("participant", "stranger"):
        for action in ("admit", "decline"):
            assert answer(cast, jam, role, action, "stranger").status_code == 404
    for act in (waiting.admit, waiting.decline):
        with pytest.raises(Refused, match="Only the session's hosts"):
            act(jam, cast["participant"], cast["stranger"])
    waiting.admit(jam, cast["owner"], cast["stranger"])
    waiting.admit(jam, cast["owner"], cast["stranger"])  # two hosts pressed at once
    with pytest.raises(Refused, match="doesn't wait any more"):
        waiting.decline(jam, cast["owner"], cast["stranger"])
    assert seats(jam) == {"owner", "participant", "stranger"}
    assert waiting.knock(jam, cast["stranger"]) is None


def test_a_hosts_link_lets_people_in_at_once(cast: Cast, jam: JamSession) -> None:
    made = sessions.invite(jam, cast["owner"])
    cast.client("stranger").post(reverse("invite", args=[sessions.token_of(made)]))
    assert seats(jam) == {"owner", "participant", "stranger"}
    made.made_by = cast["participant"]
    made.save()
    link = reverse("invite", args=[sessions.token_of(made)])
    page = cast.client("former").post(link, follow=True).content.decode()
    assert "You wait to be let in." in page


@pytest.mark.clause("who-sees")
def test_only_its_hosts_and_who_asks_see_it(cast: Cast, jam: JamSession) -> None:
    waiting.knock(jam, cast["stranger"])
    assert set(audience_of(Knock.objects.get())) == {cast["owner"], cast["stranger"]}


def test_a_host_who_isnt_in_is_told_once(cast: Cast, jam: JamSession) -> None:
    waiting.knock(jam, cast["stranger"])
    waiting.knock(jam, cast["stranger"])
    (told,) = Notice.objects.filter(user=cast["owner"], kind="rooms")
    assert told.url == jam.get_absolute_url() and "mark-" not in told.title + told.text
    come_in(jam, cast["owner"])
    waiting.knock(jam, cast["former"])
    assert Notice.objects.filter(kind="rooms").count() == 1


def test_hosts_see_who_waits_from_inside_and_let_them_in(
    cast: Cast, jam: JamSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.db.transaction.on_commit", lambda does, **_: does())
    path = f"/ws/jam/{jam.public_id}/"
    jar = cast.client("participant").cookies.output(header="", sep=";").strip().split(";")[0]
    waiting.knock(jam, cast["stranger"])

    async def talk(host: Socket) -> Any:
        guest = Socket(path, jar)
        await guest.open()
        await guest.say({"t": "hello"})
        await guest.hear()
        await host.say({"t": "hello"})
        await host.hear()
        first = await host.hear()
        for who in (cast["stranger"], cast["former"]):
            frame = {"t": "knock.answer", "user": who.public_id, "admit": True}
            await host.say(frame)
            yield_of.append(await host.hear())
        await guest.hear()  # that the host came
        quiet = await guest.receive_nothing(timeout=0.3)
        await guest.close()
        return first, quiet

    yield_of: list[dict[str, Any]] = []
    first, quiet = with_socket(cast, "owner", path, talk)
    (one,) = first["waiting"]
    assert (one["user"], one["name"], one["shown"]) == (
        cast["stranger"].public_id, "stranger", "mark-stage-stranger",
    )  # fmt: skip
    assert [frame.get("waiting", frame.get("code")) for frame in yield_of] == [[], "missing"]
    assert quiet
    assert seats(jam) == {"owner", "participant", "stranger"}
    assert timezone.now() > Notice.objects.get(kind="rooms").created_at
