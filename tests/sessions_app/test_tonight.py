"""Play tonight: the best room one could enter, or a new one that others are asked to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.connections import services as connections
from accounts.models import JammedWith, User
from accounts.profile.services import profiles
from foundation import limits
from privacy import notices
from privacy.gate.viewer import Viewer
from privacy.models import Notice, NoticeFanOut
from privacy.notices import fan_out
from sessions_app.models import JamSession, Participant, Removal
from sessions_app.services import sessions, tonight
from tests.accounts.musicians import musician
from tests.cast import Cast, person, signed_in
from tests.planned import answers, begins, planned
from tests.presence import come_in
from tests.sessions_app.test_finding import live


def play(cast: Cast, role: str = "stranger") -> JamSession:
    """Tap the button; return the room it led to."""
    answer: Any = cast.client(role).post(reverse("play_tonight"))
    assert answer.status_code == 302
    return JamSession.objects.get(public_id=answer.url.split("/")[2])


def work() -> None:
    """Do what a worker does, here and now."""
    for key in NoticeFanOut.due():
        fan_out.run(key)


def asked() -> list[str]:
    rows = Notice.objects.filter(kind="tonight").order_by("user__username")
    return list(rows.values_list("user__username", flat=True))


def open_to_jam(name: str, **values: Any) -> User:
    one = musician(name, **values)
    profiles.open_to_jam(one, timezone.now() + timedelta(hours=2))
    return one


def test_the_button_is_at_home_for_who_has_an_account(cast: Cast) -> None:
    button = f'action="{reverse("play_tonight")}"'
    assert button in cast.client("stranger").get("/").content.decode()
    assert button not in cast.client("anonymous").get("/").content.decode()


def test_it_leads_into_an_open_room(cast: Cast) -> None:
    room = live(cast["owner"], "blues")
    assert play(cast) == room
    assert Participant.objects.filter(session=room, user=cast["stranger"]).exists()
    assert cast.client("stranger").get(reverse("room", args=[room.public_id])).status_code == 200


def test_with_people_one_knows_before_what_one_plays_before_the_newest(cast: Cast) -> None:
    known, mine = live(cast["participant"], "known"), live(cast["owner"], "mine", genre="jazz")
    live(cast["former"], "newest")
    profiles.write_profile(cast["stranger"], {"genres": ["jazz"]})
    JammedWith.objects.create(person=cast["participant"], partner=cast["stranger"])
    viewer = Viewer.of(cast["stranger"])
    titles = [room.title for room in tonight.best_rooms(viewer)]
    assert titles == ["known", "mine", "newest"]
    sessions.close(known)
    assert play(cast) == mine


@pytest.mark.parametrize(
    "door",
    [{"is_locked": True}, {"asks_first": True}, {"audience": "participants"}, {"audience": "link"}],
)
def test_never_into_a_room_that_one_couldnt_enter(cast: Cast, door: dict[str, Any]) -> None:
    room = live(cast["owner"], "closed door")
    JamSession.objects.filter(pk=room.pk).update(**door)
    made = play(cast)
    assert (made.pk == room.pk, made.host) == (False, cast["stranger"])


def test_never_into_a_full_room_nor_back_to_where_one_was_removed(cast: Cast) -> None:
    full, removed = live(cast["owner"], "full"), live(cast["participant"], "removed")
    for number in range(7):
        Participant.objects.create(session=full, user=person(f"nr{number}"))
    Removal.objects.create(session=removed, user=cast["stranger"])
    assert play(cast).host == cast["stranger"]


@pytest.mark.parametrize("blocker", ["stranger", "participant"])
def test_never_to_somebody_whom_a_block_keeps_apart(cast: Cast, blocker: str) -> None:
    """Whether they host the room or only play in it."""
    room = live(cast["owner"], "with a player")
    sessions.join(room, cast["participant"])
    live(cast["participant"], "with the host")
    other = {"stranger": "participant", "participant": "stranger"}[blocker]
    connections.block(cast[blocker], cast[other])
    assert play(cast).host == cast["stranger"]


def test_a_planned_one_takes_who_plays_what_it_wants(cast: Cast) -> None:
    jam = begins(planned(cast["owner"], seats=["drums", "harp"]), minutes=5)
    come_in(jam, cast["owner"])
    harpist = musician("harpist")
    assert tonight.play(harpist).session == jam
    assert tonight.play(harpist).session == jam
    Participant.objects.filter(user=harpist).update(joined_at=timezone.now() - timedelta(hours=1))
    assert tonight.play(harpist).session == jam
    assert answers(jam) == {"harpist": "going"}
    made = play(cast)  # who plays nothing that is wanted
    assert (made.host, answers(jam)) == (cast["stranger"], {"harpist": "going"})


def test_a_second_tap_finds_what_the_first_one_did(cast: Cast) -> None:
    made = play(cast)
    assert play(cast) == made
    assert JamSession.objects.filter(host=cast["stranger"]).count() == 1
    room = live(cast["owner"], "blues")
    sessions.join(room, cast["participant"])
    assert play(cast, "participant") == room


def test_a_new_room_is_for_members_and_asks_who_is_open_to_jam(cast: Cast) -> None:
    open_to_jam("harpist")
    musician("not now")
    made = play(cast)
    assert (made.audience, made.starts_at) == ("members", None)
    work()
    assert asked() == ["harpist"]
    (notice,) = Notice.objects.filter(kind="tonight")
    assert notice.url == made.get_absolute_url()
    assert "stranger" not in f"{notice.title} {notice.text}"


@pytest.mark.clause("who-sees")
@pytest.mark.parametrize(
    ("audience", "says"), [("public", "jazz"), ("members", "jazz"), ("followers", ""), ("me", "")]
)
def test_a_new_room_tells_of_its_host_only_what_all_members_may_know(
    cast: Cast, audience: str, says: str
) -> None:
    profiles.write_profile(cast["stranger"], {"genres": ["jazz"], "genres_audience": audience})
    assert play(cast).genre == says


def test_nobody_is_asked_who_shouldnt_be(cast: Cast) -> None:
    """Behind a block, muted the host, shows it to nobody, wants no such notice, isn't found."""
    blocked, muter = open_to_jam("blocked"), open_to_jam("muter")
    connections.block(blocked, cast["stranger"])
    connections.mute(muter, cast["stranger"])
    open_to_jam("secret", available_audience="me")
    unwilling = open_to_jam("unwilling")
    notices.choose(unwilling, {"tonight": (False, False)})
    open_to_jam("unfound", findable=False)
    play(cast)
    work()
    assert asked() == []


def test_few_are_asked_and_each_at_most_so_often(cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(limits, "ASKED_AT_ONCE", 2)
    monkeypatch.setattr(limits, "ASKED_TO_JAM", 1)
    people = [open_to_jam(f"open{number}") for number in range(3)]
    play(cast, "former")
    work()
    assert len(asked()) == 2
    play(cast)  # nobody is in that room, so another one
    work()
    assert sorted(asked()) == sorted(one.username for one in people)


def test_who_asks_again_and_again_asks_nobody_any_more(cast: Cast) -> None:
    open_to_jam("harpist")
    limit = limits.ASKING_TO_JAM
    for _ in range(limit.limit):
        limit.spend(cast["stranger"].pk)
    play(cast)
    work()
    assert asked() == []


def test_who_isnt_open_any_more_is_not_asked_when_the_worker_comes(cast: Cast) -> None:
    harpist = open_to_jam("harpist")
    play(cast)
    profiles.open_to_jam(harpist, None)
    work()
    assert asked() == []


def test_no_child_is_led_to_strangers(cast: Cast) -> None:
    live(cast["owner"], "for all")
    child = signed_in(cast["child"])
    assert reverse("play_tonight") not in child.get("/").content.decode()
    assert child.post(reverse("play_tonight")).status_code in {403, 404}


@pytest.mark.django_db(transaction=True)
def test_of_taps_at_the_same_moment_one_opens_a_room() -> None:
    eager = person("eager")

    def tap(_n: int) -> int:
        try:
            return tonight.play(eager).session.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        rooms = list(pool.map(tap, range(4)))
    assert len(set(rooms)) == 1
    assert JamSession.objects.filter(host=eager).count() == 1
