"""Muting: one hears no more of a person, and that person can't tell."""

import re
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.connections import services
from accounts.models import Mute
from privacy import notices
from privacy.gate import mutes
from privacy.gate.access import audience_of, visible
from privacy.gate.viewer import NOBODY, Viewer
from privacy.models import Notice
from sessions_app.models import Participant, Recording
from sessions_app.services import rooms
from tests.cast import Cast, person, recorded
from tests.presence import come_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def live(cast: Cast) -> None:
    """Somebody is in each room: lists show what is live."""
    for session in cast.sessions.values():
        rooms.still_in(session.pk)


def mute(cast: Cast, role: str, whom: str, value: str = "1") -> Any:
    return cast.client(role).post(reverse("mute", args=[whom]), {"mute": value})


def heard_on(cast: Cast, role: str, path: str) -> set[str]:
    """Return whose recordings and sessions a list names."""
    answer = cast.client(role).get(path)
    assert answer.status_code == 200
    if path.startswith("/api/"):
        return {one.get("owner") or one.get("host") for one in answer.json()["results"]}
    body = answer.content.decode()
    return {name for name in ("owner", "participant") if f"mark-title-{name}" in body} | {
        name for name in ("owner",) if f"mark-session-{name}" in body
    }


LISTS = ("/", "/recordings/", "/jam/", "/api/v1/recordings/", "/api/v1/sessions/")


@pytest.mark.clause("mutes")
@pytest.mark.promise("VJ-32")
def test_every_list_of_what_is_new_leaves_the_muted_out_and_has_them_back(cast: Cast) -> None:
    recorded(cast["participant"], [cast["participant"]], audience="public")
    come_in(cast.sessions["public"], cast["owner"])
    before = {path: heard_on(cast, "stranger", path) for path in LISTS}
    assert all("owner" in each for each in before.values()), before
    assert mute(cast, "stranger", "owner")["Location"] == "/@owner/"
    after = {path: heard_on(cast, "stranger", path) for path in LISTS}
    assert after == {path: each - {"owner"} for path, each in before.items()}
    assert {path: heard_on(cast, "former", path) for path in LISTS} == before
    assert {path: heard_on(cast, "anonymous", path) for path in LISTS} == before
    mute(cast, "stranger", "owner", "0")
    assert {path: heard_on(cast, "stranger", path) for path in LISTS} == before


@pytest.mark.clause("mutes")
def test_a_mute_hides_nothing_from_either(cast: Cast) -> None:
    """The gate answers the same before and after, in both directions: lists are no gates."""
    people = [cast["owner"], cast["stranger"], cast["participant"]]

    def all_answers() -> list[Any]:
        seen = [
            set(visible(model, Viewer.of(one)).values_list("pk", flat=True))
            for model in (Recording, type(people[0]))
            for one in people
        ]
        takes = [
            set(audience_of(one).values_list("pk", flat=True)) for one in cast.recordings.values()
        ]
        return [*seen, *takes]

    before = all_answers()
    mute(cast, "stranger", "owner")
    mute(cast, "participant", "owner")
    assert all_answers() == before
    stranger = cast.client("stranger")
    take = cast.recordings["public"]
    for path in ("/@owner/", take.get_absolute_url(), cast.sessions["public"].get_absolute_url()):
        assert stranger.get(path).status_code == 200
    assert take.title in stranger.get("/@owner/").content.decode()
    mine = cast.client("participant").get("/recordings/?mine").content.decode()
    assert take.title in mine  # they play on it


@pytest.mark.clause("mutes")
def test_who_has_a_seat_still_finds_the_room_of_a_muted_host(cast: Cast) -> None:
    mute(cast, "stranger", "owner")
    assert heard_on(cast, "stranger", "/jam/") == set()
    Participant.objects.create(session=cast.sessions["public"], user=cast["stranger"])
    assert heard_on(cast, "stranger", "/jam/") == {"owner"}


@pytest.mark.clause("mutes")
def test_the_muted_can_not_tell(cast: Cast) -> None:
    """Every page of the muted person is byte for byte the same, and no notice was written."""
    owner = cast.client("owner")
    pages = ("/@stranger/", "/", "/recordings/", "/jam/", "/settings/followers/",
             "/settings/mutes/", "/notices/")  # fmt: skip

    def answers() -> list[tuple[int, str]]:
        found = [owner.get(path) for path in pages]
        return [(one.status_code, _still(one)) for one in found]

    before = answers()
    mute(cast, "stranger", "owner")
    assert answers() == before
    assert Notice.objects.filter(user=cast["owner"]).count() == 0


def _still(answer: Any) -> str:
    """Return a page without what is new in each: tokens, and addresses of sound."""
    body = re.sub(r'"\w{64}"|nonce="[^"]+"', "", answer.content.decode())
    return re.sub(r"/media/[^\"' ]+", "", body)


@pytest.mark.clause("mutes")
def test_notices_about_the_muted_are_not_shown_and_not_sent(cast: Cast) -> None:
    services.follow(cast["stranger"], cast["owner"])
    letters = [
        notices.tell(cast["owner"], "account", "A jam", "It begins.", about=about)
        for about in (cast["stranger"], cast["former"])
    ]
    owner = cast.client("owner")
    asked = "Somebody would like to follow you"
    assert asked in owner.get("/notices/").content.decode()
    services.mute(cast["owner"], cast["stranger"])  # after they were written, before they went
    assert asked not in owner.get("/notices/").content.decode()
    for one in letters:
        notices.run(one.pk)
    assert len(mail.outbox) == 1
    services.unmute(cast["owner"], cast["stranger"])
    assert asked in owner.get("/notices/").content.decode()


def test_the_list_of_mutes_is_the_muters_alone(cast: Cast) -> None:
    mute(cast, "stranger", "owner")
    mute(cast, "stranger", "owner")
    (row,) = cast.client("stranger").get(reverse("mutes")).context["mutes"]
    assert row["name"] == "owner"
    assert cast.client("owner").get(reverse("mutes")).context["mutes"] == []
    assert cast.client("owner").post(row["unmute_url"]).status_code == 404
    page = cast.client("stranger").get("/@owner/")
    assert page.context["ties"] == {"follow": None, "muted": True}
    assert cast.client("stranger").post(row["unmute_url"])["Location"] == reverse("mutes")
    assert Mute.objects.count() == 0


def test_who_is_muted_and_blocked_is_named_to_nobody(cast: Cast) -> None:
    mute(cast, "stranger", "owner")
    services.block(cast["owner"], cast["stranger"])
    (row,) = cast.client("stranger").get(reverse("mutes")).context["mutes"]
    assert (row["name"], row["url"]) == ("Somebody you can't see now", "")
    assert mute(cast, "stranger", "owner", "0").status_code == 404
    with pytest.raises(services.Refused):
        services.mute(cast["owner"], cast["stranger"])


def test_the_table_refuses_what_makes_no_sense(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Mute.objects.create(muter=cast["owner"], muted=cast["owner"])
    with pytest.raises(services.Refused):
        services.mute(cast["owner"], cast["owner"])


def test_a_mute_goes_with_either_of_the_two(cast: Cast) -> None:
    services.mute(cast["stranger"], cast["owner"])
    services.mute(cast["owner"], cast["former"])
    services.mute(cast["former"], cast["stranger"])
    while services.purge_mutes(cast["owner"], 1):
        pass
    assert [one.muter for one in Mute.objects.all()] == [cast["former"]]


def test_what_nobody_owns_any_more_stays_in_the_lists(cast: Cast) -> None:
    """SQL's NOT IN drops rows without an owner, unless one sees to it."""
    services.mute(cast["stranger"], person("loud"))
    take = cast.recordings["public"]
    Recording.objects.filter(pk=take.pk).update(owner=None)
    rows = Recording.objects.filter(pk=take.pk)
    viewer = Viewer.of(cast["stranger"])
    assert list(mutes.heard(rows, viewer, "owner")) == [take]
    assert list(mutes.heard(rows, NOBODY, "owner")) == [take]


@pytest.mark.promise("VJ-32")
def test_nobody_can_be_asked_again_and_again(cast: Cast) -> None:
    """Asking, taking it back and asking again tells the other each time: five times a day."""
    client = cast.client("stranger")
    for value in ("1", "0") * 5:
        assert client.post(reverse("follow", args=["owner"]), {"follow": value}).status_code == 302
    answer = client.post(reverse("follow", args=["owner"]), {"follow": "1"})
    assert answer.status_code == 429
    assert client.post(reverse("follow", args=["former"]), {"follow": "1"}).status_code == 302
