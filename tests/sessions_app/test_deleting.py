"""Deleting what one made, where it is shown; what others played and wrote stays theirs."""

import uuid
from typing import Any

import pytest
from django.core.files.storage import default_storage

from accounts.connections import services
from community.models import Favourite
from privacy import notices
from privacy.models import Notice, ShareLink
from privacy.sharing import links
from sessions_app.models import ChatLine, JamSession, Mix, Participant, Recording, Stem
from sessions_app.services import deleting
from tests.cast import Cast, recorded
from tests.leaving import due, end

pytestmark = pytest.mark.django_db


def names_of(recording: Recording) -> list[str]:
    """Return the files of a recording: stems and mixes."""
    stems = [stem.file.name for stem in recording.stems.all() if stem.file]
    mixes = [name for mix in recording.mixes.all() for name in (mix.flac.name, mix.opus.name)]
    return sorted(name for name in (*stems, *mixes) if name)


@pytest.fixture
def alone(cast: Cast) -> Recording:
    """Return a public take on which its owner plays alone; a stranger keeps it."""
    take = recorded(cast["owner"], [cast["owner"]], audience="public")
    Favourite.objects.create(user=cast["stranger"], recording=take)
    links.make(take, cast["owner"])
    return take


@pytest.mark.parametrize("door", ["page", "api"])
def test_a_recording_of_ones_own_is_gone_with_everything(
    cast: Cast, alone: Recording, door: str, django_capture_on_commit_callbacks: Any
) -> None:
    files, path = names_of(alone), alone.get_absolute_url()
    assert files and all(default_storage.exists(name) for name in files)
    client = cast.client("owner")
    assert "with all its sound" not in client.get(path).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        if door == "page":
            answer = client.post(f"{path}delete/", follow=True)
            assert "The recording is deleted, with all its sound." in answer.content.decode()
        else:
            assert client.delete(f"/api/v1{path}").status_code == 204
    assert not Recording.objects.filter(pk=alone.pk).exists()
    assert not Stem.objects.filter(recording=alone.pk).exists()
    assert not Mix.objects.filter(recording=alone.pk).exists()
    assert not ShareLink.objects.filter(item_id=alone.public_id).exists()
    assert cast["stranger"].favourites.count() == 0
    assert [name for name in files if default_storage.exists(name)] == []
    assert cast.client("anonymous").get(path).status_code == 410
    assert client.post(f"{path}delete/").status_code == 410


@pytest.mark.clause("what-stays")
def test_who_deletes_takes_their_own_along_and_the_others_keep_theirs(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    take = recorded(cast["owner"], [cast["owner"], cast["participant"]], audience="public")
    mine, theirs = (take.stems.get(player=cast[role]) for role in ("owner", "participant"))
    page = cast.client("owner").get(take.get_absolute_url()).content.decode()
    assert "Others play on it, and what they played is theirs" in page
    with django_capture_on_commit_callbacks(execute=True):
        answer = cast.client("owner").post(f"{take.get_absolute_url()}delete/", follow=True)
    assert "The others keep the recording without it." in answer.content.decode()
    again = Recording.objects.get(pk=take.pk)
    assert (again.owner, again.title, again.audience, again.state) == (
        cast["participant"], "", "participants", "processing",
    )  # fmt: skip
    assert not default_storage.exists(mine.file.name)
    assert default_storage.exists(theirs.file.name)
    assert again.stems.get(player=cast["owner"]).state == "withdrawn"
    for role, status in {"owner": 410, "participant": 200, "stranger": 410}.items():
        assert cast.client(role).get(f"/api/v1{take.get_absolute_url()}").status_code == status


@pytest.mark.parametrize("state", ["asking", "recording"])
def test_a_take_that_runs_is_stopped_before_it_is_deleted(cast: Cast, state: str) -> None:
    take = recorded(cast["owner"], [cast["owner"]], audience="participants")
    Recording.objects.filter(pk=take.pk).update(state=state)
    client: Any = cast.client("owner")
    answer = client.delete(f"/api/v1{take.get_absolute_url()}")
    assert answer.status_code == 409
    client.post(f"{take.get_absolute_url()}delete/")
    assert Recording.objects.filter(pk=take.pk).exists()


@pytest.mark.clause("what-stays")
def test_the_last_to_withdraw_takes_the_recording_along(cast: Cast) -> None:
    take = recorded(cast["owner"], [cast["owner"], cast["participant"]], audience="members")
    path = take.get_absolute_url()
    first = cast.client("participant").post(f"{path}withdraw/", follow=True)
    assert "It is being mixed again without it." in first.content.decode()
    assert Recording.objects.get(pk=take.pk).state == "processing"
    last = cast.client("owner").post(f"{path}withdraw/", follow=True)
    assert "Nobody else plays on this recording, so it is gone." in last.content.decode()
    assert not Recording.objects.filter(pk=take.pk).exists()
    assert cast.client("owner").get(path).status_code == 404


def test_a_session_nobody_else_joined_is_gone(cast: Cast) -> None:
    jam = JamSession.objects.create(host=cast["owner"], title="Porch", audience="public")
    Participant.objects.create(session=jam, user=cast["owner"])
    path = jam.get_absolute_url()
    assert cast.client("owner").post(f"{path}delete/").status_code == 302
    assert not JamSession.objects.filter(pk=jam.pk).exists()
    assert cast.client("stranger").get(path).status_code == 410


@pytest.mark.parametrize("door", ["page", "api"])
def test_a_session_of_several_stays_with_who_took_part_without_the_hosts_words(
    cast: Cast, door: str
) -> None:
    jam = JamSession.objects.create(
        host=cast["owner"], title="mark-porch", about="mark-about", audience="public"
    )
    for role in ("owner", "participant"):
        Participant.objects.create(session=jam, user=cast[role])
        ChatLine.objects.create(
            session=jam, author=cast[role], text=f"mark-{role}",
            ref=uuid.uuid4(),
        )  # fmt: skip
    path = jam.get_absolute_url()
    client: Any = cast.client("owner")
    if door == "page":
        assert client.post(f"{path}delete/").status_code == 302
    else:
        assert client.delete(f"/api/v1/sessions/{jam.public_id}/").status_code == 204
    again = JamSession.objects.get(pk=jam.pk)
    assert (again.host, again.title, again.about, again.audience) == (None, "", "", "participants")
    assert again.closed_at is not None
    assert list(again.chat.values_list("text", flat=True)) == ["mark-participant"]
    assert list(again.participants.values_list("user__username", flat=True)) == ["participant"]
    assert "mark-porch" not in cast.client("participant").get(path).content.decode()
    assert cast.client("owner").get(path).status_code == 410


def test_who_has_no_sound_in_it_inherits_nothing(cast: Cast) -> None:
    """A player whose sound never came has nothing to keep; one whose sound is there does."""
    three = recorded(
        cast["owner"], [cast["owner"], cast["participant"], cast["stranger"]], audience="public"
    )
    two = recorded(cast["owner"], [cast["owner"], cast["participant"]], audience="public")
    silent = Stem.objects.filter(recording__in=[two, three], player=cast["participant"])
    silent.update(state="failed", file="")
    assert deleting.delete_recording(three, cast["owner"]) is False
    assert Recording.objects.get(pk=three.pk).owner == cast["stranger"]
    assert deleting.delete_recording(two, cast["owner"]) is True
    assert not Recording.objects.filter(pk=two.pk).exists()


def test_a_deleted_session_takes_its_title_off_takes_that_nobody_named(cast: Cast) -> None:
    jam = JamSession.objects.create(host=cast["owner"], title="mark-porch", audience="public")
    players = [cast["owner"], cast["participant"]]
    take = recorded(cast["participant"], players, audience="public", session=jam)
    Recording.objects.filter(pk=take.pk).update(title="mark-porch")
    assert deleting.delete_session(jam, cast["owner"]) is False
    assert Recording.objects.get(pk=take.pk).title == ""


@pytest.mark.clause("blocks")
def test_whose_sound_is_missing_is_not_named_behind_a_wall(cast: Cast) -> None:
    players = [cast["owner"], cast["participant"], cast["stranger"]]
    take = recorded(cast["owner"], players, audience="participants")
    Stem.objects.filter(recording=take, player=cast["stranger"]).update(
        state="failed", fault="clock"
    )
    path = take.get_absolute_url()
    named = cast.client("participant").get(path).context["left_out"]
    assert [one["player_name"] for one in named] == ["stranger"]
    services.block(cast["stranger"], cast["participant"])
    page = cast.client("participant").get(path)
    assert [one["player_name"] for one in page.context["left_out"]] == ["A player you can't see"]
    assert "stranger" not in page.content.decode()


def test_what_was_told_of_a_session_goes_with_it(cast: Cast) -> None:
    """Its host is erased, who was alone there; what others were told doesn't name it any more."""
    alone = JamSession.objects.create(host=cast["owner"], title="mark-alone", audience="public")
    for session in (alone, cast.sessions["public"]):
        notices.tell(cast["stranger"], "account", f"mark-{session.audience}", "", about=session)
    end(due(cast["owner"]))
    kept = Notice.objects.filter(user=cast["stranger"]).values_list("about", flat=True)
    assert list(kept) == [notices.name_of(cast.sessions["public"])]  # others took part in that
