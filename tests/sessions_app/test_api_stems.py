"""Uploading a stem: numbered chunks, checksums, resuming (docs/realtime.md)."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from sessions_app.models import JamSession, Participant, Recording, Stem, StemChunk
from tests.cast import Cast
from tests.sessions_app.test_api import is_problem

RATE = 48_000
CHUNK = bytes(range(256)) * 9  # 768 frames of 24 bit, mono


@pytest.fixture
def stem(cast: Cast) -> Stem:
    """A stem of the owner's that is on its way up, of a recording that has stopped."""
    session = JamSession.objects.create(host=cast["owner"], title="upload")
    recording = Recording.objects.create(
        session=session, owner=cast["owner"], state="uploading", starts_at_ms=0, stops_at_ms=48
    )
    for name in ("owner", "participant"):
        Participant.objects.create(session=session, user=cast[name])
        Stem.objects.create(recording=recording, player=cast[name])
    return Stem.objects.get(recording=recording, player=cast["owner"])


def put(client: Client, stem: Stem, number: int, data: bytes = CHUNK, sha256: str = "") -> Any:
    return client.put(
        f"/api/v1/stems/{stem.public_id}/chunks/{number}/",
        data,
        content_type="application/octet-stream",
        headers={"x-chunk-sha256": sha256 or hashlib.sha256(data).hexdigest()},
    )


def complete(client: Client, stem: Stem, **changed: Any) -> Any:
    about = {
        "chunks": 3, "frames": 3 * 768, "sample_rate": RATE, "channels": 1,
        "clock": [[0, 0.0], [3 * 768, 48.0]],
    }  # fmt: skip
    path = f"/api/v1/stems/{stem.public_id}/complete/"
    return client.post(path, json.dumps(about | changed), content_type="application/json")


def test_a_chunk_sent_twice_is_stored_once(cast: Cast, stem: Stem, media_folder: Path) -> None:
    client = cast.client("owner")
    assert [put(client, stem, 0).status_code for _ in range(3)] == [204, 204, 204]
    assert StemChunk.objects.filter(stem=stem).count() == 1
    assert len([path for path in media_folder.glob("chunks/**/*") if path.is_file()]) == 1
    assert StemChunk.objects.get(stem=stem).file.open().read() == CHUNK


def test_other_bytes_under_a_number_are_a_conflict(cast: Cast, stem: Stem) -> None:
    client = cast.client("owner")
    put(client, stem, 0)
    is_problem(put(client, stem, 0, CHUNK[::-1]), 409)
    assert StemChunk.objects.get(stem=stem).file.open().read() == CHUNK


def test_a_bad_checksum_stores_nothing(cast: Cast, stem: Stem) -> None:
    client = cast.client("owner")
    is_problem(put(client, stem, 0, sha256="0" * 64), 422)
    is_problem(put(client, stem, 0, sha256="no hex"), 422)
    assert not StemChunk.objects.filter(stem=stem).exists()
    shouted = hashlib.sha256(CHUNK).hexdigest().upper()
    assert put(client, stem, 0, sha256=shouted).status_code == 204


def test_what_is_too_large_or_empty_is_refused(cast: Cast, stem: Stem) -> None:
    client = cast.client("owner")
    limit = 8 * 1024 * 1024
    assert is_problem(put(client, stem, 0, bytes(limit + 1)), 422)["detail"]
    is_problem(put(client, stem, 0, b""), 422)
    assert put(client, stem, 0, bytes(limit)).status_code == 204


def test_only_bytes_are_taken(cast: Cast, stem: Stem) -> None:
    path = f"/api/v1/stems/{stem.public_id}/chunks/0/"
    response = cast.client("owner").put(path, "{}", content_type="application/json")
    is_problem(response, 415)


@pytest.mark.parametrize("role", ["participant", "stranger"])
def test_somebody_elses_stem_is_not_there(cast: Cast, stem: Stem, role: str) -> None:
    """Not even for those who play beside it, and not distinguishable from none at all."""
    client = cast.client(role)
    answers = [
        client.get(f"/api/v1/stems/{stem.public_id}/"), put(client, stem, 0),
        complete(client, stem), client.get(f"/api/v1/stems/{'1' * 22}/"),
    ]  # fmt: skip
    for answer in answers:
        is_problem(answer, 404)
        assert answer.content == answers[-1].content
    assert not StemChunk.objects.filter(stem=stem).exists()


def test_an_upload_is_resumed(cast: Cast, stem: Stem) -> None:
    client = cast.client("owner")
    for number in (0, 2):
        put(client, stem, number)
    state = client.get(f"/api/v1/stems/{stem.public_id}/").json()
    assert state == {
        "id": stem.public_id,
        "recording": stem.recording.public_id,
        "state": "capturing",
        "chunks": None,
        "received": [0, 2],
        "limits": {
            "seconds": 10_800,
            "chunks": 2161,
            "chunk_bytes": 8 * 1024 * 1024,
            "bytes_per_second": 576_000,
        },
        "stops_at": 48.0,
    }
    body = is_problem(complete(client, stem), 409)
    assert body["missing"] == [1]
    put(client, stem, 1)
    done = complete(client, stem)
    assert done.status_code == 200
    assert (done.json()["state"], done.json()["chunks"]) == ("stored", 3)


def test_complete_twice_is_complete(cast: Cast, stem: Stem) -> None:
    client = cast.client("owner")
    for number in range(3):
        put(client, stem, number)
    first, second = complete(client, stem), complete(client, stem, frames=1)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert Stem.objects.get(pk=stem.pk).frames == 3 * 768
    is_problem(put(client, stem, 3), 409)  # it takes no more
    assert put(client, stem, 0).status_code == 204  # what it has, it has


@pytest.mark.parametrize(
    "changed", [{"frames": 3 * 768 + 1}, {"channels": 2}, {"frames": 1}, {"frames": 2 * 768}]
)
def test_sums_that_do_not_fit_are_refused(cast: Cast, stem: Stem, changed: Any) -> None:
    client = cast.client("owner")
    for number in range(3):
        put(client, stem, number)
    is_problem(complete(client, stem, **changed), 422)
    assert Stem.objects.get(pk=stem.pk).state == "capturing"


@pytest.mark.parametrize(
    "changed",
    [
        {"sample_rate": 1}, {"channels": 3}, {"chunks": 0}, {"clock": [[0, 0.0]]},
        {"clock": [[0], [1]]}, {"clock": "now"}, {"frames": -1},
        {"clock": [[0, 0.0], [1, float("nan")]]}, {"clock": [[0, 0.0], [1, float("inf")]]},
    ],
)  # fmt: skip
def test_nonsense_is_refused(cast: Cast, stem: Stem, changed: Any) -> None:
    client = cast.client("owner")
    for number in range(3):
        put(client, stem, number)
    is_problem(complete(client, stem, **changed), 400)
    assert Stem.objects.get(pk=stem.pk).state == "capturing"


def test_a_withdrawn_stem_takes_nothing(cast: Cast, stem: Stem) -> None:
    Stem.objects.filter(pk=stem.pk).update(state="withdrawn")
    client = cast.client("owner")
    assert put(client, stem, 0).status_code in {404, 409}
    assert complete(client, stem).status_code in {404, 409}
    assert not StemChunk.objects.filter(stem=stem).exists()
