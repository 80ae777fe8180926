"""Who is named to whom: people kept apart by a block aren't, and no exact number tells of one."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.connections import services
from bands.services import bands, follows, members
from community.known import roughly
from messaging import services as messaging
from sessions_app import downloads
from sessions_app.models import Recording, Stem
from sessions_app.services import chat
from tests.bands.quartet import Quartet
from tests.cast import BACKEND, Cast, person, recorded
from tests.privacy.copies import Copy


def who(client: Client, recording: Recording) -> Any:
    path = reverse("recording_who", args=[recording.public_id])
    return client.get(path, headers={"HX-Request": "true"})


def told(answer: Any) -> tuple[int, set[str], Any]:
    return (
        answer.context["known"],
        {face["name"] for face in answer.context["faces"]},
        answer.context["others"],
    )


def follow(quartet: Quartet, count: int) -> list[Any]:
    fans = [person(f"fan{number}") for number in range(count)]
    for one in fans:
        follows.answer(follows.follow(quartet.band, one), quartet["admin"], yes=True)
    return fans


@pytest.mark.clause("view-as", "blocks")
def test_a_bands_plain_member_is_not_told_its_followers(db: None) -> None:
    quartet = Quartet()
    for name in ("player", "admin"):
        take = recorded(quartet[name], [quartet[name]], audience="fans")
        Recording.objects.filter(pk=take.pk).update(band=quartet.band)
        answer = who(quartet.client(name), take)
        others = {"player": {"owner", "admin"}, "admin": {"owner", "player", "fan"}}[name]
        assert told(answer) == (len(others), others, "few" if name == "player" else 0)
        assert ("/@fan/" in answer.content.decode()) == (name == "admin")


@pytest.mark.clause("view-as", "blocks")
def test_what_is_missing_tells_of_no_block(db: None) -> None:
    quartet = Quartet()
    fans = follow(quartet, 2)
    take = recorded(quartet["player"], [quartet["player"]], audience="fans")
    Recording.objects.filter(pk=take.pk).update(band=quartet.band)
    before = who(quartet.client("player"), take).content
    services.block(fans[0], quartet["player"])
    assert who(quartet.client("player"), take).content == before


def test_numbers_are_rounded_down_to_steps() -> None:
    steps = {0: 0, 1: "few", 9: "few", 10: 10, 49: 10, 50: 50, 999: 500, 1000: 1000, 10**6: 1000}
    assert {count: roughly(count) for count in steps} == steps


@pytest.mark.clause("blocks")
def test_players_blocked_since_are_not_named_to_each_other(cast: Cast) -> None:
    take = recorded(
        cast["owner"], [cast["owner"], cast["participant"], cast["stranger"]], audience="public"
    )
    seen = cast.client("participant").get(take.get_absolute_url())
    assert {one["label"] for one in seen.context["stems"]} == {
        "owner", "participant", "stranger",
    }  # fmt: skip
    services.block(cast["stranger"], cast["participant"])
    for one, other in (("participant", "stranger"), ("stranger", "participant")):
        page = cast.client(one).get(take.get_absolute_url())
        assert {stem["label"] for stem in page.context["stems"]} == {
            "owner", one, "A player you can't see",
        }  # fmt: skip
        assert (
            f"@{other}" not in page.content.decode() and f">{other}<" not in page.content.decode()
        )
        assert len(page.context["stems"]) == 3  # what was played together is heard together
    stem = take.stems.get(player=cast["stranger"])
    Stem.objects.filter(pk=stem.pk).update(others_may_save=True)
    stem.refresh_from_db()
    for name, players in (("owner", ("mark-stage-stranger",)), ("participant", ())):
        saved = downloads.of_stem(stem, cast.viewer(name))
        assert saved is not None and saved.tags.artists == players
        assert ("stranger" in saved.name) == bool(players)
    owners = cast.client("owner").get(take.get_absolute_url())
    assert {one["label"] for one in owners.context["stems"]} == {
        "owner", "participant", "stranger",
    }  # fmt: skip


@pytest.mark.clause("blocks")
def test_two_kept_apart_since_meet_each_others_name_nowhere(cast: Cast) -> None:
    """Everywhere they did before: takes, rooms, chat, bands, messages, lists, the API, copies."""
    one, other, owner = person("quasimodo"), person("zebulon"), cast["owner"]
    take = recorded(owner, [owner, one, other], audience="public")
    theirs = recorded(other, [other, one], audience="public")
    jam = take.session
    assert jam is not None
    band = bands.found(owner, name="mark-band", slug="mark-band", audience="public")
    for user in (one, other):
        members.accept(members.invite(band, owner, user), user, audience="public")
        chat.say(jam, user, text=f"said by {user.username}", ref=str(uuid.uuid4()))
    services.accept(services.follow(one, other))
    services.accept(services.follow(other, one))
    talk = messaging.conversation_between(one, other)
    messaging.write(talk, other, text="said by zebulon", ref=str(uuid.uuid4()))
    client = Client()
    client.force_login(one, backend=BACKEND)
    paths = [
        take.get_absolute_url(), theirs.get_absolute_url(), jam.get_absolute_url(),
        "/bands/mark-band/",
        reverse("band_members", args=["mark-band"]), reverse("recordings") + "?mine",
        reverse("conversations"), reverse("followers"), "/api/v1/recordings/?mine=true",
        f"/api/v1/recordings/{take.public_id}/", "/api/v1/bands/mark-band/",
    ]  # fmt: skip

    def named() -> list[bool]:
        pages = [client.get(path).content.decode() for path in paths]
        return ["zebulon" in text.lower() for text in (*pages, Copy(one).whole)]

    assert named() == [True] * (len(paths) + 1)
    services.block(other, one)
    assert named() == [False] * (len(paths) + 1)
