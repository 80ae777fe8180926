"""The matrix: every address × every thing × everybody, held against one table."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver

from community.models import Favourite
from jamsite.ws_urls import patterns as socket_patterns
from tests.cast import ROLES
from tests.privacy import named, routes, school_routes
from tests.privacy.asking import address, send
from tests.privacy.exempt import EXEMPT, EXEMPT_PREFIXES
from tests.privacy.expectations import RIGHTS
from tests.privacy.routes import Listing, Surface, Way
from tests.privacy.world import Undone, World

KEYED = [pytest.param(one, id=f"{one.route}-{one.kind}") for one in routes.SURFACES]


OWN_MARKS = ("bio", "status", "stage", "town", "gender", "real")


def every_route(patterns: Any = None, prefix: str = "") -> list[tuple[str, str]]:
    """Return (path, name) of every URL pattern."""
    found = []
    for one in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            found += every_route(one.url_patterns, path)
        elif isinstance(one, URLPattern):
            found.append((path, one.name or ""))
    return found


def unplaced(found: list[tuple[str, str]]) -> list[str]:
    placed = {one.route for one in routes.SURFACES} | {one.route for one in routes.LISTINGS}
    placed |= set(routes.OWN) | set(EXEMPT) | school_routes.PLACED
    return [
        path
        for path, name in found
        if name not in placed and not path.startswith(tuple(EXEMPT_PREFIXES))
    ]


def test_every_route_is_placed() -> None:
    found = every_route()
    assert unplaced(found) == []
    assert unplaced([*found, ("recordings/<str:id>/secret/", "new")]) == [
        "recordings/<str:id>/secret/"
    ]


def test_nothing_is_placed_that_is_no_route() -> None:
    names = {name for _, name in every_route()}
    placed = {one.route for one in routes.SURFACES} | {one.route for one in routes.LISTINGS}
    assert placed | set(routes.OWN) | set(EXEMPT) | school_routes.PLACED <= names


def test_every_socket_is_placed() -> None:
    assert {one.name for one in socket_patterns} == set(routes.SOCKETS)


def test_every_right_of_the_table_is_asked_for() -> None:
    asked = {(one.kind, way.right) for one in routes.SURFACES for way in one.ways.values()}
    assert asked | set(routes.SOCKETS.values()) == set(RIGHTS)


@dataclass(frozen=True)
class Cell:
    """One question to the table: may this role do this to that thing?"""

    surface: Surface
    method: str
    way: Way
    key: str
    role: str

    @property
    def has_right(self) -> bool:
        return self.role in RIGHTS[self.surface.kind, self.way.right][self.key]

    @property
    def kept_out(self) -> bool:
        return self.role == "leaving" and self.surface.route not in routes.WHILE_LEAVING

    @property
    def status(self) -> int:
        api = self.surface.is_api
        if self.kept_out:
            return 403 if api else 302
        if self.role == "anonymous" and self.way.sign_in:
            return 401 if api else 302
        return self.way.ok if self.has_right else 404

    @property
    def leads_to(self) -> str:
        """Where those are sent who can't ask at all."""
        if self.kept_out:
            return reverse("leave")
        return reverse("account_login") if self.role == "anonymous" else ""

    @property
    def names(self) -> set[str] | None:
        """What the answer tells; None where only its status matters."""
        if not self.kept_out and self.has_right and self.status in {200, 201}:
            return self.way.shows(self.key, self.role) if self.way.shows else None
        return set()

    def faults(self, world: World) -> list[str]:
        path = address(world, self.surface, self.key, self.role)
        client = world.clients[self.role]
        with Undone():
            response = send(client, self.method, path, self.way, api=self.surface.is_api)
            body = b"".join(response) if response.streaming else response.content
        cell = f"{self.role} {self.method} {self.key}"
        return [f"{cell}: {fault}" for fault in self._faults(world, response, body)]

    def _faults(self, world: World, response: Any, body: bytes) -> Iterator[str]:
        if response.status_code != self.status:
            yield f"{response.status_code}, not {self.status}"
        elif response.status_code == 302 and self.leads_to not in response["Location"]:
            yield f"leads to {response['Location']}"
        elif self.way.sound is not None:
            heard = self.way.sound(self.key, self.role) == body
            told = set() if heard else world.recognise(body.decode()) - named.me(self.role)
            if heard != (self.status == 200) or told:
                yield f"sends {body!r}"
        elif self.names is not None:
            names = world.recognise(body.decode())
            if self.status != 200:
                names -= named.me(self.role)
            if names != self.names:
                more, less = names - self.names, self.names - names
                yield f"tells {sorted(more)} too much, {sorted(less)} too little"


@pytest.mark.clause("who-sees", "media-urls", "messages", "favourites")
@pytest.mark.promise("JK-11", "JK-36", "VJ-22")
@pytest.mark.parametrize("surface", KEYED)
def test_each_gets_what_the_table_says(world: World, surface: Surface) -> None:
    wrong = []
    for role in ROLES:
        cache.clear()  # the API counts requests
        for method, way in surface.ways.items():
            for key in RIGHTS[surface.kind, way.right]:
                wrong += Cell(surface, method, way, key, role).faults(world)
    assert wrong == []


@pytest.mark.clause("who-sees", "favourites", "messages", "export")
@pytest.mark.promise("JK-11", "JK-34", "JM-01")
@pytest.mark.parametrize("listing", [pytest.param(one, id=one.name) for one in routes.LISTINGS])
def test_lists_show_what_the_table_says(world: World, listing: Listing) -> None:
    for person in world.cast.people.values():
        for recording in world.cast.recordings.values():
            Favourite.objects.create(user=person, recording=recording)
    api = listing.route.startswith("api_")
    for role in ROLES:
        response = world.clients[role].get(reverse(listing.route) + listing.query)
        if role == "leaving" and listing.route not in routes.WHILE_LEAVING:
            assert response.status_code == (403 if api else 302)
        elif role == "anonymous" and listing.sign_in:
            assert response.status_code == 302
        else:
            assert response.status_code == 200
            assert world.recognise(response.content.decode()) == _listed(listing, role), role


def _listed(listing: Listing, role: str) -> set[str]:
    if role == "anonymous" and "mine" in listing.query:  # nobody has nothing of their own
        plain = next(one for one in routes.LISTINGS if one.route == listing.route)
        return plain.shows(role)
    return listing.shows(role)


@pytest.mark.parametrize(("route", "method"), routes.OWN.items())
def test_pages_about_oneself_show_only_oneself(world: World, route: str, method: str) -> None:
    api = route.startswith("api_")
    for role in ("stranger", "anonymous"):
        response = world.clients[role].generic(method, reverse(route))
        assert response.status_code in ({200, 302} if role == "stranger" else {401 if api else 302})
        names = world.recognise(response.content.decode())
        marks = {f"mark-{what}-stranger" for what in OWN_MARKS}
        assert names <= {"@stranger", *marks}


@pytest.mark.clause("sign-up")
@pytest.mark.promise("JK-01", "JM-01")
def test_public_pages_ask_nothing_and_set_no_cookie(world: World) -> None:
    public = world.cast.recordings["public"], world.cast.sessions["public"]
    paths = [one.get_absolute_url() for one in public]
    paths += [reverse(name) for name in ("home", "recordings", "jams", "policy")]
    for path in [*paths, reverse("profile", args=["owner"])]:
        response = world.clients["anonymous"].get(path)
        assert (response.status_code, dict(response.cookies)) == (200, {}), path
