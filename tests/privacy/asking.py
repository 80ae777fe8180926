"""How a surface is asked: its address, and a body as its kind takes it."""

import json
from typing import Any

from django.urls import reverse

from tests.privacy.routes import Surface, Way
from tests.privacy.world import World


def address(world: World, surface: Surface, key: str | None, role: str) -> str:
    """Return the path of a surface for a thing; without a key, for a thing that never was."""
    if surface.route == "media" and surface.kind == "stem":
        args = world.stem_sound(key, role)
    elif key is None:
        args = world.missing(surface.kind, role)
    else:
        args = world.args(surface.kind, key, role)
    if surface.route.startswith(("listen", "react", "stream")):
        world.on_air()
    return reverse(surface.route, args=[*args, *_piece(world, surface.route)])


def _piece(world: World, route: str) -> list[int]:
    """Return what an address names behind the thing: the first piece of something."""
    if route in {"listen_part", "listen_segment", "stream_part"}:
        return [world.on_air(), 0]
    return [0] if route == "api_chunk" else []


def send(client: Any, method: str, path: str, way: Way, *, api: bool) -> Any:
    """Send a request, with a form's or the API's kind of body."""
    headers = dict(way.headers)
    if method in {"GET", "HEAD", "OPTIONS"}:
        return client.generic(method, path, headers=headers)
    if api:
        kind = headers.pop("Content-Type", "application/json")
        body = way.data if isinstance(way.data, bytes) else json.dumps(way.data or {})
        return client.generic(method, path, body, content_type=kind, headers=headers)
    if method == "POST":
        return client.post(path, way.data or {}, headers=headers)
    return client.generic(method, path, headers=headers)
