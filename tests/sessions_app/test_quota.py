"""How much sound a person may send: by time, by seconds, by take, and in all."""

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from foundation import limits
from sessions_app.models import JamSession, Participant, Recording, Stem, StemChunk
from sessions_app.services import publishing, uploads
from tests.cast import Cast
from tests.sessions_app.test_api import is_problem
from tests.sessions_app.test_api_stems import CHUNK, put

HOURS = 3_600_000.0


@pytest.fixture
def take(cast: Cast) -> Recording:
    """A take that began ten seconds ago."""
    session = JamSession.objects.create(host=cast["owner"], title="quota")
    now = (timezone.now() - session.created_at).total_seconds() * 1000
    recording = Recording.objects.create(
        session=session, owner=cast["owner"], state="recording", starts_at_ms=now - 10_000
    )
    for name in ("owner", "participant"):
        Participant.objects.create(session=session, user=cast[name])
        Stem.objects.create(recording=recording, player=cast[name])
    return recording


def stem_of(take: Recording, cast: Cast, name: str = "owner") -> Stem:
    return Stem.objects.get(recording=take, player=cast[name])


def lasted(take: Recording, ms: float) -> None:
    Recording.objects.filter(pk=take.pk).update(state="uploading", starts_at_ms=0.0, stops_at_ms=ms)


def test_no_chunk_comes_before_it_can_have_been_played(cast: Cast, take: Recording) -> None:
    """Ten seconds are two chunks; half a minute is forgiven."""
    client, stem = cast.client("owner"), stem_of(take, cast)
    assert put(client, stem, 7).status_code == 204
    is_problem(put(client, stem, 100), 422)
    lasted(take, 10_000)
    is_problem(put(client, stem, 8), 422)
    assert StemChunk.objects.filter(stem=stem).count() == 1


def test_a_take_of_three_hours_comes_whole_and_what_is_beyond_does_not(
    cast: Cast, take: Recording
) -> None:
    """The browser is told the same limit, and ends there by itself."""
    lasted(take, 3 * HOURS)
    client, stem = cast.client("owner"), stem_of(take, cast)
    told = client.get(f"/api/v1/stems/{stem.public_id}/").json()["limits"]
    assert told["seconds"] == 3 * 3600
    last = told["seconds"] // uploads.CHUNK_SECONDS - 1
    assert put(client, stem, last).status_code == 204
    assert put(client, stem, told["chunks"] - 1).status_code == 204
    is_problem(put(client, stem, told["chunks"]), 422)


def test_no_more_bytes_come_than_a_second_has(cast: Cast, take: Recording) -> None:
    """30 s at 96 kHz, two channels, 24 bits are 17.28 MB."""
    lasted(take, 0.0)
    client, stem = cast.client("owner"), stem_of(take, cast)
    whole = bytes(8 * 1024 * 1024)
    assert [put(client, stem, number, whole).status_code for number in (0, 1)] == [204, 204]
    is_problem(put(client, stem, 2, whole), 422)
    assert put(client, stem, 2, whole[:500_000]).status_code == 204


def test_a_person_has_so_many_chunks_a_minute(cast: Cast, take: Recording) -> None:
    client, stem = cast.client("owner"), stem_of(take, cast)
    for _ in range(limits.CHUNKS.limit):
        limits.CHUNKS.spend(cast["owner"].pk)
    answer = put(client, stem, 0)
    assert is_problem(answer, 429)["limit"] == 600
    assert int(answer["Retry-After"]) > 0
    other = stem_of(take, cast, "participant")
    assert put(cast.client("participant"), other, 0).status_code == 204


def use(cast: Cast, name: str = "owner") -> Any:
    return cast.client(name).get("/api/v1/me/storage/").json()


def test_storage_ends_for_one_person_and_is_there_again_when_they_made_room(
    cast: Cast, take: Recording, settings: Any
) -> None:
    settings.STORAGE_GB_PER_PERSON = 6_000 / 2**30
    client, stem = cast.client("owner"), stem_of(take, cast)
    before = use(cast)["used"]
    assert [put(client, stem, number).status_code for number in (0, 1)] == [204, 204]
    assert use(cast) == {
        "used": before + 2 * len(CHUNK),
        "limit": 6_000,
        "left": 6_000 - before - 2 * len(CHUNK),
    }
    full = is_problem(put(client, stem, 2), 413)
    assert (full["used"], full["limit"]) == (before + 2 * len(CHUNK), 6_000)
    assert put(client, stem, 0).status_code == 204  # what is here stays here
    other = stem_of(take, cast, "participant")
    assert put(cast.client("participant"), other, 0).status_code == 204

    page = client.get("/settings/storage/").content.decode()
    assert "4.5\xa0KB of 5.9\xa0KB used" in page
    publishing.withdraw(take, cast["owner"])
    StemChunk.objects.filter(stem=stem).delete()
    assert use(cast)["used"] == before


def test_chunks_that_come_at_once_dont_pass_the_limit_together(
    cast: Cast, take: Recording, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the first look at what is left and the row, another of theirs takes the place."""
    stem = stem_of(take, cast)
    settings.STORAGE_GB_PER_PERSON = (use(cast)["used"] + len(CHUNK) + 1) / 2**30
    save = default_storage.save

    def meanwhile(name: str, content: Any) -> str:
        StemChunk.objects.create(stem=stem, number=1, sha256="0" * 64, size=len(CHUNK), file="-")
        return save(name, content)

    monkeypatch.setattr(default_storage, "save", meanwhile)
    is_problem(put(cast.client("owner"), stem, 0), 413)
    assert list(StemChunk.objects.filter(stem=stem).values_list("number", flat=True)) == [1]
    assert default_storage.listdir(f"chunks/{stem.public_id}")[1] == []


def test_chunks_that_come_at_once_dont_pass_the_limit_of_their_take(
    cast: Cast, take: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    lasted(take, 0.0)
    stem, save = stem_of(take, cast), default_storage.save

    def meanwhile(name: str, content: Any) -> str:
        StemChunk.objects.create(stem=stem, number=1, sha256="0" * 64, size=17_000_000, file="-")
        return save(name, content)

    monkeypatch.setattr(default_storage, "save", meanwhile)
    is_problem(put(cast.client("owner"), stem, 0, bytes(500_000)), 422)
    assert list(StemChunk.objects.filter(stem=stem).values_list("number", flat=True)) == [1]


def test_what_is_whole_counts_by_its_file_and_is_listed(cast: Cast) -> None:
    stem = Stem.objects.filter(player=cast["owner"], state="aligned").order_by("pk")[0]
    Stem.objects.filter(pk=stem.pk).update(size=123_000_000)
    assert use(cast)["used"] == 123_000_000
    page = cast.client("owner").get("/settings/storage/").content.decode()
    assert "117.3\xa0MB" in page
    assert f'href="/recordings/{stem.recording.public_id}/"' in page
    assert use(cast, "stranger")["used"] == 0
    assert "117.3" not in cast.client("stranger").get("/settings/storage/").content.decode()
