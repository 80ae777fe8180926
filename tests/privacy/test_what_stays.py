"""What of a leaver's stays with the others, and what doesn't."""

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from privacy import erasure
from sessions_app.models import JamSession, Recording
from sessions_app.services import sessions as jams
from tests.cast import Cast, recorded
from tests.leaving import purge
from tests.privacy.copies import Copy


@pytest.mark.clause("what-stays")
def test_when_two_leave_the_one_who_comes_back_finds_their_music(cast: Cast) -> None:
    recording = recorded(cast["owner"], [cast["owner"], cast["participant"]], audience="public")
    erasure.request(cast["participant"])
    erasure.request(cast["owner"])
    purge(cast["owner"])
    erasure.cancel(cast["participant"])
    recording.refresh_from_db()
    assert recording.owner == cast["participant"]
    assert recording.stems.get().player == cast["participant"]


@pytest.mark.clause("what-stays")
def test_what_nobody_else_played_on_goes_whole(cast: Cast) -> None:
    alone = recorded(cast["owner"], [cast["owner"]], audience="public")
    names = [alone.stems.get().file.name, alone.mixes.get().opus.name]
    erasure.request(cast["owner"])
    purge(cast["owner"])
    assert not Recording.objects.filter(pk=alone.pk).exists()
    assert not JamSession.objects.filter(pk=alone.session_id).exists()
    assert [name for name in names if default_storage.exists(name)] == []


@pytest.mark.clause("what-stays")
def test_a_take_named_after_the_leavers_session_loses_that_name_till_they_are_back(
    cast: Cast,
) -> None:
    jam = jams.open_session(cast["owner"], title="owner's", about="", audience="participants")
    take = recorded(cast["participant"], [cast["participant"]], audience="public", session=jam)
    Recording.objects.filter(pk=take.pk).update(title=jam.title)
    renamed = recorded(cast["stranger"], [cast["stranger"]], audience="me", session=jam)
    Recording.objects.filter(pk=renamed.pk).update(title=jam.title)
    row = erasure.request(cast["owner"])
    take.refresh_from_db()
    assert take.title == ""  # at once
    row.refresh_from_db()
    assert b"owner" not in bytes(row.undo or b"-")
    Recording.objects.filter(pk=renamed.pk).update(title="Mine now")
    erasure.cancel(cast["owner"])
    take.refresh_from_db()
    renamed.refresh_from_db()
    row.refresh_from_db()
    assert (take.title, renamed.title, row.undo) == ("owner's", "Mine now", None)
    erasure.request(cast["owner"])
    purge(cast["owner"])
    take.refresh_from_db()
    assert (take.title, take.owner, take.audience) == ("", cast["participant"], "public")


@pytest.mark.clause("leaving")
@pytest.mark.promise("JK-14")
def test_another_persons_copy_that_names_a_leaver_is_gone_at_once(cast: Cast) -> None:
    copy = Copy(cast["participant"])
    assert cast["owner"].pk in copy.row.named
    erasure.request(cast["owner"])
    assert default_storage.exists(str(copy.row.file.name))  # the job has it deleted in a moment
    purge(cast["owner"])
    assert not default_storage.exists(str(copy.row.file.name))
    copy.row.refresh_from_db()
    assert (copy.row.file.name, copy.row.named) == ("", [])
    page = cast.client("participant").get(reverse("exports")).content.decode()
    assert "This file is gone" in page
