"""Finding a session: by when, who is wanted, what is played, with whom; and what a card tells."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.connections import services as connections
from accounts.models import JammedWith, User
from bands.services import bands, members
from sessions_app.models import JamSession
from sessions_app.services import rsvps, sessions
from tests.cast import Cast
from tests.planned import begins, in_days, planned
from tests.presence import come_in
from tests.sessions_app.test_api import is_problem

Found = tuple[list[str], list[str]]


def live(host: User, title: str, audience: str = "public", **plan: Any) -> JamSession:
    """Open a room that its host is in."""
    made = sessions.open_session(host, title=title, about="", audience=audience, **plan)
    come_in(made, host)
    return made


def found(cast: Cast, role: str, query: str = "") -> Found:
    """Return the titles that somebody finds: what is live, what is to come."""
    page: Any = cast.client(role).get(f"/jam/find/{query}")
    assert page.status_code == 200, page.content.decode()
    return tuple(  # type: ignore[return-value]
        [card["title"] for card in page.context[name]] for name in ("live", "coming")
    )


@pytest.fixture
def evening(cast: Cast) -> Cast:
    """Two rooms with people in them, three sessions to come."""
    live(cast["owner"], "slow blues", genre="blues", tempo=60, recording_wish="none")
    live(cast["participant"], "members' reel", "members", genre="celtic", tempo=120)
    planned(
        cast["owner"], title="standards", starts_at=in_days(3), genre="jazz", tempo=140,
        seats=["drums", "voice", "voice"], recording_wish="wanted",
    )  # fmt: skip
    planned(cast["participant"], title="open stage", starts_at=in_days(5), genre="blues")
    planned(cast["owner"], title="far off", starts_at=in_days(40), audience="members")
    return cast


def test_what_is_live_and_what_is_to_come_is_found_by_who_may_see_it(evening: Cast) -> None:
    assert found(evening, "anonymous") == (["slow blues"], ["standards", "open stage"])
    assert found(evening, "stranger") == (
        ["members' reel", "slow blues"], ["standards", "open stage", "far off"]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("?when=now", (["members' reel", "slow blues"], [])),
        ("?when=week", (["members' reel", "slow blues"], ["standards", "open stage"])),
        ("?genre=blues", (["slow blues"], ["open stage"])),
        ("?slowest=100", (["members' reel"], ["standards"])),
        ("?slowest=100&fastest=130", (["members' reel"], [])),
        ("?shown_to=members", (["members' reel"], ["far off"])),
        ("?recording=none", (["slow blues"], [])),
        ("?recording=wanted", ([], ["standards"])),
        ("?instrument=drums&when=week", (["members' reel", "slow blues"],
                                         ["standards", "open stage"])),
        ("?instrument=harp&when=week", (["members' reel", "slow blues"], ["open stage"])),
        ("?free=4&when=week", (["members' reel", "slow blues"], ["open stage"])),
        ("?genre=jazz&recording=none", ([], [])),
    ],
)  # fmt: skip
def test_each_thing_that_is_looked_for_narrows_both_lists(
    evening: Cast, query: str, titles: Found
) -> None:
    assert found(evening, "stranger", query) == titles


def test_on_a_day_is_what_begins_on_it_on_the_clock_of_who_looks(evening: Cast) -> None:
    day = timezone.localdate(in_days(3)).isoformat()
    assert found(evening, "stranger", f"?when=day&day={day}") == ([], ["standards"])
    assert found(evening, "stranger", f"?day={day}") == ([], ["standards"])
    today = timezone.localdate().isoformat()
    assert found(evening, "stranger", f"?day={today}")[0] == ["members' reel", "slow blues"]


def test_a_seat_that_is_taken_is_wanted_no_more(evening: Cast) -> None:
    jam = JamSession.objects.get(title="standards")
    rsvps.answer(jam, evening["participant"], "going", instrument="drums")
    assert found(evening, "stranger", "?instrument=drums&when=week")[1] == ["open stage"]
    assert found(evening, "stranger", "?instrument=voice&when=week")[1] == [
        "standards", "open stage",
    ]  # fmt: skip
    assert found(evening, "stranger", "?genre=jazz&free=2")[1] == ["standards"]
    assert found(evening, "stranger", "?genre=jazz&free=3")[1] == []


def test_a_locked_session_has_no_free_seat(evening: Cast) -> None:
    JamSession.objects.filter(title="slow blues").update(is_locked=True)
    assert found(evening, "stranger", "?instrument=drums&when=now") == (["members' reel"], [])
    assert found(evening, "stranger", "?when=now")[0] == ["members' reel", "slow blues"]


def test_a_session_that_was_planned_is_among_the_live_once_somebody_is_in(evening: Cast) -> None:
    jam = begins(JamSession.objects.get(title="standards"), minutes=10)
    assert found(evening, "stranger", "?when=now") == (["members' reel", "slow blues"],
                                                       ["standards"])  # fmt: skip
    come_in(jam, evening["owner"])
    assert found(evening, "stranger", "?when=now&genre=jazz") == (["standards"], [])


def test_with_people_i_know_are_those_i_follow_and_those_i_played_with(evening: Cast) -> None:
    assert found(evening, "stranger", "?known=on") == ([], [])
    connections.accept(connections.follow(evening["stranger"], evening["participant"]))
    assert found(evening, "stranger", "?known=on") == (["members' reel"], ["open stage"])
    assert found(evening, "former", "?known=on") == ([], [])
    JammedWith.objects.create(person=evening["participant"], partner=evening["former"])
    assert found(evening, "former", "?known=on") == (["members' reel"], ["open stage"])


def test_with_people_i_know_are_those_of_my_bands_as_far_as_they_show_it(evening: Cast) -> None:
    band = bands.found(evening["owner"], name="Trio", slug="trio", audience="public")
    for name in ("participant", "stranger"):
        members.accept(members.invite(band, evening["owner"], evening[name]), evening[name])
    assert found(evening, "stranger", "?known=on&genre=celtic") == (["members' reel"], [])


def test_nobody_is_found_behind_a_block_and_a_muted_host_is_passed_over(evening: Cast) -> None:
    connections.accept(connections.follow(evening["stranger"], evening["participant"]))
    connections.block(evening["participant"], evening["stranger"])
    assert found(evening, "stranger") == (["slow blues"], ["standards", "far off"])
    assert found(evening, "stranger", "?known=on") == ([], [])
    connections.mute(evening["stranger"], evening["owner"])
    assert found(evening, "stranger") == ([], [])


@pytest.mark.parametrize(
    ("query", "field", "says"),
    [
        ("?slowest=200&fastest=100", "fastest", "That is slower than where it begins."),
        ("?when=day", "day", "Say which day."),
        ("?genre=polkacore", "genre", None),
        ("?tempo=fast&slowest=fast", "slowest", "Enter a whole number."),
        ("?free=9", "free", None),
        ("?instrument=%00", "instrument", None),
    ],
)
def test_what_cant_be_is_said_beside_its_field(
    cast: Cast, query: str, field: str, says: str | None
) -> None:
    page: Any = cast.client("stranger").get(f"/jam/find/{query}")
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert says is None or page.context["form"].errors[field] == [says]


def test_a_day_that_stays_from_a_look_before_narrows_nothing_else(evening: Cast) -> None:
    everything = found(evening, "stranger", "?when=now")
    assert found(evening, "stranger", "?when=now&day=2030-01-01") == everything != ([], [])


def test_without_an_account_nothing_is_asked_that_needs_one(evening: Cast) -> None:
    assert found(evening, "anonymous", "?known=on&latency=1") == (
        ["slow blues"], ["standards", "open stage"]
    )  # fmt: skip


def test_nothing_found_says_what_to_take_away(evening: Cast) -> None:
    page = evening.client("stranger").get("/jam/find/?genre=jazz&recording=none")
    assert "No session is all of that" in page.content.decode()
    assert [one["url"] for one in page.context["said"]] == [
        "/jam/find/?recording=none", "/jam/find/?genre=jazz",
    ]  # fmt: skip


def test_a_card_tells_who_plays_what_and_what_there_is_to_do(evening: Cast) -> None:
    jam = JamSession.objects.get(title="standards")
    rsvps.answer(jam, evening["participant"], "going", instrument="drums")
    page: Any = evening.client("stranger").get("/jam/find/?genre=jazz")
    (card,) = page.context["coming"]
    assert [(seat["face"].username, seat["instrument"]) for seat in card["seated"]] == [
        ("owner", ""), ("participant", "Drum kit"),
    ]  # fmt: skip
    assert (card["free"], card["wanted"]) == (2, ["Voice"])
    assert card["action"] == {"words": "See the seats", "url": jam.get_absolute_url(),
                              "how": "link"}  # fmt: skip
    html = page.content.decode()
    assert "2 seats free: Voice" in html and "wants to record" in html


def test_nothing_is_offered_that_would_be_refused(evening: Cast) -> None:
    room = JamSession.objects.get(title="slow blues")

    def offered(role: str) -> Any:
        page: Any = evening.client(role).get("/jam/find/?genre=blues&when=now")
        (card,) = page.context["live"]
        return card["action"] and (card["action"]["words"], card["action"]["how"])

    assert offered("anonymous") is None
    assert offered("stranger") == ("Take a seat", "post")
    assert offered("owner") == ("Enter the room", "link")
    JamSession.objects.filter(pk=room.pk).update(asks_first=True)
    assert offered("stranger") == ("Ask to come in", "post")
    JamSession.objects.filter(pk=room.pk).update(is_locked=True)
    assert offered("stranger") is None


def test_the_lists_go_on_page_by_page(cast: Cast) -> None:
    for number in range(25):
        jam = planned(cast["stranger" if number % 2 else "owner"], title=f"nr {number:02}",
                      starts_at=in_days(1 + number))  # fmt: skip
        jam.refresh_from_db()
    client = cast.client("anonymous")
    first: Any = client.get("/jam/find/")
    assert [card["title"] for card in first.context["coming"]] == [
        f"nr {number:02}" for number in range(20)
    ]
    second: Any = client.get(first.context["coming_next"])
    assert [card["title"] for card in second.context["coming"]] == [
        f"nr {number:02}" for number in range(20, 25)
    ]
    assert second.context["coming_next"] is None


def test_the_lists_alone_are_the_same_until_something_changes(evening: Cast) -> None:
    client = evening.client("stranger")
    first = client.get("/jam/find/?genre=blues&part=list")
    tag = first["ETag"]
    assert b"<html" not in first.content
    again = client.get("/jam/find/?genre=blues&part=list", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    come_in(JamSession.objects.get(title="slow blues"), evening["participant"])
    sessions.join(JamSession.objects.get(title="slow blues"), evening["participant"])
    after = client.get("/jam/find/?genre=blues&part=list", headers={"If-None-Match": tag})
    assert after.status_code == 200 and after["ETag"] != tag


def test_a_wish_about_recording_is_said_wherever_the_session_is(cast: Cast) -> None:
    client = cast.client("owner")
    made: Any = client.post(
        "/jam/new/", {"title": "quiet", "audience": "public", "recording_wish": "none"}
    )
    jam = JamSession.objects.get(title="quiet")
    assert made.status_code == 302 and jam.recording_wish == "none"
    assert "no recording" in cast.client("stranger").get(jam.get_absolute_url()).content.decode()
    shape = cast.client("stranger").get(f"/api/v1/sessions/{jam.public_id}/").json()
    assert shape["recording_wish"] == "none"
    client.post(f"{jam.get_absolute_url()}edit/", {"title": "quiet", "audience": "public",
                                                   "recording_wish": "wanted"})  # fmt: skip
    jam.refresh_from_db()
    assert jam.recording_wish == "wanted"


def test_a_copy_takes_seats_and_what_goes_with_them(cast: Cast) -> None:
    jam = planned(
        cast["owner"], title="trio", seats=["drums", "voice"], approval=True, minutes=45,
        recording_wish="wanted", genre="jazz", tempo=100, welcome="On time.",
    )  # fmt: skip
    page: Any = cast.client("owner").get(f"/jam/new/?like={jam.public_id}")
    form = page.context["form"]
    names = ("title", "seats", "approval", "minutes", "recording_wish", "genre", "tempo",
             "welcome", "when")  # fmt: skip
    assert {name: form[name].value() for name in names} == {
        "title": "trio", "seats": ["voice", "drums"], "approval": True, "minutes": 45,
        "recording_wish": "wanted", "genre": "jazz", "tempo": 100, "welcome": "On time.",
        "when": "later",
    }  # fmt: skip
    assert timedelta(minutes=45) == jam.ends_at - jam.starts_at


def names(answer: Any) -> list[str]:
    return [one["title"] for one in answer.json()["results"]]


@pytest.mark.parametrize(
    "query", ["genre=blues", "slowest=100&fastest=130", "recording=none",
              "instrument=harp&when=week", "free=4", "shown_to=members", "known=true"],
)  # fmt: skip
def test_the_api_finds_what_the_page_finds(evening: Cast, query: str) -> None:
    connections.accept(connections.follow(evening["stranger"], evening["participant"]))
    client = evening.client("stranger")
    live_ones, coming = found(evening, "stranger", f"?{query}")
    assert names(client.get(f"/api/v1/sessions/?{query}")) == live_ones
    assert names(client.get(f"/api/v1/sessions/?{query}&planned=1")) == coming


@pytest.mark.parametrize(
    ("role", "query", "field"),
    [
        ("stranger", "genre=polkacore", "genre"),
        ("stranger", "slowest=fast", "slowest"),
        ("stranger", "slowest=200&fastest=100", "fastest"),
        ("stranger", "known=perhaps", "known"),
        ("stranger", "genre=jazz&mine=1", "mine"),
        ("stranger", "latency=7", "latency"),
        ("stranger", "where=near", "where"),
        ("anonymous", "known=1", "known"),
    ],
)
def test_the_api_says_what_cant_be_asked(cast: Cast, role: str, query: str, field: str) -> None:
    answer = cast.client(role).get(f"/api/v1/sessions/?{query}")
    assert is_problem(answer, 400)
    assert list(answer.json()["errors"]) == [field]
