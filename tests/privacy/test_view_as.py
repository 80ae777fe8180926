"""View as: one's own pages with other eyes, and never a glance further."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.connections import services
from accounts.models import Follow, Profile
from privacy.gate.access import can_see, visible
from privacy.gate.rules import models_with_rules
from privacy.gate.viewer import SOMEBODY, Pose, Viewer
from privacy.sharing.view_as import CHOICES
from sessions_app.models import Recording
from tests.cast import Cast
from tests.own_words import in_own_words


def page(client: Client, username: str, who: str) -> str:
    return client.get(reverse("profile", args=[username]), {"as": who}).content.decode()


@pytest.fixture
def shown(cast: Cast) -> Cast:
    """The owner shows each field and recording to another audience; `participant` follows."""
    Profile.objects.filter(user=cast["owner"]).update(
        bio_audience="followers", status_audience="members"
    )
    services.follow(cast["participant"], cast["owner"])
    services.accept(Follow.objects.get(followee=cast["owner"], follower=cast["participant"]))
    return cast


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("", {"mark-bio-owner", "mark-status-owner", "public", "participants", "me"}),
        ("anyone", {"public"}),
        ("search", {"public"}),
        ("member", {"mark-status-owner", "public"}),
        ("follower", {"mark-bio-owner", "mark-status-owner", "public"}),
        ("jammed", {"mark-status-owner", "public"}),
        ("@participant", {"mark-bio-owner", "mark-status-owner", "public", "participants"}),
        ("@stranger", {"mark-status-owner", "public"}),
    ],
)
def test_the_owner_sees_the_profile_as_they_would(
    shown: Cast, who: str, expected: set[str]
) -> None:
    text = page(shown.client("owner"), "owner", who)
    found = {mark for mark in ("mark-bio-owner", "mark-status-owner") if mark in text}
    found |= {
        key for key in ("public", "participants", "me") if shown.recordings[key].public_id in text
    }
    assert found == expected


@pytest.mark.clause("view-as")
def test_it_is_what_they_really_see(shown: Cast) -> None:
    """As follower and as that very follower: what the owner is shown of theirs is the truth."""
    rows = Recording.objects.filter(owner=shown["owner"])
    real = shown.viewer("owner")
    for role in ("participant", "former", "stranger"):
        them = shown.viewer(role)
        posed = Viewer(them.user_id, real=real)
        assert set(visible(rows, posed)) == set(visible(rows, them)), role


@pytest.mark.clause("view-as")
def test_a_pose_never_shows_more_than_oneself_sees(shown: Cast) -> None:
    real = shown.viewer("stranger")
    eyes = [Viewer(shown[role].pk, real=real) for role in ("owner", "participant", "former")]
    eyes += [
        Viewer(SOMEBODY, pose=Pose(audience, int(real.user_id or 0)), real=real)
        for audience, _ in CHOICES.values()
    ]
    for model in models_with_rules():
        own: set[Any] = set(visible(model, real))
        for them in eyes:
            assert set(visible(model, them)) <= own, (model, them)


@pytest.mark.clause("view-as")
def test_what_others_show_each_other_stays_between_them(shown: Cast) -> None:
    """The stranger can't find out, by posing as `participant`, that they follow the owner."""
    real = shown.viewer("stranger")
    as_follower = Viewer(shown["participant"].pk, real=real)
    as_member = Viewer(SOMEBODY, real=real)
    for model in models_with_rules():
        theirs = visible(model, as_follower)
        if model.__name__ in {"Profile", "Recording", "JamSession", "Stem"}:
            assert set(theirs) == set(visible(model, as_member)), model


@pytest.mark.parametrize("who", ["follower", "@participant", "member", "nonsense"])
def test_on_pages_of_others_it_means_nothing(shown: Cast, who: str) -> None:
    for role in ("participant", "stranger", "anonymous"):
        client = shown.client(role)
        plain = client.get(reverse("profile", args=["owner"])).content.decode()
        posed = page(client, "owner", who)
        assert ("mark-bio-owner" in posed) == ("mark-bio-owner" in plain)
        assert "view-as" not in posed


def test_a_name_one_cannot_see_is_a_name_nobody_has(shown: Cast) -> None:
    services.block(shown["stranger"], shown["owner"])
    client = shown.client("owner")
    hidden, missing = (page(client, "owner", who) for who in ("@stranger", "@nobodyatall"))
    for text in (hidden, missing):
        assert "There is nobody of that name" in text
        assert "mark-bio-owner" in text  # their own view


def test_a_page_that_is_hidden_from_them_says_so(shown: Cast) -> None:
    client = shown.client("owner")
    address = reverse("recording", args=[shown.recordings["participants"].public_id])
    answer = client.get(address, {"as": "member"})
    assert answer.status_code == 200
    assert "this page is not there" in answer.content.decode()
    assert "mark-title" not in answer.content.decode()
    seen = client.get(address, {"as": "@participant"}).content.decode()
    assert "mark-title-owner-participants" in seen
    assert (
        reverse("rename_recording", args=[shown.recordings["participants"].public_id]) not in seen
    )


def test_sessions_have_it_too(shown: Cast) -> None:
    client = shown.client("owner")
    address = reverse("jam", args=[shown.sessions["participants"].public_id])
    assert "this page is not there" in client.get(address, {"as": "anyone"}).content.decode()
    assert "mark-session" in client.get(address, {"as": "@participant"}).content.decode()


def test_sound_on_a_posed_page_plays(shown: Cast) -> None:
    client = shown.client("owner")
    text = page(client, "owner", "follower")
    address = text.split('src="/media/')[1].split('"')[0] if 'src="/media/' in text else ""
    assert address
    assert client.get(f"/media/{address}").status_code == 200


# Who is that now? ---------------------------------------------------------------------------


def who(client: Client, recording: Recording) -> Any:
    return client.get(reverse("recording_who", args=[recording.public_id]))


@pytest.mark.parametrize(
    ("audience", "words", "faces"),
    [
        ("me", "Nobody but you", set()),
        ("participants", "1 person right now whom you know", {"participant"}),
        ("followers", "1 person right now whom you know", {"participant"}),
        ("public", "Anyone, with or without an account", None),
    ],
)
def test_the_owner_is_told_how_many_and_who(
    shown: Cast, audience: str, words: str, faces: set[str] | None
) -> None:
    recording = shown.recordings["participants"]
    Recording.objects.filter(pk=recording.pk).update(audience=audience)
    answer = who(shown.client("owner"), recording)
    assert words in answer.content.decode()
    if faces is not None:
        assert {face["name"] for face in answer.context["faces"]} == faces


def test_each_field_of_the_profile_is_told_apart(shown: Cast) -> None:
    client = shown.client("owner")
    bio = client.get(reverse("seen_who"), {"field": "bio"}).context
    status = client.get(reverse("seen_who"), {"field": "status"}).context
    assert {face["name"] for face in bio["faces"]} == {"participant"}
    assert (bio["known"], bio["others"]) == (1, 0)
    # All members: named are those whom the owner follows, is followed by, or has played with.
    known = {face["name"] for face in status["faces"]}
    assert known == {"participant"} and status["others"] == "few"
    assert client.get(reverse("seen_who"), {"field": "user"}).status_code == 404


def test_the_faces_are_people_who_can_really_see(shown: Cast) -> None:
    recording = shown.recordings["participants"]
    faces = who(shown.client("owner"), recording).context["faces"]
    for face in faces:
        assert can_see(shown.viewer(face["name"]), recording)


# What you see of me -------------------------------------------------------------------------


def test_the_page_tells_every_field_and_thing(shown: Cast) -> None:
    answer = shown.client("owner").get(reverse("seen"))
    assert {str(one["label"]): one["audience"] for one in answer.context["fields"]} == {
        "Photo": "members", "Stage name": "members", "About you": "followers", "Status": "members",
        "What you are here as": "members", "Open to jam": "members", "Instruments": "members",
        "Genres": "members", "Languages": "members", "Place": "members", "Links": "members",
        "Telephone": "me", "Birthday": "me", "Gender": "me", "Favourites": "me",
        **{str(one.label): one.audience.get_default() for one in in_own_words().values()},
    }  # fmt: skip
    assert answer.context["recordings"] == [
        {"audience": "public", "count": 1},
        {"audience": "participants", "count": 1},
        {"audience": "me", "count": 1},
    ]


def test_the_queries_are_as_many_for_much_as_for_little(
    shown: Cast, django_assert_num_queries: Any
) -> None:
    from tests.cast import recorded

    client = shown.client("owner")
    with django_assert_num_queries(6):
        client.get(reverse("seen"))
    for _ in range(3):
        recorded(shown["owner"], [shown["owner"]], audience="public")
    with django_assert_num_queries(6):
        client.get(reverse("seen"))
