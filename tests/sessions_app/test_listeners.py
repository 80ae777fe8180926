"""Listening to a public session live: who is heard, by whom, and what is left after a no."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.connections import services as ties
from accounts.models import User
from foundation import limits
from sessions_app import stream_queries
from sessions_app.live import fmp4, packets, playlist, store
from sessions_app.models import JamSession, Participant, StreamConsent
from sessions_app.services import hosting, streams
from sessions_app.services.recording import Refused
from tests.cast import Cast
from tests.privacy.test_stores import lifetime, undeclared

PACKET = bytes([31 << 3]) + b"sound"  # one frame of 20 ms (RFC 6716, table 2)
BODY = b"".join(len(PACKET).to_bytes(2, "big") + PACKET for _ in range(packets.PACKETS))
PLAYING = ("owner", "participant")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's transaction is never committed: what follows a commit follows at once."""
    monkeypatch.setattr("django.db.transaction.on_commit", lambda does, **_: does())


@pytest.fixture
def jam(cast: Cast) -> Iterator[JamSession]:
    """A public session that allows listeners, with two inside who agreed to be heard."""
    jam = cast.sessions["public"]
    minute = timezone.now() + timedelta(minutes=1)
    JamSession.objects.filter(pk=jam.pk).update(occupied_until=minute, listeners=True)
    jam.refresh_from_db()
    for role in PLAYING:
        Participant.objects.get_or_create(session=jam, user=cast[role])
        streams.answer(jam, cast[role], yes=True)
    yield jam
    store.end(jam.pk)


def start(cast: Cast, jam: JamSession, *present: str) -> store.Stream:
    streams.start(jam, cast["owner"], [cast[role].pk for role in present or PLAYING])
    return running(jam)


def running(jam: JamSession) -> store.Stream:
    stream = store.of(jam.pk)
    assert stream is not None
    return stream


def put(client: Client, stream: store.Stream, jam: JamSession, n: int, body: bytes = BODY) -> Any:
    address = reverse("stream_part", args=[jam.public_id, stream.version, n])
    return client.put(address, body, content_type="application/octet-stream")


def play(cast: Cast, jam: JamSession, count: int) -> store.Stream:
    """Send so many parts, as if their time had passed."""
    stream = running(jam)
    now = time.time()
    for n in range(count):
        at = now - (count - n) * packets.PART_MS / 1000
        fragment = fmp4.fragment(n, packets.read(BODY))
        assert store.add(stream, n, fragment, at) == ("new", n + 1)
    return running(jam)


def listen(client: Client, jam: JamSession) -> str:
    """Return the playlist, as a page gets it."""
    first = client.get(reverse("listen_live", args=[jam.public_id])).content.decode()
    answer = client.get(media_address(jam, first))
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def media_address(jam: JamSession, multivariant: str) -> str:
    query = multivariant.splitlines()[-1].split("?")[1]
    return f"{reverse('listen_media', args=[jam.public_id])}?{query}"


def every_address(jam: JamSession, stream: store.Stream) -> list[str]:
    """Return the addresses at which something of a stream is heard."""
    kinds = ("listen_live", "listen_media", "listen_beginning")
    sound = [reverse(name, args=[jam.public_id, stream.version, 0])
             for name in ("listen_part", "listen_segment")]  # fmt: skip
    return [*(reverse(kind, args=[jam.public_id]) for kind in kinds), *sound]


@pytest.mark.clause("listeners")
@pytest.mark.promise("JK-34")
def test_anybody_listens_to_a_public_session(cast: Cast, jam: JamSession) -> None:
    start(cast, jam)
    stream = play(cast, jam, 12)
    visitor = Client()
    text = listen(visitor, jam)
    base = stream.base
    assert text.splitlines()[:7] == [
        "#EXTM3U",
        "#EXT-X-VERSION:9",
        "#EXT-X-TARGETDURATION:2",
        "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.6",
        "#EXT-X-PART-INF:PART-TARGET=0.4",
        f"#EXT-X-MEDIA-SEQUENCE:{base}",
        "#EXT-X-DISCONTINUITY-SEQUENCE:0",
    ]
    assert text.count("#EXTINF:2.0,") == 2
    assert text.count("#EXT-X-PART:") == 12
    hint = f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{stream.version}/p12.m4s"'
    assert text.splitlines()[-1] == hint
    part = visitor.get(reverse("listen_part", args=[jam.public_id, stream.version, 11]))
    assert part.content == fmp4.fragment(11, [PACKET] * packets.PACKETS)
    segment = visitor.get(reverse("listen_segment", args=[jam.public_id, stream.version, 1]))
    whole = [fmp4.fragment(n, [PACKET] * packets.PACKETS) for n in range(5, 10)]
    assert segment.content == b"".join(whole)
    page = visitor.get(reverse("listen", args=[jam.public_id])).content.decode()
    assert "1 listener" in page
    assert store.listeners(jam.pk) == 1


@pytest.mark.clause("listeners")
@pytest.mark.promise("JK-11", "JK-34")
@pytest.mark.parametrize("audience", ["participants", "members", "link"])
def test_what_is_not_public_answers_as_what_is_not_there(
    cast: Cast, jam: JamSession, audience: str
) -> None:
    start(cast, jam)
    stream = play(cast, jam, 6)
    addresses = [*every_address(jam, stream), reverse("listen", args=[jam.public_id])]
    JamSession.objects.filter(pk=jam.pk).update(audience=audience)
    for client in (Client(), cast.client("stranger"), cast.client("participant")):
        for address in addresses:
            missing = address.replace(jam.public_id, "0" * len(jam.public_id))
            hidden, none = client.get(address), client.get(missing)
            assert (hidden.status_code, none.status_code) == (404, 404), address
            assert plain(hidden) == plain(none)


def plain(answer: Any) -> bytes:
    """Return an answer without what is another in each: the policy's nonce and form tokens."""
    request = answer.wsgi_request
    content: bytes = answer.content.replace(str(request.csp_nonce).encode(), b"")
    content = content.replace(request.path.encode(), b"")
    lines = [line for line in content.splitlines() if b"csrf" not in line]
    return b"\n".join(lines)


@pytest.mark.clause("listeners", "blocks")
@pytest.mark.parametrize("who", ["owner", "participant"])
def test_a_block_of_one_who_is_heard_ends_listening(cast: Cast, jam: JamSession, who: str) -> None:
    start(cast, jam)
    stream = play(cast, jam, 6)
    stranger = cast.client("stranger")
    assert "#EXTINF" in listen(stranger, jam)
    ties.block(cast[who], cast["stranger"])
    answers = [stranger.get(address).status_code for address in every_address(jam, stream)]
    assert answers == [404] * 5
    assert "#EXTINF" in listen(Client(), jam)


@pytest.mark.clause("listeners")
def test_nobody_is_heard_without_a_yes(cast: Cast, jam: JamSession) -> None:
    former = cast["former"]
    Participant.objects.get_or_create(session=jam, user=former)
    with pytest.raises(Refused, match="Not everybody here has agreed"):
        start(cast, jam, *PLAYING, "former")
    stream = start(cast, jam)
    # Who comes while it is on the air isn't in it until they say yes.
    assert stream.voices == {cast[role].pk for role in PLAYING}
    streams.settle(jam)
    assert running(jam) == stream
    streams.answer(jam, former, yes=True)
    more = running(jam)
    assert (more.version, more.voices) == (stream.version, stream.voices | {former.pk})


@pytest.mark.clause("listeners")
def test_who_takes_a_yes_back_is_gone_at_once(cast: Cast, jam: JamSession) -> None:
    start(cast, jam)
    before = play(cast, jam, 7)
    visitor = Client()
    old = reverse("listen_part", args=[jam.public_id, before.version, 6])
    assert visitor.get(old).status_code == 200
    streams.answer(jam, cast["participant"], yes=False)
    after = running(jam)
    assert after.voices == {cast["owner"].pk}
    assert after.version > before.version
    assert visitor.get(old).status_code == 404
    kept = limits.valkey().keys(f"stream:{jam.pk}:{before.version}*")
    assert kept == []
    # What was mixed with them comes too late.
    sender = cast.client("owner")
    late = put(sender, before, jam, 7)
    assert (late.status_code, late.json()["reason"]) == (409, "stale")
    assert late.json()["voices"] == [cast["owner"].public_id]
    # The playlist goes on behind a discontinuity, under numbers that grow.
    play(cast, jam, 6)
    text = listen(visitor, jam)
    assert f"#EXT-X-MEDIA-SEQUENCE:{after.base}" in text
    assert after.base == before.base + 2
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:0\n#EXT-X-DISCONTINUITY\n" in text
    assert str(before.version) not in text


@pytest.mark.clause("listeners")
@pytest.mark.parametrize("how", ["seat", "stopped", "erased row", "private", "not allowed"])
def test_whichever_way_a_voice_goes_it_is_heard_no_more(
    cast: Cast, jam: JamSession, how: str
) -> None:
    start(cast, jam)
    stream = play(cast, jam, 6)
    someone = cast["participant"]
    if how == "seat":
        hosting.remove(jam, cast["owner"], someone)
    elif how == "stopped":
        User.objects.filter(pk=someone.pk).update(is_active=False)
    elif how == "erased row":
        StreamConsent.objects.filter(user=someone).delete()
    elif how == "private":
        JamSession.objects.filter(pk=jam.pk).update(audience="participants")
    else:
        streams.allow(jam, cast["owner"], on=False)
    visitor = Client()
    assert [visitor.get(one).status_code for one in every_address(jam, stream)] == [404] * 5
    answer = put(cast.client("owner"), stream, jam, 6)
    assert answer.status_code in {404, 409}
    assert limits.valkey().keys(f"stream:{jam.pk}:{stream.version}*") == []


@pytest.mark.clause("listeners")
def test_a_childs_account_is_never_heard(cast: Cast, jam: JamSession) -> None:
    child, teacher = cast["child"], cast["teacher"]
    for person in (child, teacher):
        Participant.objects.create(session=jam, user=person)
    with pytest.raises(Refused, match="never hear a child"):
        streams.answer(jam, child, yes=True)
    StreamConsent.objects.create(session=jam, user=child, yes=True, text_version="forged")
    streams.answer(jam, teacher, yes=True)
    assert child.pk not in stream_queries.heard(jam.pk)
    with pytest.raises(Refused, match="Not everybody here"):
        streams.start(jam, teacher, [child.pk, teacher.pk])
    # With the child away it can begin, and ends when they come.
    streams.start(jam, teacher, [teacher.pk])
    assert child.pk not in running(jam).voices
    streams.came_in(jam, child)
    assert store.of(jam.pk) is None


FALSE = {
    "nothing": b"",
    "cut off": BODY[:-1],
    "a packet more": BODY + len(PACKET).to_bytes(2, "big") + PACKET,
    "a packet less": BODY[: -len(PACKET) - 2],
    "longer packets": BODY.replace(bytes([31 << 3]), bytes([3 << 3])),
    "two frames each": BODY.replace(bytes([31 << 3]), bytes([31 << 3 | 1])),
    "no packets": b"\0\0" * packets.PACKETS,
    "noise": bytes(range(256)) * 4,
}


@pytest.mark.parametrize("body", FALSE.values(), ids=FALSE.keys())
def test_what_is_no_part_is_refused(cast: Cast, jam: JamSession, body: bytes) -> None:
    stream = start(cast, jam)
    sender = cast.client("owner")
    assert put(sender, stream, jam, 0, body).status_code == 422
    assert running(jam).have == 0
    assert put(sender, stream, jam, 0).json() == {"have": 1, "listeners": 0}


def test_parts_come_twice_early_late_and_in_no_order(cast: Cast, jam: JamSession) -> None:
    stream = start(cast, jam)
    sender = cast.client("owner")
    assert put(sender, stream, jam, 1).json()["have"] == 0
    assert put(sender, stream, jam, 0).json()["have"] == 2
    assert put(sender, stream, jam, 1).json()["have"] == 2
    other = BODY.replace(b"sound", b"noise")

    def reason(n: int, body: bytes = BODY, of: store.Stream = stream) -> Any:
        answer = put(sender, of, jam, n, body)
        return answer.status_code, answer.json().get("reason")

    assert reason(1, other) == (409, "other")
    assert reason(9) == (409, "ahead")
    assert reason(10**30) == (409, "ahead")
    assert reason(8)[0] == 409  # the time of eight parts hasn't passed
    huge = b"x" * (packets.LARGEST + 1)
    assert put(sender, stream, jam, 2, huge).status_code == 413
    later = time.time() + 60
    assert store.add(stream, 2, b"", later)[0] == "late"
    assert put(cast.client("participant"), stream, jam, 2).status_code == 404
    assert put(Client(), stream, jam, 2).status_code == 302
    assert running(jam).have == 2


def test_playlists_are_asked_for_in_advance_within_bounds(cast: Cast, jam: JamSession) -> None:
    start(cast, jam)
    stream = play(cast, jam, 6)
    assert playlist.wanted(stream, stream.base + 1, 1) == 7
    assert playlist.wanted(stream, stream.base + 1, None) == 10
    assert playlist.wanted(stream, stream.base + 9, 0) is None
    visitor = Client()
    first = visitor.get(reverse("listen_live", args=[jam.public_id])).content.decode()
    address = media_address(jam, first)
    far = [f"_HLS_msn={10**13}", f"_HLS_msn={stream.base + 9}"]
    for words in ("_HLS_msn=x", "_HLS_msn=-1", "_HLS_part=1", *far, "_HLS_msn=1&_HLS_part=%C2%B2"):
        assert visitor.get(f"{address}&{words}").status_code == 400, words
    made_up = reverse("listen_media", args=[jam.public_id]) + "?ear=" + "0" * 32
    assert visitor.get(made_up).status_code == 404


def test_no_more_listen_than_may(
    cast: Cast, jam: JamSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STREAM_LISTENERS", 1)
    start(cast, jam)
    play(cast, jam, 6)
    listen(Client(), jam)
    first = Client().get(reverse("listen_live", args=[jam.public_id])).content.decode()
    address = media_address(jam, first)
    answer = Client().get(address)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")


def test_a_reaction_is_shown_and_names_nobody(
    cast: Cast, jam: JamSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(streams, "tell", lambda group, **message: told.append(message))
    start(cast, jam)
    told.clear()
    stranger = cast.client("stranger")
    address = reverse("react", args=[jam.public_id])
    accept = {"Accept": "application/json"}
    assert stranger.post(address, {"kind": "fire"}, headers=accept).status_code == 204
    assert told == [{"type": "room.reaction", "kind": "fire"}]
    assert stranger.post(address, {"kind": "<b>"}, headers=accept).status_code == 422
    answers = [stranger.post(address, {"kind": "fire"}, headers=accept) for _ in range(12)]
    assert answers[-1].status_code == 429
    assert json.dumps(told).count("fire") == len(told)


@pytest.mark.clause("listeners", "how-long")
@pytest.mark.retention("stream")
def test_nothing_is_left_of_a_stream(cast: Cast, jam: JamSession) -> None:
    start(cast, jam)
    play(cast, jam, 6)
    listen(Client(), jam)
    keys = limits.valkey().keys("stream:*")
    lives = [limits.valkey().ttl(key) for key in keys]
    assert len(keys) == 9  # six parts, their sums, the stream, the pages that listen
    assert min(lives) > 0
    assert max(lives) <= lifetime("stream").total_seconds()
    assert undeclared({key.decode() for key in keys}, "stream") == set()
    assert store.forget(cast["participant"]) == 1
    assert limits.valkey().keys("stream:*") == []
