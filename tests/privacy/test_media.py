"""Sound and pictures: only through checked, expiring addresses made for one viewer."""

import time
from typing import Any
from unittest import mock

import pytest

from foundation.ids import new_public_id
from privacy.gate.viewer import Viewer
from privacy.sharing import media
from sessions_app.models import Mix
from sessions_app.services import publishing
from tests.cast import Cast

SOUND = b"mark-mix-owner mark-mix-participant mark-mix-former"


def address(cast: Cast, role: str, *, recording: str = "public", part: str = "opus") -> str:
    mix = Mix.objects.get(recording=cast.recordings[recording])
    return media.url_for(mix, part, Viewer.of(cast.user(role)))


def old_address(cast: Cast, role: str, seconds: float) -> str:
    then = time.time() - seconds
    with mock.patch("django.core.signing.time.time", lambda: then):
        return address(cast, role)


def body(response: Any) -> bytes:
    return b"".join(response) if response.streaming else response.content


def plain(response: Any) -> tuple[int, dict[str, str], int]:
    """Return an answer without what differs between any two of them."""
    headers = dict(response.headers)
    headers.pop("Content-Security-Policy", None)
    return response.status_code, headers, len(body(response))


@pytest.mark.clause("media-urls")
@pytest.mark.promise("JK-36")
def test_an_address_works_for_the_viewer_it_was_made_for(cast: Cast) -> None:
    roles = ("owner", "participant", "stranger", "anonymous")
    for made_for in roles:
        url = address(cast, made_for)
        heard = {role for role in roles if cast.client(role).get(url).status_code == 200}
        assert heard == {made_for}


@pytest.mark.clause("media-urls")
def test_an_address_ends_after_an_hour(cast: Cast) -> None:
    stranger = cast.client("stranger")
    assert stranger.get(old_address(cast, "stranger", 3590)).status_code == 200
    assert stranger.get(old_address(cast, "stranger", 3610)).status_code == 404


@pytest.mark.clause("media-urls", "who-sees")
@pytest.mark.promise("JK-11", "JK-36")
def test_everything_that_is_refused_is_refused_alike(cast: Cast) -> None:
    stranger = cast.client("stranger")
    good = address(cast, "stranger")
    ghost = Mix(public_id=new_public_id())
    refused = {
        "another's": address(cast, "owner"),
        "hidden": address(cast, "stranger", recording="participants"),
        "missing": media.url_for(ghost, "opus", Viewer.of(cast["stranger"])),
        "old": old_address(cast, "stranger", 3610),
        "tampered": good.replace("opus", "flac"),
        "cut": good[:-3],
        "unsigned": "/media/sessions_app.mix~1~opus~1",
        "other part": media.url_for(ghost, "password", Viewer.of(cast["stranger"])),
        "other model": _signed(cast, "accounts.user", "password"),
        "no model": _signed(cast, "nothing.here", "opus"),
    }
    answers = {name: plain(stranger.get(url)) for name, url in refused.items()}
    assert answers["missing"][0] == 404
    assert {name for name, one in answers.items() if one != answers["missing"]} == set()


def _signed(cast: Cast, label: str, part: str) -> str:
    """Sign what we never would: the signature alone must not open anything."""
    thing = mock.Mock(public_id=cast["owner"].public_id)
    thing._meta.label_lower = label
    return media.url_for(thing, part, Viewer.of(cast["stranger"]))


@pytest.mark.clause("media-urls")
@pytest.mark.promise("JK-11", "JK-36")
@pytest.mark.parametrize("audience", ["participants", "me"])
def test_a_change_of_audience_ends_every_address_given_out(cast: Cast, audience: str) -> None:
    urls = {role: address(cast, role) for role in ("owner", "participant", "stranger", "anonymous")}
    publishing.change_audience(cast.recordings["public"], audience)
    heard = {role for role, url in urls.items() if cast.client(role).get(url).status_code == 200}
    assert heard == ({"owner", "participant"} if audience == "participants" else {"owner"})
    publishing.change_audience(cast.recordings["public"], "public")
    assert cast.client("stranger").get(urls["stranger"]).status_code == 200


@pytest.mark.clause("media-urls")
def test_withdrawing_ends_the_mix_and_the_stem(cast: Cast) -> None:
    participant = cast.client("participant")
    url = address(cast, "participant")
    stem = cast.recordings["public"].stems.get(player=cast["participant"])
    own = media.url_for(stem, "flac", Viewer.of(cast["participant"]))
    assert body(participant.get(own)) == b"mark-sound-participant"
    publishing.withdraw(cast.recordings["public"], cast["participant"])
    assert participant.get(url).status_code == 404
    assert participant.get(own).status_code == 404
    # The sound of the others is theirs as before; the old mix is nobody's.
    assert cast.client("owner").get(address(cast, "owner", recording="me")).status_code == 200


@pytest.mark.clause("media-urls")
@pytest.mark.parametrize(
    ("header", "status", "content_range", "content"),
    [
        ("bytes=0-3", 206, f"bytes 0-3/{len(SOUND)}", SOUND[:4]),
        ("bytes=5-", 206, f"bytes 5-{len(SOUND) - 1}/{len(SOUND)}", SOUND[5:]),
        ("bytes=-6", 206, f"bytes {len(SOUND) - 6}-{len(SOUND) - 1}/{len(SOUND)}", SOUND[-6:]),
        ("bytes=9-9999", 206, f"bytes 9-{len(SOUND) - 1}/{len(SOUND)}", SOUND[9:]),
        ("bytes=0-", 206, f"bytes 0-{len(SOUND) - 1}/{len(SOUND)}", SOUND),
        (f"bytes=0-{len(SOUND) - 1}", 206, f"bytes 0-{len(SOUND) - 1}/{len(SOUND)}", SOUND),
        (f"bytes=-{len(SOUND)}", 206, f"bytes 0-{len(SOUND) - 1}/{len(SOUND)}", SOUND),
        ("bytes=-9999", 206, f"bytes 0-{len(SOUND) - 1}/{len(SOUND)}", SOUND),
        ("bytes=9999-", 416, f"bytes */{len(SOUND)}", b""),
        ("bytes=8-3", 416, f"bytes */{len(SOUND)}", b""),
        ("bytes=-0", 416, f"bytes */{len(SOUND)}", b""),
        ("bytes=0-0,5-6", 200, None, SOUND),
        ("lines=1-2", 200, None, SOUND),
        ("", 200, None, SOUND),
    ],
)
def test_ranges(
    cast: Cast, header: str, status: int, content_range: str | None, content: bytes
) -> None:
    response: Any = cast.client("anonymous").get(
        address(cast, "anonymous"), headers={"Range": header}
    )
    assert (response.status_code, body(response)) == (status, content)
    assert response.headers.get("Content-Range") == content_range


@pytest.mark.clause("media-urls")
@pytest.mark.parametrize("span", ["", "bytes=0-3", "bytes=9999-"])
def test_sound_is_stored_by_nobody_on_the_way(cast: Cast, span: str) -> None:
    response: Any = cast.client("stranger").get(address(cast, "stranger"), headers={"Range": span})
    headers = {name: response.headers[name] for name in EXPECTED}
    assert headers == EXPECTED
    if not span:
        assert response.headers["Content-Type"] == "audio/ogg"
        assert response.headers["Accept-Ranges"] == "bytes"
        assert response.headers["Content-Length"] == str(len(SOUND))


EXPECTED = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Referrer-Policy": "same-origin",
}


def test_a_head_request_tells_the_size_and_sends_nothing(cast: Cast) -> None:
    response: Any = cast.client("stranger").head(address(cast, "stranger"))
    assert (response.status_code, response.headers["Content-Length"]) == (200, str(len(SOUND)))


def test_a_file_that_is_lost_is_missing(cast: Cast) -> None:
    mix = Mix.objects.get(recording=cast.recordings["public"])
    mix.opus.storage.delete(mix.opus.name)
    assert cast.client("stranger").get(address(cast, "stranger")).status_code == 404


@pytest.mark.clause("media-urls")
def test_files_have_no_direct_address(cast: Cast, settings: Any) -> None:
    mix = Mix.objects.get(recording=cast.recordings["public"])
    for path in (mix.opus.url, f"/media/{mix.opus.name}", f"/static/{mix.opus.name}"):
        assert cast.client("owner").get(path).status_code == 404


def test_an_address_names_no_internal_key(cast: Cast) -> None:
    token = address(cast, "owner").removeprefix("/media/").split(":")[0]
    label, public_id, part, made_for = token.split("~")
    assert (label, part) == ("sessions_app.mix", "opus")
    assert (len(public_id), len(made_for)) == (22, 16)
    assert made_for != address(cast, "stranger").split(":")[0].split("~")[3]


def test_the_reverse_proxy_sends_the_file_after_our_yes(cast: Cast, settings: Any) -> None:
    settings.MEDIA_ACCEL_PREFIX = "/protected/"
    mix = Mix.objects.get(recording=cast.recordings["public"])
    response = cast.client("stranger").get(address(cast, "stranger"))
    assert response["X-Accel-Redirect"] == f"/protected/{mix.opus.name}"
    assert response.content == b""
    hidden = cast.client("stranger").get(address(cast, "stranger", recording="me"))
    assert (hidden.status_code, hidden.has_header("X-Accel-Redirect")) == (404, False)
