"""What every page says to the browser: nothing of other hosts, nothing inline, no frames."""

import re
from typing import Any

import pytest
from django.urls import reverse

from tests.cast import Cast
from tests.privacy import named, routes
from tests.privacy.asking import address
from tests.privacy.expectations import RIGHTS
from tests.privacy.walking import every_route
from tests.privacy.world import World

FILES = {"media", "chat_file"}  # no pages: tests/privacy/test_media.py holds their headers


def pages(world: World) -> dict[str, Any]:
    """Return an answer of every page route, found and not found, for a member."""
    client = world.clients["owner"]
    found = {one.name: client.get(reverse(one.route) + one.query) for one in routes.LISTINGS}
    found |= {name: client.get(reverse(name)) for name in [*routes.OWN, "policy", "api_docs"]}
    found |= {
        name: world.clients["anonymous"].get(reverse(name))
        for name in ("account_login", "account_signup", "account_reset_password")
    }
    for surface in routes.SURFACES:
        if "GET" in surface.ways and surface.route not in FILES:
            right = surface.ways["GET"].right
            rows = RIGHTS[surface.kind, right].items()
            key = next((key for key, who in rows if "owner" in who), None)
            if key is None:  # a page that is nobody's who owns the thing
                continue
            found[surface.route] = client.get(address(world, surface, key, "owner"))
            found[f"no {surface.route}"] = client.get(address(world, surface, None, "owner"))
    return found


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    return {}


@pytest.fixture
def answers(kept: dict[str, Any], request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the answers of all pages, asked for once: each test reads another line of them."""
    if not kept:
        kept.update(pages(request.getfixturevalue("world")))
    return kept


def directives(answer: Any) -> dict[str, list[str]]:
    header = answer.headers["Content-Security-Policy"]
    return {part.split()[0]: part.split()[1:] for part in header.split(";")}


@pytest.mark.clause("cookies", "other-hosts")
@pytest.mark.promise("JK-32")
def test_pages_load_nothing_from_elsewhere_and_run_nothing_inline(answers: dict[str, Any]) -> None:
    for name, answer in answers.items():
        rules = directives(answer)
        assert rules["default-src"] == ["'none'"], name
        allowed = {source for sources in rules.values() for source in sources}
        own = {one for one in allowed if one.startswith("'nonce-")}
        assert allowed - own <= {"'none'", "'self'", "data:", "blob:"}, (name, allowed)
        assert len(own) <= 1, name
        assert (rules["frame-ancestors"], rules["base-uri"]) == (["'none'"], ["'none'"]), name
        assert "script-src" in rules and "data:" not in rules["script-src"], name


@pytest.mark.clause("other-hosts")
@pytest.mark.promise("JK-32")
def test_links_to_elsewhere_carry_no_referrer(answers: dict[str, Any]) -> None:
    for name, answer in answers.items():
        assert answer.headers["Referrer-Policy"] == "same-origin", name


@pytest.mark.clause("other-hosts")
def test_other_headers_that_every_answer_carries(answers: dict[str, Any]) -> None:
    for name, answer in answers.items():
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff", name
        assert headers["X-Frame-Options"] == "DENY", name
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", name
        assert "geolocation=()" in headers["Permissions-Policy"], name


@pytest.mark.clause("other-hosts")
def test_the_camera_and_the_screen_are_asked_for_in_a_room_alone(answers: dict[str, Any]) -> None:
    asks = {}
    for name, answer in answers.items():
        parts = answer.headers["Permissions-Policy"].split(", ")
        asks[name] = sorted(one for one in parts if one.startswith(("camera", "display-capture")))
    opened = {name for name, one in asks.items() if one != ["camera=()", "display-capture=()"]}
    assert opened == {"room"}
    assert asks["room"] == ["camera=(self)", "display-capture=(self)"]


# Texts that are the same for everybody, and how long a browser may keep them.
SAME_FOR_ALL = {
    **dict.fromkeys(
        (
            *("policy", "policy_changes", "policy_json", "policy_version", "policy_versions"),
            *("terms", "terms_changes", "terms_json", "terms_version", "terms_versions"),
        ),
        "no-cache",
    ),
    "export_schema": "public, max-age=3600",
}


@pytest.mark.clause("transport")
@pytest.mark.promise("JK-36")
def test_no_page_and_no_answer_of_the_api_is_stored_by_anybody(answers: dict[str, Any]) -> None:
    stored = {name for name, one in answers.items() if "no-store" not in one["Cache-Control"]}
    assert stored <= set(SAME_FOR_ALL)


@pytest.mark.clause("transport")
def test_no_address_at_all_is_stored_by_anybody(cast: Cast) -> None:
    """Every route of the site as a visitor and a member ask it, with what it makes of nonsense."""
    kept: dict[str, str] = {}
    clients = [cast.client(role) for role in ("anonymous", "stranger")]
    for path, pattern in every_route():
        filled = "/" + re.sub(r"<[^>]+>|\([^)]*\)", "1", re.sub(r"[\^$]|\\Z", "", path))
        for client in clients:
            header = client.get(filled).headers.get("Cache-Control", "")
            if "no-store" not in header:
                kept[pattern.name or path] = header
    assert kept == SAME_FOR_ALL


def test_only_the_room_is_isolated_from_other_origins(answers: dict[str, Any]) -> None:
    isolated = {
        name
        for name, answer in answers.items()
        if answer.headers.get("Cross-Origin-Embedder-Policy")
    }
    assert isolated == {"room"}


def test_each_page_has_its_own_nonce(cast: Cast) -> None:
    client = cast.client("anonymous")
    nonces = [directives(client.get("/"))["script-src"][-1] for _ in range(3)]
    assert len(set(nonces)) == 3


@pytest.mark.clause("cookies")
@pytest.mark.promise("JM-05", "JM-01")
def test_listening_needs_no_cookie(world: World) -> None:
    """A browser that refuses all cookies finds a recording and hears it."""
    from django.test import Client

    def fresh() -> Client:
        return Client(enforce_csrf_checks=True)

    found = world.recognise(fresh().get(reverse("recordings")).content.decode())
    assert "recording:public" in found
    path = world.things["recording"]["public"].get_absolute_url()
    page = fresh().get(path)
    assert page.status_code == 200
    refreshed: Any = fresh().get(f"{path}audio/").json()
    sound: Any = fresh().get(refreshed["src"])
    assert b"".join(sound) == named.mix_sound("public", "anonymous")
    assert [dict(one.cookies) for one in (page, sound)] == [{}, {}]


@pytest.mark.clause("other-hosts")
@pytest.mark.promise("JK-32")
def test_no_page_names_another_hosts_script_style_picture_or_sound(answers: dict[str, Any]) -> None:
    import re

    sources = re.compile(r'<(?:script|img|audio|video|iframe|source|embed)[^>]*\ssrc="([^"]+)"'
                         r'|<link[^>]*\shref="([^"]+)"')  # fmt: skip
    for name, answer in answers.items():
        if answer.headers["Content-Type"].startswith("text/html"):
            for src, href in sources.findall(answer.content.decode()):
                assert re.match(r"/(?!/)|data:", src or href), (name, src or href)
