"""LiveKit: what its tokens grant, what its server is asked, which webhooks are believed."""

import time
from typing import Any

import jwt
import pytest
from livekit import api

from integrations import livekit, providers
from integrations.boundary import Undeclared
from privacy.models import Disclosure
from tests.cast import Cast
from tests.livekit_server import KEY, SECRET, LiveKit, signed_event


@pytest.fixture
def server(settings: Any) -> Any:
    found = LiveKit()
    for name, value in found.settings.items():
        setattr(settings, name, value)
    yield found
    found.close()


def grants_of(token: str) -> tuple[api.access_token.Claims, dict[str, Any]]:
    """Return a token as LiveKit's own library reads it, and every claim that it holds."""
    claims = api.TokenVerifier(KEY, SECRET).verify(token)
    plain = jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_nbf": False})
    return claims, plain


def test_a_token_opens_one_room_for_a_while_and_grants_a_microphone_alone(
    cast: Cast, server: LiveKit
) -> None:
    token = livekit.join_token("room-name", "random-stay", cast["participant"].pk, publishes=True)
    claims, plain = grants_of(token)
    assert claims.identity == "random-stay"
    assert claims.video == api.VideoGrants(
        room_join=True, room="room-name", can_publish=True, can_subscribe=True,
        can_publish_data=False, can_publish_sources=["microphone"],
        can_update_own_metadata=False,
    )  # fmt: skip
    # Nothing else: no name, no metadata, no key of a person.
    assert set(plain) == {"iss", "sub", "nbf", "exp", "video"}
    assert plain["exp"] <= time.time() + livekit.TOKEN_LIFETIME
    assert list(Disclosure.objects.values_list("provider", flat=True)) == ["livekit"]


def test_who_listens_may_publish_nothing(cast: Cast, server: LiveKit) -> None:
    token = livekit.join_token("room-name", "random-stay", cast["participant"].pk, publishes=False)
    claims, _plain = grants_of(token)
    assert claims.video is not None
    assert (claims.video.can_publish, claims.video.can_publish_sources) == (False, [])


def test_each_call_is_made_with_a_token_for_it_alone(server: LiveKit) -> None:
    livekit.create_room("a", 12)
    livekit.create_room("a", 12)  # again is the same
    asked = server.rooms["a"]
    assert (asked.max_participants, asked.empty_timeout, asked.departure_timeout) == (12, 300, 60)
    livekit.remove("a", "nobody")  # gone already
    livekit.mute("a", "nobody")
    livekit.delete_room("a")
    livekit.delete_room("a")
    assert server.rooms == {}


@pytest.mark.parametrize("url", ["", "ws://127.0.0.1:9"])
def test_a_server_that_is_away_is_said_to_be(server: LiveKit, settings: Any, url: str) -> None:
    server.away = True
    if url:
        settings.LIVEKIT_URL = url
    with pytest.raises(livekit.Unreachable):
        livekit.create_room("a", 12)
    with pytest.raises(livekit.Unreachable):
        livekit.remove("a", "somebody")


def test_a_wrong_address_is_no_room_that_is_gone(server: LiveKit, settings: Any) -> None:
    settings.LIVEKIT_URL = f"{server.url}/elsewhere"
    with pytest.raises(livekit.Unreachable):
        livekit.delete_room("a")


def test_a_webhook_of_livekits_own_making_is_read(server: LiveKit) -> None:
    body, headers = signed_event("participant_left", "room-name", "random-stay")
    event = livekit.read_event(body, headers["Authorization"])
    assert event == livekit.Event("participant_left", "room-name", "random-stay")
    assert livekit.read_event(body, f"Bearer {headers['Authorization']}") == event


def signed(body: bytes, **changes: Any) -> str:
    """Return a webhook's token with some claims changed (None: left out)."""
    _body, headers = signed_event("room_finished", "room-name")
    claims = jwt.decode(headers["Authorization"], options={"verify_signature": False})
    claims |= {"sha256": "", **changes}
    key = claims.pop("key", SECRET)
    return jwt.encode(
        {name: value for name, value in claims.items() if value is not None}, key, "HS256"
    )


def test_what_livekit_did_not_sign_lately_is_not_believed(server: LiveKit) -> None:
    body, headers = signed_event("room_finished", "room-name")
    good = jwt.decode(headers["Authorization"], options={"verify_signature": False})["sha256"]
    now = int(time.time())
    assert livekit.read_event(body, signed(body, sha256=good)).kind == "room_finished"
    false = {
        "no token": "",
        "no JWT": "Bearer nonsense",
        "another secret": signed(body, sha256=good, key="another-secret-of-32-characters-x"),
        "another key": signed(body, sha256=good, iss="APIother"),
        "old": signed(body, sha256=good, exp=now - 120),
        "not yet": signed(body, sha256=good, nbf=now + 600),
        "for years": signed(body, sha256=good, exp=now + 10**8),
        "for ever": signed(body, sha256=good, exp=None),
        "no hash": signed(body, sha256=None),
        "another body's hash": signed(body, sha256="AAAA"),
        "no algorithm": jwt.encode({"iss": KEY, "exp": now + 60, "sha256": good}, "", "none"),
    }
    believed = []
    for what, token in false.items():
        try:
            livekit.read_event(body, token)
        except livekit.Unverified:
            continue
        believed.append(what)
    assert believed == []


def test_a_body_of_any_shape_is_an_event_of_no_kind(server: LiveKit) -> None:
    for about in (
        b"", b"{", b"[]", b"null", b'{"event": 7, "room": "x", "participant": []}',
        b'{"event": "room_finished\\u0000"}', b"[" * 20_000, b"\xff\xfe",
        b'{"room": {"name": null}}',
        b'{"event": "' + b"x" * 9000 + b'"}',
    ):  # fmt: skip
        token = livekit._signed({"sha256": _hash(about)}, 60)
        assert livekit.read_event(about, token) == livekit.Event("", "")


def _hash(body: bytes) -> str:
    import base64
    import hashlib

    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def test_it_is_an_outside_service_with_its_region_where_it_is_configured(
    cast: Cast, server: LiveKit, settings: Any
) -> None:
    named = providers.find("livekit")
    assert (named.name, named.region) == ("127.0.0.1", "Testland")
    policy = cast.client("anonymous").get("/privacy/").content.decode()
    assert "Testland" in policy
    settings.LIVEKIT_URL = ""
    with pytest.raises(LookupError):
        providers.find("livekit")
    with pytest.raises(Undeclared):
        livekit.join_token("room-name", "random-stay", cast["participant"].pk, publishes=True)
