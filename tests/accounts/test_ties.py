"""Following and blocking, as people do it on pages."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.connections import services
from accounts.models import Block, Follow, JammedWith, Mute, User
from foundation.limits import spend
from messaging import services as messaging
from privacy.models import Notice
from privacy.sharing import links
from schools.services import guardianship
from sessions_app.services import publishing
from tests.cast import Cast
from tests.school import consent_for


def follow(cast: Cast, role: str, whom: str, value: str = "1") -> Any:
    return cast.client(role).post(reverse("follow", args=[whom]), {"follow": value})


def test_a_follow_is_asked_for_told_once_and_accepted(cast: Cast) -> None:
    for _ in range(2):
        assert follow(cast, "stranger", "owner")["Location"] == "/@owner/"
    tie = Follow.objects.get()
    assert tie.state == "requested"
    notice = Notice.objects.get(user=cast["owner"])
    assert "stranger" not in notice.title + notice.text
    owner = cast.client("owner")
    (asked,) = owner.get(reverse("followers")).context["requests"]
    assert asked["name"] == "stranger"
    owner.post(asked["change_url"], {"accept": "1"})
    page = owner.get(reverse("followers"))
    assert [one["name"] for one in page.context["people"]] == ["stranger"]
    assert page.context["requests"] == []
    mine = cast.client("stranger").get(reverse("followers") + "?show=following")
    assert [(one["name"], one["waiting"]) for one in mine.context["people"]] == [("owner", False)]
    follow(cast, "stranger", "owner", "0")
    assert Follow.objects.count() == 0


def test_who_asked_can_not_accept_for_the_other(cast: Cast) -> None:
    tie = services.follow(cast["stranger"], cast["owner"])
    cast.client("stranger").post(reverse("change_follow", args=[tie.public_id]), {"accept": "1"})
    assert not Follow.objects.filter(state="accepted").exists()


def test_with_the_switch_off_a_follow_holds_at_once_but_never_for_a_child(cast: Cast) -> None:
    form = {"api_access": "on", "indexed": "on"}
    assert cast.client("owner").post(reverse("sharing"), form).status_code == 302
    services.follow(cast["stranger"], User.objects.get(username="owner"))
    assert Follow.objects.get().state == "accepted"
    consent_for(cast["owner"])
    with pytest.raises(services.Refused):
        services.follow(cast["former"], User.objects.get(username="owner"))


@pytest.mark.clause("blocks")
@pytest.mark.promise("VJ-32")
def test_a_block_is_made_on_the_profile_listed_and_taken_back(cast: Cast) -> None:
    owner = cast.client("owner")
    owner.post(reverse("block", args=["stranger"]))
    assert cast.client("stranger").get("/@owner/").status_code == 404
    assert owner.get("/@stranger/").status_code == 404
    (row,) = owner.get(reverse("blocks")).context["blocks"]
    assert row["name"] == "stranger"
    assert cast.client("stranger").get(reverse("blocks")).context["blocks"] == []
    owner.post(row["unblock_url"])
    assert cast.client("stranger").get("/@owner/").status_code == 200


@pytest.mark.clause("blocks")
def test_both_may_block_and_each_takes_back_only_their_own(cast: Cast) -> None:
    services.block(cast["owner"], cast["stranger"])
    services.block(cast["stranger"], cast["owner"])
    services.unblock(Block.objects.get(blocker=cast["owner"]))
    assert cast.client("owner").get("/@stranger/").status_code == 404


@pytest.mark.clause("blocks", "messages")
def test_a_block_hides_a_conversation_from_both_and_gives_it_back(cast: Cast) -> None:
    talk = cast.conversation("owner", "stranger")
    for role in ("owner", "stranger"):
        ref = "7b1f2c1e-54f1-4d42-9b4a-1c9f9b7f0a1" + ("1" if role == "owner" else "2")
        messaging.write(talk, cast[role], text=f"mark-message-{role}", ref=ref)
    row = services.block(cast["stranger"], cast["owner"])
    path = talk.get_absolute_url()
    for role in ("owner", "stranger"):
        client = cast.client(role)
        assert client.get(path).status_code == 404
        assert client.post(path, {"text": "x", "ref": row.public_id}).status_code == 404
        assert "mark-message" not in client.get("/messages/").content.decode()
        other = "stranger" if role == "owner" else "owner"
        assert client.post("/messages/", {"username": other}).status_code == 422
    services.unblock(row)
    page = cast.client("owner").get(path).content.decode()
    assert "mark-message-owner" in page and "mark-message-stranger" in page


@pytest.mark.clause("blocks")
def test_an_invitation_does_not_pass_a_block(cast: Cast) -> None:
    from sessions_app.services import sessions

    made = sessions.invite(cast.sessions["participants"], cast["owner"])
    path = reverse("invite", args=[sessions.token_of(made)])
    assert cast.client("stranger").get(path).status_code == 200
    services.block(cast["stranger"], cast["owner"])
    assert cast.client("stranger").get(path).status_code == 404
    assert cast.client("former").get(path).status_code == 200


def test_the_tables_refuse_what_makes_no_sense(cast: Cast) -> None:
    owner, stranger = cast["owner"], cast["stranger"]
    for make in (
        lambda: Follow.objects.create(follower=owner, followee=owner),
        lambda: Block.objects.create(blocker=owner, blocked=owner),
        lambda: JammedWith.objects.create(person=owner, partner=owner),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make()
    for verb in (services.follow, services.block):
        with pytest.raises(services.Refused):
            verb(owner, owner)
    with pytest.raises(services.Refused):
        guardianship.answer_for(stranger, owner)  # no child


def test_having_played_is_noted_both_ways_once(cast: Cast) -> None:
    keys = [cast[role].pk for role in ("owner", "participant", "former")]
    for _ in range(2):
        services.remember_jam([*keys, keys[0]])
    assert JammedWith.objects.count() == 6


def test_what_one_leaves_takes_the_ties_along(cast: Cast) -> None:
    services.follow(cast["stranger"], cast["owner"])
    services.block(cast["former"], cast["owner"])
    services.remember_jam([cast["owner"].pk, cast["participant"].pk])
    links.make(cast.recordings["me"], cast["owner"])
    for step in (services.purge_follows, services.purge_blocks, services.purge_jams):
        while step(cast["owner"], 1):
            pass
    counts = [model.objects.count() for model in (Follow, Block, JammedWith)]
    assert counts == [0, 0, 0]


@pytest.mark.parametrize("end", ["unfollow", "block", "erasure"])
def test_what_was_told_of_a_follow_ends_with_it(cast: Cast, end: str) -> None:
    """Its notice would name a row, and so somebody, who isn't there any more."""
    owner, stranger = cast["owner"], cast["stranger"]
    User.objects.filter(pk=owner.pk).update(approves_followers=True)
    services.follow(cast["former"], owner)
    services.follow(stranger, owner)
    assert Notice.objects.filter(user=owner, kind="follows").count() == 2
    if end == "unfollow":
        services.unfollow(stranger, owner)
    elif end == "block":
        services.block(stranger, owner)
    else:
        assert services.purge_follows(stranger, 10) == 1
    (left,) = Notice.objects.filter(user=owner, kind="follows")
    assert left.about == f"accounts.follow:{Follow.objects.get().public_id}"


@pytest.mark.promise("VJ-31")
def test_a_follower_is_removed_and_sees_what_everybody_sees(cast: Cast) -> None:
    """From the list, at once, without a word to them; what was for followers is gone for them."""
    tie = services.follow(cast["stranger"], cast["owner"])
    services.accept(tie)
    publishing.change_audience(cast.recordings["public"], "followers")
    path = cast.recordings["public"].get_absolute_url()
    assert cast.client("stranger").get(path).status_code == 200
    owner = cast.client("owner")
    (row,) = owner.get(reverse("followers")).context["people"]
    assert owner.post(row["change_url"])["Location"] == reverse("followers")
    assert owner.get(reverse("followers")).context["people"] == []
    assert cast.client("stranger").get(path).status_code == 404
    assert Notice.objects.filter(user=cast["stranger"]).count() == 0
    assert cast.client("former").post(row["change_url"]).status_code == 404


@pytest.mark.promise("VJ-32")
def test_follows_blocks_and_mutes_are_limited_and_the_limit_is_told(cast: Cast) -> None:
    client = cast.client("stranger")
    for route in ("follow", "block", "mute"):
        for _ in range(200):
            spend(route, str(cast["stranger"].pk), limit=200, seconds=3600)
        answer = client.post(reverse(route, args=["owner"]), {route: "1"})
        assert answer.status_code == 429, route
        assert "200" in answer.content.decode(), route
    counts = [model.objects.count() for model in (Follow, Block, Mute)]
    assert counts == [0, 0, 0]
