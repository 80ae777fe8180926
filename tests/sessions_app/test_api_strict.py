"""The API refuses what it doesn't know, keeps every body, and its schema tells what can happen."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve, reverse

from accounts.profile.vocabulary import GENRES, INSTRUMENTS, language_codes
from sessions_app.models import JamSession
from tests.cast import Cast
from tests.sessions_app.test_api import LIST, SESSIONS, is_problem, patch, url_of

ME = "/api/v1/me/"


def test_an_unknown_name_in_the_query_is_refused_everywhere(cast: Cast) -> None:
    client = cast.client("owner")
    take, jam = cast.recordings["public"], cast.sessions["public"]
    stem = take.stems.get(player=cast["owner"])
    paths = [
        LIST, SESSIONS, ME, url_of(take), f"{SESSIONS}{jam.public_id}/",
        "/api/v1/people/", "/api/v1/people/owner/", "/api/v1/bands/",
        "/api/v1/instruments/", "/api/v1/genres/", "/api/v1/languages/",
        f"/api/v1/stems/{stem.public_id}/",
    ]  # fmt: skip
    for path in paths:
        assert client.get(path).status_code == 200, path
        body = is_problem(client.get(path, {"mien": "1"}), 400)
        assert set(body["errors"]) == {"mien"}, path
    assert set(is_problem(client.post(f"{SESSIONS}?after=x"), 400)["errors"]) == {"after"}


@pytest.mark.parametrize(
    ("said", "mine"),
    [("1", True), ("true", True), ("True", True), ("yes", True), ("", True),
     ("0", False), ("false", False), ("False", False), ("no", False), ("off", False)],
)  # fmt: skip
def test_yes_and_no_are_read_as_what_they_say(cast: Cast, said: str, mine: bool) -> None:
    """`participant` plays on three takes that others may not all hear, and owns none."""
    client = cast.client("stranger")
    for path in (LIST, reverse("recordings")):
        shown = client.get(path, {"mine": said})
        assert shown.status_code == 200
        assert (cast.recordings["public"].public_id in shown.content.decode()) is not mine


def test_what_is_neither_yes_nor_no_is_refused(cast: Cast) -> None:
    client = cast.client("stranger")
    assert set(is_problem(client.get(LIST, {"mine": "perhaps"}), 400)["errors"]) == {"mine"}
    people = "/api/v1/people/"
    assert set(is_problem(client.get(people, {"open": "2"}), 400)["errors"]) == {"open"}
    for said in ("no", "0", "false"):
        everybody = client.get(people).json()
        assert client.get(people, {"open": said}).json() == everybody


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        ({"stage": "Otis"}, {"stage"}),
        ({"username": "other"}, {"username"}),
        ({"instruments": [{"slug": "harp", "level": 2, "loud": True}]}, {"instruments"}),
        ({"instruments": [{"level": 2}]}, {"instruments"}),
        ({"instruments": [{"slug": "harp"}]}, {"instruments"}),
        ({"instruments": [{}]}, {"instruments"}),
        ({"instruments": ["harp"]}, {"instruments"}),
        ({"place": {"country": "DE", "street": "x"}}, {"place"}),
        ({"place": {"town": "Berlin"}}, {"place"}),
        ({"audiences": {"nothing": "public"}}, {"audiences"}),
    ],
)
def test_a_profile_takes_whole_things_and_known_names(
    cast: Cast, sent: dict[str, Any], fault: set[str]
) -> None:
    client = cast.client("owner")
    before = client.get(ME).json()
    assert set(is_problem(patch(client, ME, **sent), 400)["errors"]) == fault
    assert client.get(ME).json() == before


def test_what_one_is_told_of_instruments_can_be_sent_back(cast: Cast) -> None:
    client = cast.client("owner")
    assert patch(client, ME, instruments=[{"slug": "harp", "level": 2}]).status_code == 200
    told = client.get(ME).json()["instruments"]
    assert told == [{"slug": "harp", "name": "Harp", "level": 2, "level_name": "intermediate"}]
    assert patch(client, ME, instruments=told).status_code == 200


def test_other_bodies_take_known_names_alone(cast: Cast) -> None:
    client = cast.client("owner")

    def post(path: str, **body: Any) -> Any:
        return client.post(path, json.dumps(body), content_type="application/json")

    count = JamSession.objects.count()
    assert set(is_problem(post(SESSIONS, title="Porch", colour="red"), 400)["errors"]) == {"colour"}
    assert set(is_problem(post(SESSIONS, title="Porch", open=True), 400)["errors"]) == {"open"}
    assert JamSession.objects.count() == count
    take = cast.recordings["me"]
    assert set(is_problem(patch(client, url_of(take), owner="me"), 400)["errors"]) == {"owner"}
    stem = take.stems.get(player=cast["owner"])
    whole = {"chunks": 1, "frames": 1, "sample_rate": 48000, "channels": 1,
             "clock": [[0, 0], [1, 1]], "codec": "x"}  # fmt: skip
    refused = post(f"/api/v1/stems/{stem.public_id}/complete/", **whole)
    assert set(is_problem(refused, 400)["errors"]) == {"codec"}


def test_a_missing_slash_loses_no_body(cast: Cast) -> None:
    client = cast.client("owner")
    made = client.post(
        SESSIONS.rstrip("/"), json.dumps({"title": "Porch"}), content_type="application/json"
    )
    assert (made.status_code, made.json()["title"]) == (201, "Porch")
    changed = patch(client, ME.rstrip("/"), status="here")
    assert (changed.status_code, changed.json()["status"]) == (200, "here")
    form = client.post(reverse("open_to_jam").rstrip("/"), {"hours": "2"})
    assert (form.status_code, form["Location"]) == (308, reverse("open_to_jam"))
    read = client.get(LIST.rstrip("/"))
    assert (read.status_code, read["Location"]) == (301, LIST)
    assert client.post("/api/v1/nothing", {}).status_code == 404


def test_words_to_choose_from_are_those_that_are_taken(cast: Cast) -> None:
    visitor, owner = Client(), cast.client("owner")
    instruments = visitor.get("/api/v1/instruments/").json()
    genres = visitor.get("/api/v1/genres/").json()
    languages = visitor.get("/api/v1/languages/").json()
    assert {one["slug"] for one in instruments} == set(INSTRUMENTS)
    assert {one["slug"] for one in genres} == set(GENRES)
    assert {one["code"] for one in languages} == set(language_codes())
    assert {"slug": "harp", "name": "Harp"} in instruments
    sent = {
        "instruments": [{"slug": instruments[0]["slug"], "level": 1}],
        "genres": [genres[0]["slug"]],
        "languages": [languages[0]["code"]],
    }
    told = patch(owner, ME, **sent).json()
    assert told["genres"] == genres[:1] and told["languages"] == languages[:1]


# The schema ---------------------------------------------------------------------------------


@pytest.fixture
def schema(client: Client) -> Any:
    kind = {"accept": "application/vnd.oai.openapi+json"}
    return client.get("/api/schema/", headers=kind).json()


def test_the_schema_tells_every_status(schema: Any) -> None:
    ours = {path: one for path, one in schema["paths"].items() if path.startswith("/api/v1/")}
    for path, operations in ours.items():
        for method, operation in operations.items():
            statuses = {int(one) for one in operation["responses"]}
            assert {400, 401, 403, 429} <= statuses, (method, path)
            assert (404 in statuses) is ("{" in path), (method, path)
            for status in {one for one in statuses if one >= 400}:
                content = operation["responses"][str(status)]["content"]
                assert set(content) == {"application/problem+json"}
    sessions = ours[SESSIONS]["post"]["responses"]
    assert "201" in sessions and "200" not in sessions
    chunk = ours["/api/v1/stems/{public_id}/chunks/{number}/"]["put"]["responses"]
    assert {"204", "409", "422"} <= set(chunk)
    members = set(schema["components"]["schemas"]["Problem"]["properties"])
    assert {"type", "title", "status", "detail", "errors", "retry_after"} <= members


def test_the_schema_tells_how_apps_sign_in(schema: Any) -> None:
    flows = {path for path in schema["paths"] if path.startswith("/api/auth/")}
    root = "/api/auth/app/v1"
    known = ("auth/login", "auth/signup", "auth/session", "auth/2fa/authenticate",
             "auth/password/request", "auth/provider/signup", "tokens/refresh")  # fmt: skip
    assert {f"{root}/{one}" for one in known} <= flows
    assert all(resolve(path) for path in flows)
    assert not flows & {f"{root}/auth/sessions", f"{root}/account/phone"}
    sign_up = json.dumps(schema["components"]["schemas"]["SignInSignup"])
    assert "birth_date" in sign_up
    for path in flows:
        for operation in schema["paths"][path].values():
            assert "429" in operation["responses"] and operation["operationId"]
