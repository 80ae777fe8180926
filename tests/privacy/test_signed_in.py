"""Whatever signs a person in opens the same: a browser's cookie, an app's session token, an access
token. Asked of every address in the matrix, and of the sockets.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.connections import services
from accounts.models import User
from sessions_app.models import JamSession, Participant
from tests.cast import OWN_CLIENT, OWN_PAGE, PASSWORD, Cast, app_of, signed_in
from tests.privacy import routes
from tests.privacy.asking import address, send
from tests.privacy.expectations import RIGHTS
from tests.privacy.routes import Surface, Way
from tests.privacy.talking import Socket
from tests.privacy.world import Undone, World

pytestmark = pytest.mark.clause("apps-sign-in")
MADE = re.compile(r"(/media/[\w.~-]+):[\w:-]+")  # an address without the second it was made in
MACHINES = {"media", "recording_audio", "recording_peaks", "recording_track", "stem_peaks"}
Question = tuple[str, str, Way, bool]  # (method, path, what is sent, is it the API's)


def questions(world: World, role: str, *, api: bool) -> Iterator[Question]:
    """Yield everything that the matrix asks, for one role."""
    for one in routes.SURFACES:
        if (one.is_api or one.route in MACHINES) is api:
            yield from _asked_of(world, one, role)
    for listing in routes.LISTINGS:
        if listing.route.startswith("api_") is api:
            path = reverse(listing.route) + listing.query
            yield "GET", path, Way("list"), api
    for route, method in routes.OWN.items():
        if route.startswith("api_") is api and (api or method == "GET"):
            yield method, reverse(route), Way("own"), api


def _asked_of(world: World, surface: Surface, role: str) -> Iterator[Question]:
    """Yield every way to ask an address for each thing, and for one that isn't there."""
    for method, way in surface.ways.items():
        for key in [*RIGHTS[surface.kind, way.right], None]:
            yield method, address(world, surface, key, role), way, surface.is_api


def answer(client: Client, question: Question) -> tuple[Any, ...]:
    """Return what came, without what differs between any two answers."""
    method, path, way, api = question
    with Undone():
        response = send(client, method, path, way, api=api)
        body = b"".join(response) if response.streaming else response.content
    kind = response.headers.get("Content-Type", "")
    leads_to = response.headers.get("Location", "")
    if "html" in kind or response.status_code >= 300:
        return response.status_code, kind, leads_to
    if method == "GET":
        return response.status_code, kind, MADE.sub(r"\1", body.decode("latin1"))
    return response.status_code, kind, sorted(json.loads(body)) if body else []


@pytest.mark.promise("JK-11", "JK-36")
@pytest.mark.parametrize(("role", "by"), [("owner", "session"), ("participant", "access")])
def test_a_token_gets_the_answers_of_a_cookie(
    world: World, own_client: str, role: str, by: str
) -> None:
    user = world.cast[role]
    cookie, app, wrong, asked = signed_in(user), app_of(user, by=by, ours=True), [], 0
    for question in questions(world, role, api=True):
        cache.clear()  # the API counts requests
        want, got = answer(cookie, question), answer(app, question)
        asked += want[0] == 200
        if want != got:
            wrong.append((question[:2], want, got))
    assert wrong == []
    assert asked > 20


def test_a_token_opens_pages_too(world: World, own_client: str) -> None:
    user = world.cast["participant"]
    cookie, app = signed_in(user), app_of(user, ours=True)
    wrong = []
    for question in questions(world, "participant", api=False):
        cache.clear()
        want, got = answer(cookie, question), answer(app, question)
        if want != got:
            wrong.append((question[:2], want, got))
    assert wrong == []


def addresses(client: Client) -> set[str]:
    """Return the addresses of sound and pictures that the API tells somebody."""
    listed = client.get("/api/v1/recordings/").json()["results"]
    paths = [f"/api/v1/recordings/{row['id']}/" for row in listed]
    paths += ["/api/v1/me/", "/api/v1/people/", "/api/v1/people/participant/", "/api/v1/bands/"]
    found = "\n".join(client.get(path).content.decode() for path in paths)
    return set(re.findall(r'/media/[^"]+', found)) | set(re.findall(r'/[^"]*/peaks/', found))


@pytest.mark.promise("JK-36")
@pytest.mark.parametrize("ours", [True, False], ids=["our client", "another's app"])
@pytest.mark.parametrize("by", ["session", "access"])
def test_what_the_api_tells_an_app_it_can_play(
    world: World, own_client: str, by: str, ours: bool
) -> None:
    app = app_of(world.cast["owner"], by=by, ours=ours)
    told = addresses(app)
    kinds = {one.split("~")[2] if "~" in one else one.split("/")[-2] for one in told}
    sound = {"aac", "flac", "opus", "peaks"}
    assert kinds == (sound | {"photo", "photo_middle", "photo_small"}) & kinds
    assert {"aac", "flac", "opus", "peaks", "photo"} <= kinds
    for one in told:
        assert app.get(one, headers={"Range": "bytes=0-3"}).status_code in {200, 206}, one
        if one.startswith("/media/"):
            others = (Client(), signed_in(world.cast["stranger"]), app_of(world.cast["stranger"]))
            assert {other.get(one).status_code for other in others} == {404}


def test_a_token_that_is_none_is_told_so_on_every_address(world: World) -> None:
    good = app_of(world.cast["owner"], by="access").defaults["HTTP_AUTHORIZATION"]
    ended = app_of(world.cast["owner"])
    ended.get("/api/v1/me/")
    world.cast["owner"].set_password("another long phrase")
    world.cast["owner"].save()
    bad = [Client(headers=one) for one in (
        {"X-Session-Token": "nonsense"}, {"Authorization": "Bearer nonsense"},
        {"Authorization": f"{good[:-2]}xx"}, {"X-Session-Token": ""},
    )]  # fmt: skip
    paths = [path for method, path, _, _ in questions(world, "owner", api=True) if method == "GET"]
    paths += ["/", reverse("settings"), reverse("account_settings")]
    empty = bad.pop()  # an empty header is no token
    for client in (*bad, ended):
        for path in paths:
            cache.clear()
            response = client.get(path)
            kind = response.headers["Content-Type"], response.headers["WWW-Authenticate"]
            assert kind == ("application/problem+json", 'Bearer realm="api"'), path
            assert (response.status_code, dict(response.cookies)) == (401, {}), path
    assert empty.get("/").status_code == 200


def test_a_token_counts_alone_and_leaves_no_cookie(cast: Cast) -> None:
    """The cookie of another person, or none at all, changes nothing; forms need no CSRF key."""
    app = app_of(cast["participant"])
    app.cookies = signed_in(cast["owner"]).cookies
    assert app.get("/api/v1/me/").json()["username"] == "participant"

    strict = Client(enforce_csrf_checks=True, headers=heads(app))
    sent = strict.post(reverse("open_to_jam"), {"hours": "2"})
    assert sent.status_code == 302
    assert "jamsite_session" not in sent.cookies

    browser = Client(enforce_csrf_checks=True, headers=OWN_PAGE)
    browser.force_login(cast["participant"])
    assert browser.post(reverse("open_to_jam"), {"hours": "2"}).status_code == 403
    assert browser.post("/api/v1/sessions/", {}, content_type="application/json").status_code == 403


@pytest.mark.promise("JK-24")
def test_the_token_of_an_app_is_no_cookie(cast: Cast, monkeypatch: Any) -> None:
    """Handed to an app, it opens what is an app's; as a cookie it would be a page of ours."""
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)
    given = {"username": cast["participant"].username, "password": PASSWORD}
    told = Client().post(
        "/api/auth/app/v1/auth/login", given, content_type="application/json"
    ).json()  # fmt: skip
    token = told["meta"]["session_token"]
    app = Client(headers={"X-Session-Token": token})
    assert app.get("/api/v1/me/").json()["username"] == "participant"
    posing = Client(headers=OWN_PAGE)
    posing.cookies["jamsite_session"] = token
    assert posing.get("/api/v1/me/").status_code == 401
    assert posing.get("/settings/").status_code == 302
    jam = f"/ws/jam/{cast.sessions['participants'].public_id}/"
    jar = {"Cookie": f"jamsite_session={token}", "Origin": settings.SITE_URL}
    assert opened(jam, jar) == 4404
    assert opened(jam, {"X-Session-Token": token}) == 0
    assert app.get("/api/v1/me/").status_code == 200  # nothing was ended by that


@pytest.mark.parametrize("state", ["leaving", "suspended"])
def test_who_is_away_gets_the_same_by_token_and_by_cookie(
    cast: Cast, own_client: str, state: str
) -> None:
    clients = [signed_in(cast["stranger"])]
    clients += [app_of(cast["stranger"], by=by, ours=True) for by in ("session", "access")]
    User.objects.filter(pk=cast["stranger"].pk).update(state=state)
    for path in ("/api/v1/me/", "/api/v1/recordings/", "/api/v1/sessions/", "/", "/settings/"):
        answers = [answer(one, ("GET", path, Way("see"), True)) for one in clients]
        assert answers[1:] == answers[:1] * 2, path
    assert clients[1].get("/api/v1/me/").status_code == 403


@pytest.mark.clause("children-seen")
@pytest.mark.promise("VJ-32")
def test_a_childs_token_opens_what_its_cookie_opens_and_no_more(
    cast: Cast, own_client: str
) -> None:
    child = cast["child"]
    cookie, ours, another = signed_in(child), app_of(child, ours=True), app_of(child)
    paths = {name: reverse(name) for name in ("home", "api_me", "api_people", "find", "networks",
             "api_recordings", "account_email", "change_username")}  # fmt: skip
    by_cookie = {name: cookie.get(path).status_code for name, path in paths.items()}
    assert by_cookie == {name: ours.get(path).status_code for name, path in paths.items()}
    assert {name for name, status in by_cookie.items() if status == 200} == {
        "home", "api_me", "api_recordings",
    }  # fmt: skip
    assert {another.get(path).status_code for path in paths.values()} == {403}
    flows = "/api/auth/app/v1/"
    assert ours.get(f"{flows}account/email").status_code == 403
    assert another.delete(f"{flows}auth/session").status_code == 401  # signed out
    assert another.get(paths["home"]).status_code == 401


def heads(app: Client) -> dict[str, str]:
    """Return the headers that a client of tests sends with everything."""
    names = {"HTTP_X_SESSION_TOKEN": "X-Session-Token", "HTTP_AUTHORIZATION": "Authorization",
             "HTTP_X_CLIENT_ID": "X-Client-Id"}  # fmt: skip
    return {names[name]: text for name, text in app.defaults.items() if name in names}


def opened(path: str, headers: dict[str, str]) -> int:
    """Open a socket and return 0, or the code it closes with; 403 when it isn't accepted."""

    @async_to_sync
    async def run() -> int:
        socket = Socket(path, headers=headers)
        await socket.send_input({"type": "websocket.connect"})
        if (await socket.receive_output(timeout=5))["type"] != "websocket.accept":
            return 403
        kind = {"t": "clock", "t0": 1.5} if "/jam/" in path else {"t": "send", "text": "",
                "ref": "00000000-0000-0000-0000-000000000001"}  # fmt: skip
        await socket.say(kind)
        code = int((await socket.hear()).get("closed", 0))
        await socket.close()
        return code

    return run()


@pytest.mark.promise("JK-11")
@pytest.mark.parametrize("by", ["session", "access"])
def test_a_token_opens_sockets(world: World, own_client: str, by: str, monkeypatch: Any) -> None:
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)
    room = f"/ws/jam/{world.cast.sessions['participants'].public_id}/"
    talk = f"/ws/messages/{world.things['conversation']['owner-participant'].public_id}/"
    for path in (room, talk):
        for ours in (True, False):
            codes = [opened(path, heads(app_of(world.cast[role], by=by, ours=ours)))
                     for role in ("participant", "stranger")]  # fmt: skip
            assert codes == [0, 4404], (path, ours)
        assert opened(path, {"Authorization": "Bearer nonsense"}) == 4404
        ended = app_of(world.cast["participant"], by=by)
        signed_out = heads(ended)
        ended.delete("/api/auth/app/v1/auth/session")
        assert opened(path, signed_out) == 4404


@pytest.mark.promise("JK-24")
def test_no_socket_opens_to_anothers_app_for_a_child_or_who_keeps_them_out(
    cast: Cast, own_client: str, monkeypatch: Any
) -> None:
    """As over HTTP: such an app neither speaks for them in a room nor agrees to be recorded."""
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)
    lesson = JamSession.objects.create(host=cast["teacher"], title="x", audience="participants")
    Participant.objects.create(session=lesson, user=cast["child"])
    jam = cast.sessions["participants"]
    for session, role in ((lesson, "child"), (jam, "participant")):
        path = f"/ws/jam/{session.public_id}/"
        assert opened(path, heads(app_of(cast[role], ours=True))) == 0, role
        if role == "participant":
            assert opened(path, heads(app_of(cast[role], ours=False))) == 0
            services.switch(cast[role], approves_followers=True, api_access=False, indexed=True)
        assert opened(path, heads(app_of(cast[role], ours=False))) == 4404, role
        assert opened(path, heads(app_of(cast[role], ours=True))) == 0, role


@pytest.mark.clause("transport")
@pytest.mark.parametrize(
    ("origin", "code"),
    [
        ("http://127.0.0.1:8000", 0),
        ("http://localhost:8000", 0),
        ("http://127.0.0.1:8001", 403),
        ("http://127.0.0.1", 403),
        ("https://127.0.0.1:8000", 403),
        ("http://elsewhere.example:8000", 403),
        ("null", 403),
        (None, 403),
    ],
)
def test_a_cookie_opens_sockets_from_our_own_pages_alone(
    cast: Cast, settings: Any, monkeypatch: Any, origin: str | None, code: int
) -> None:
    """Another port of this machine is another site: its pages are sent the cookie too."""
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)
    settings.SITE_URL = "http://127.0.0.1:8000"
    jar = signed_in(cast["owner"]).cookies.output(header="", sep=";").strip().split(";")[0]
    given = {"Cookie": jar, **({"Origin": origin} if origin else {})}
    assert opened(f"/ws/jam/{cast.sessions['public'].public_id}/", given) == code
    assert OWN_CLIENT not in settings.OWN_CLIENT_IDS
