"""After a session: who was there, for how long if they agreed, follow them, and again next week."""

import re
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.urls import reverse
from django.utils import timezone

from accounts.connections import services as connections
from accounts.models import Follow
from privacy import consent
from privacy.consent import Channel
from sessions_app.models import JamSession, Participant
from sessions_app.services import planning, rooms, sessions, stays
from sessions_app.wall_time import wall_of
from tests.cast import Cast
from tests.planned import begins, planned
from tests.privacy.talking import Socket
from tests.privacy.test_frame_walk import HELLO, cookie_of
from tests.privacy.test_sockets import PATHS, one_connection
from tests.sessions_app.test_room_chat import heard

__all__ = ["one_connection"]


@pytest.fixture
def jam(cast: Cast) -> JamSession:
    """A public session of the owner's that is over: the participant and a stranger were there."""
    session = cast.sessions["public"]
    sessions.join(session, cast["stranger"])
    Participant.objects.create(session=session, user=cast["former"], came_at=None)
    return session


def agree(user: Any) -> None:
    consent.give(user, stays.KEY, channel=Channel.SETTINGS)


def page(cast: Cast, role: str, jam: JamSession) -> str:
    return cast.client(role).get(jam.get_absolute_url()).content.decode()


def listed(cast: Cast, role: str, jam: JamSession) -> dict[str, tuple[int, bool]]:
    """Return who is listed, for how many minutes they were there, and whether to be followed."""
    context = cast.client(role).get(jam.get_absolute_url()).context
    return {one["face"].username: (one["minutes"], one["may_follow"]) for one in context["players"]}


@pytest.mark.clause("who-sees")
def test_who_was_there_reads_who_else_was(cast: Cast, jam: JamSession) -> None:
    assert "Who played" not in page(cast, "owner", jam)  # it goes on
    rooms.close([jam.pk])
    connections.follow(cast["owner"], cast["stranger"])
    connections.block(cast["participant"], cast["stranger"])
    assert listed(cast, "owner", jam) == {
        "owner": (0, False), "participant": (0, True), "stranger": (0, False),
    }  # fmt: skip
    assert listed(cast, "participant", jam) == {"owner": (0, True), "participant": (0, False)}
    for role in ("former", "anonymous"):  # had a seat and never came; looks at a public page
        told = page(cast, role, jam)
        assert "Who played" not in told and "Again next week" not in told
        assert not any(follow for _minutes, follow in listed(cast, role, jam).values())


@pytest.mark.clause("purposes", "usage")
def test_time_is_noted_only_of_who_agreed_and_told_to_who_was_there(
    cast: Cast, jam: JamSession
) -> None:
    agree(cast["stranger"])
    for role in ("owner", "stranger"):
        stays.note(jam, cast[role], 20 * 60 + 20)
        stays.note(jam, cast[role], 29)  # less than a minute is no time
        stays.note(jam, cast[role], 65)
    rooms.close([jam.pk])
    assert listed(cast, "participant", jam)["stranger"] == (21, True)
    assert listed(cast, "participant", jam)["owner"] == (0, True)
    assert "21 minutes in the room" in page(cast, "owner", jam)
    assert reverse("consent") in page(cast, "owner", jam)
    for role in ("former", "anonymous"):
        assert "minutes in the room" not in page(cast, role, jam)
    consent.withdraw(cast["stranger"], stays.KEY, channel=Channel.SETTINGS)
    assert not Participant.objects.filter(inside_seconds__isnull=False).exists()
    stays.note(jam, cast["stranger"], 600)
    assert listed(cast, "participant", jam)["stranger"] == (0, True)


def test_leaving_the_room_is_what_ends_a_stay(
    cast: Cast, jam: JamSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[tuple[Any, ...]] = []
    monkeypatch.setattr(stays, "note", lambda session, user, seconds: noted.append(
        (session.pk, user.pk, seconds < 60)))  # fmt: skip
    cookie = cookie_of(cast, "owner")

    @async_to_sync
    async def come_and_go() -> None:
        socket = Socket(PATHS["jam-socket"].format(jam.public_id), cookie)
        await socket.open()
        await socket.say(HELLO)
        await heard(socket, "welcome")
        await socket.close()

    come_and_go()
    assert noted == [(jam.pk, cast["owner"].pk, True)]


def test_follow_who_you_met_and_stay_on_the_page(cast: Cast, jam: JamSession) -> None:
    rooms.close([jam.pk])
    client = cast.client("owner")
    url = reverse("follow", args=["stranger"])
    sent = {"follow": "1", "back": jam.get_absolute_url()}
    answer = client.post(url, sent)
    assert (answer.status_code, answer["Location"]) == (302, jam.get_absolute_url())
    assert Follow.objects.filter(follower=cast["owner"], followee=cast["stranger"]).exists()
    assert listed(cast, "owner", jam)["stranger"] == (0, False)
    for bad in ("https://evil.example/", "//evil.example/", "evil", ""):
        answer = client.post(url, {**sent, "back": bad})
        assert answer["Location"] == reverse("profile", args=["stranger"])


def form_of(cast: Cast, role: str, jam: JamSession) -> Any:
    return cast.client(role).get(reverse("create_jam"), {"like": jam.public_id, "again": "week"})


def test_again_next_week_is_the_form_filled_in(cast: Cast) -> None:
    jam = planned(cast["owner"], seats=["drums"], key="a-minor", welcome="mark-welcome")
    begins(jam, hours=-3)
    sessions.come_in(jam, cast["owner"])
    rooms.close([jam.pk])
    jam.refresh_from_db()
    told = page(cast, "owner", jam)
    (link,) = re.findall(r'href="([^"]*again=week)"', told)
    answer = cast.client("owner").get(link.replace("&amp;", "&"))
    initial = answer.context["form"].initial
    begun = wall_of(jam.starts_at, jam.zone)
    assert (initial["date"], initial["time"]) == (begun.date() + timedelta(days=7), jam.clock)
    assert (initial["when"], initial["zone"], initial["key"]) == ("later", jam.zone, "a-minor")
    assert initial["welcome"] == "mark-welcome"
    sent = {"title": "Again", "about": "", "audience": "public", "when": "later", "minutes": "90",
            "date": initial["date"].isoformat(), "time": initial["time"].strftime("%H:%M"),
            "zone": initial["zone"]}  # fmt: skip
    assert cast.client("owner").post(reverse("create_jam"), sent).status_code == 302


def test_a_session_of_long_ago_comes_again_on_its_day_of_the_week(cast: Cast) -> None:
    jam = cast.sessions["public"]
    long_ago = timezone.now() - timedelta(days=30)
    JamSession.objects.filter(pk=jam.pk).update(created_at=long_ago, closed_at=timezone.now())
    initial = form_of(cast, "owner", jam).context["form"].initial
    assert initial["date"] > timezone.localdate() - timedelta(days=1)
    assert initial["date"].weekday() == long_ago.date().weekday()
    assert initial["time"].minute % 15 == 0


@pytest.mark.clause("who-sees")
def test_who_was_there_plans_on_without_the_hosts_words(cast: Cast, jam: JamSession) -> None:
    JamSession.objects.filter(pk=jam.pk).update(
        about="mark-about", welcome="mark-welcome", genre="jazz", title="mark-title"
    )
    rooms.close([jam.pk])
    form = form_of(cast, "participant", jam).context["form"]
    assert (form.initial["title"], form.initial["genre"]) == ("mark-title", "jazz")
    assert (form.initial["about"], form.initial["welcome"]) == ("", "")
    for role in ("former", "anonymous"):
        assert form_of(cast, role, jam).status_code in {404, 302}
    connections.block(cast["participant"], cast["owner"])
    answer = form_of(cast, "participant", jam)
    assert answer.status_code == 404 or "mark-title" not in answer.content.decode()


def test_a_session_that_was_called_off_has_no_afterwards(cast: Cast) -> None:
    jam = planned(cast["owner"])
    planning.cancel(jam)
    assert "Who played" not in page(cast, "owner", jam)
