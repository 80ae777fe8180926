"""What a client says of its take is held against what can be true, and harms nobody else."""

import hashlib
import json
import math
from typing import Any

import pytest
from django.utils import timezone

from sessions_app.models import JamSession, Mix, Participant, Recording, RecordingConsent, Stem
from sessions_app.services import endings, rendering
from tests.cast import Cast
from tests.sessions_app.test_api import is_problem

RATE, SECONDS = 8_000, 2
BEGIN = 60_000.0  # session ms
FRAMES = RATE * SECONDS
PLAYERS = ("owner", "participant")
TRUE = [[0, BEGIN], [FRAMES, BEGIN + 1000 * SECONDS]]


def tone(hertz: float) -> bytes:
    """Two seconds of s24le, one channel."""
    steps = (round(2**21 * math.sin(2 * math.pi * hertz * n / RATE)) for n in range(FRAMES))
    return b"".join(step.to_bytes(3, "little", signed=True) for step in steps)


def a_take(cast: Cast, host: str = "owner") -> Recording:
    """A take of two players that has just been stopped; no sound has come yet."""
    session = JamSession.objects.create(host=cast[host], title="take")
    take = Recording.objects.create(
        session=session, owner=cast[host], state="uploading", starts_at_ms=BEGIN,
        stops_at_ms=BEGIN + 1000 * SECONDS, upload_due_at=timezone.now() + endings.UPLOADS_WAIT,
    )  # fmt: skip
    for name in PLAYERS:
        Participant.objects.get_or_create(session=session, user=cast[name])
        RecordingConsent.objects.create(
            recording=take, user=cast[name], answer="yes", answered_at=timezone.now()
        )
        Stem.objects.create(recording=take, player=cast[name])
    return take


@pytest.fixture
def take(cast: Cast) -> Recording:
    return a_take(cast)


def stem_of(take: Recording, cast: Cast, name: str) -> Stem:
    return Stem.objects.get(recording=take, player=cast[name])


def send(cast: Cast, take: Recording, name: str, clock: Any = TRUE, **changed: Any) -> Any:
    """Upload a stem as its player's browser does; the answer to `complete`."""
    client, stem = cast.client(name), stem_of(take, cast, name)
    data = tone(440 if name == "owner" else 660)
    put = client.put(
        f"/api/v1/stems/{stem.public_id}/chunks/0/", data, content_type="application/octet-stream",
        headers={"x-chunk-sha256": hashlib.sha256(data).hexdigest()},
    )  # fmt: skip
    assert put.status_code == 204, put.content
    about = {
        "chunks": 1, "frames": FRAMES, "sample_rate": RATE, "channels": 1, "clock": clock,
    } | changed  # fmt: skip
    return client.post(
        f"/api/v1/stems/{stem.public_id}/complete/", json.dumps(about), "application/json"
    )


def mix(take: Recording) -> Mix:
    made = Mix.objects.get(recording=take, withdrawn_at=None)
    rendering.run(made.pk)
    made.refresh_from_db()
    return made


@pytest.mark.parametrize(
    "clock",
    [
        [[0, BEGIN], [FRAMES, BEGIN + 7_200_000]],  # two hours off
        [[0, BEGIN + 7_200_000], [FRAMES, BEGIN + 7_202_000]],
        [[0, BEGIN], [FRAMES, 1e308]],
        [[0, -1e308], [FRAMES, 1e308]],
        [[0, BEGIN - 5_001], [FRAMES, BEGIN - 3_001]],
        [[0, BEGIN + 5_001], [FRAMES, BEGIN + 7_001]],
        [[0, BEGIN], [FRAMES, BEGIN + 2_022]],  # 1% and 20 ms too slow
        [[0, BEGIN], [FRAMES, BEGIN + 1_978]],
        [[-1, BEGIN], [FRAMES, BEGIN + 2_000]],
        [[0, BEGIN], [FRAMES + 1, BEGIN + 2_000]],
        [[0, BEGIN], [0, BEGIN + 1]],
        [[0, BEGIN], [5e-324, BEGIN + 1]],  # less than a frame apart
    ],
)
def test_a_clock_that_cannot_be_true_is_refused(cast: Cast, take: Recording, clock: Any) -> None:
    is_problem(send(cast, take, "owner", clock), 422)
    stem = stem_of(take, cast, "owner")
    assert (stem.state, stem.clock) == ("capturing", [])


@pytest.mark.parametrize(
    "clock",
    [
        [[0, BEGIN - 4_999], [FRAMES, BEGIN - 2_999]],  # 5 s are forgiven
        [[0, BEGIN], [FRAMES, BEGIN + 2_020]],
        [[0, BEGIN], [8_000, BEGIN + 1_000], [8_001, BEGIN + 1_250], [FRAMES, BEGIN + 2_250]],
    ],
)
def test_what_honest_browsers_send_is_taken(cast: Cast, take: Recording, clock: Any) -> None:
    """Also a step: the context stood still for a quarter of a second."""
    assert send(cast, take, "owner", clock).status_code == 200


def test_a_stem_longer_than_its_recording_is_refused(cast: Cast, take: Recording) -> None:
    Recording.objects.filter(pk=take.pk).update(starts_at_ms=0.0, stops_at_ms=1.0)
    slow = [[0, 0.0], [FRAMES, 2_000.0]]
    assert send(cast, take, "owner", slow).status_code == 200  # within 5 s
    stem = stem_of(take, cast, "participant")
    is_problem(send(cast, take, "participant", [[0, 0.0], [1, 0.5]], sample_rate=1000), 400)
    assert stem_of(take, cast, "participant").state == stem.state


def test_a_false_stem_is_left_out_and_the_page_says_so(cast: Cast, take: Recording) -> None:
    """It came before such clocks were refused, or past the door: the others' music is mixed."""
    for name in PLAYERS:
        assert send(cast, take, name).status_code == 200
    false = stem_of(take, cast, "participant")
    Stem.objects.filter(pk=false.pk).update(clock=[[0, BEGIN], [FRAMES, BEGIN + 7_200_000]])
    made = mix(take)
    assert made.status == Mix.Status.DONE
    assert made.duration_ms == 1000 * SECONDS
    assert [stem.player for stem in made.stems.all()] == [cast["owner"]]
    false.refresh_from_db()
    assert (false.state, false.fault) == ("failed", "clock")
    page = cast.client("owner").get(f"/recordings/{take.public_id}/").content.decode()
    name = cast["participant"].username
    assert f"The sound of {name} is not in the mix." in page
    assert "can&#x27;t be true" in page or "can't be true" in page


def test_an_aligned_stem_out_of_its_recordings_time_is_left_out(
    cast: Cast, take: Recording
) -> None:
    for name in PLAYERS:
        send(cast, take, name)
    assert mix(take).duration_ms == 1000 * SECONDS
    Stem.objects.filter(recording=take, player=cast["participant"]).update(start_ms=9_000_000.0)
    from sessions_app.services.mixing import mix_again

    mix_again(Recording.objects.get(pk=take.pk))
    again = mix(take)
    assert (again.status, again.duration_ms) == (Mix.Status.DONE, 1000 * SECONDS)


def test_steps_are_kept_with_the_stem_and_heard_in_the_mix(cast: Cast, take: Recording) -> None:
    stood = [
        [0, BEGIN], [4_000, BEGIN + 500], [8_000, BEGIN + 1_000], [8_064, BEGIN + 1_258],
        [12_000, BEGIN + 1_750], [FRAMES, BEGIN + 2_250],
    ]  # fmt: skip
    assert send(cast, take, "owner", stood).status_code == 200
    send(cast, take, "participant")
    made = mix(take)
    stem = stem_of(take, cast, "owner")
    [[frame, ms]] = stem.slips
    assert (frame, ms) == (8_032, pytest.approx(250, abs=1))
    assert made.duration_ms == pytest.approx(2_250, abs=2)
    assert stem.size == stem.file.size


def test_one_persons_takes_hold_one_worker(cast: Cast) -> None:
    takes = [a_take(cast), a_take(cast), a_take(cast, host="participant")]
    for one in takes:
        for name in PLAYERS:
            send(cast, one, name)
    mixes = [Mix.objects.get(recording=one, withdrawn_at=None) for one in takes]
    assert rendering._claim(mixes[0].pk) is not None  # a worker is at it
    rendering.run(mixes[1].pk)
    mixes[1].refresh_from_db()
    assert (mixes[1].status, mixes[1].attempts) == (Mix.Status.WAITING, 0)
    assert mixes[1].due_at > timezone.now()
    rendering.run(mixes[2].pk)  # somebody else's goes on
    mixes[2].refresh_from_db()
    assert mixes[2].status == Mix.Status.DONE
    Mix.objects.filter(pk=mixes[0].pk).update(leased_until=None)
    Mix.objects.filter(pk=mixes[1].pk).update(due_at=timezone.now())
    rendering.run(mixes[1].pk)
    mixes[1].refresh_from_db()
    assert mixes[1].status == Mix.Status.DONE
