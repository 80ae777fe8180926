"""Hidden and missing are one answer: status, headers, body, and the work it took."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.privacy import routes
from tests.privacy.asking import address, send
from tests.privacy.expectations import RIGHTS
from tests.privacy.routes import Surface, Way
from tests.privacy.world import Undone, World

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
ROLES = ("stranger", "anonymous")
SECRETS = re.compile(
    r'csrfmiddlewaretoken" value="[^"]*|csrf-token" content="[^"]*|nonce[-=]"?[\w+/=-]*'
)

Answer = tuple[int, dict[str, str], str, int]


def way_of(surface: Surface, method: str) -> Way:
    """Return the surface's own way with a method, else the method with an empty body."""
    return surface.ways.get(method, Way(next(iter(surface.ways.values())).right))


def hidden(surface: Surface, role: str) -> list[str]:
    """Return things that a role can't see through a surface, the nearest and the farthest."""
    names = [*surface.ways.values()]
    keys = [
        key
        for key in RIGHTS[surface.kind, names[0].right]
        if not any(role in RIGHTS[surface.kind, way.right][key] for way in names)
        and role not in RIGHTS.get((surface.kind, "see"), {}).get(key, set())
    ]
    return [*keys[:1], *keys[-1:]]


def answer(world: World, surface: Surface, method: str, key: str | None, role: str) -> Answer:
    path, client = address(world, surface, key, role), world.clients[role]
    cache.clear()
    with Undone(), CaptureQueriesContext(connection) as queries:
        response = send(client, method, path, way_of(surface, method), api=surface.is_api)
        body = b"".join(response) if response.streaming else response.content
    ids = [part for part in path.split("/") if len(part) > 9 or "@" in part] or [path]

    def plain(text: str) -> str:
        for each in ids:
            text = text.replace(each, "ID").replace(quote(each), "ID")
        return SECRETS.sub("SECRET", text)

    headers = {name: plain(value) for name, value in response.headers.items()}
    headers.pop("Content-Length", None)  # of the body before its id was taken out
    cookies = ",".join(sorted(response.cookies))
    return response.status_code, {**headers, "cookies": cookies}, plain(body.decode()), len(queries)


def differences(world: World, surface: Surface) -> Iterator[str]:
    for role in ROLES:
        keys = hidden(surface, role)
        for method in METHODS if keys else ():
            missing = answer(world, surface, method, None, role)
            for key in keys:
                got = answer(world, surface, method, key, role)
                if got != missing:
                    yield f"{role} {method} {key}: {got} is not {missing}"


@pytest.mark.clause("who-sees", "messages")
@pytest.mark.promise("JK-11")
@pytest.mark.parametrize(
    "surface", [pytest.param(one, id=f"{one.route}-{one.kind}") for one in routes.SURFACES]
)
def test_hidden_and_missing_are_one_answer(world: World, surface: Surface) -> None:
    if surface.kind == "person":  # names are not random: the missing one must be as long
        world.cast["leaving"].username = "leaving"
    assert list(differences(world, surface)) == []


@pytest.mark.clause("who-sees")
@pytest.mark.parametrize("role", ["stranger", "anonymous"])
def test_a_fragment_for_htmx_hides_the_same(world: World, role: str) -> None:
    bodies = set()
    for args in (world.args("recording", "participants", role), world.missing("recording", role)):
        path = reverse("recording", args=args)
        response = world.clients[role].get(path, headers={"HX-Request": "true"})
        assert response.status_code == 404
        bodies.add(SECRETS.sub("", response.content.decode().replace(args[0], "ID")))
    assert len(bodies) == 1


def test_the_comparison_sees_a_difference(world: World) -> None:
    surface = next(one for one in routes.SURFACES if one.route == "recording")
    seen = answer(world, surface, "GET", "public", "stranger")
    assert seen != answer(world, surface, "GET", None, "stranger")


@pytest.mark.clause("who-sees")
def test_what_one_may_see_and_not_change_is_missing_for_changing(world: World) -> None:
    """A stranger sees the public recording; every way to change it answers 404."""
    recording = world.things["recording"]["public"]
    client: Any = world.clients["stranger"]
    for name in ("recording_audience", "rename_recording", "withdraw_stem", "mix_again",
                 "delete_recording"):  # fmt: skip
        assert client.post(reverse(name, args=[recording.public_id])).status_code == 404
    path = reverse("api_recording", args=[recording.public_id])
    changed = client.patch(path, {"title": "mine now"}, content_type="application/json")
    assert changed.status_code == 404
    recording.refresh_from_db()
    assert (recording.title, recording.audience) == ("mark-title-owner-public", "public")
