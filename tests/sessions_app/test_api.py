"""The API of sessions and recordings: its schema, its errors, its pages, its rules."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.utils import timezone

from privacy.gate import tombstones
from privacy.models import Erasure
from sessions_app.models import JamSession, Recording
from tests.cast import Cast, person, recorded
from tests.presence import come_in

LIST = "/api/v1/recordings/"
SESSIONS = "/api/v1/sessions/"
MISSING = "1" * 22


def is_problem(response: Any, status: int) -> dict[str, Any]:
    """Check the members that every error has (RFC 9457), and return them."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["type"] == "about:blank"
    assert body["title"] and body["detail"]
    return body


def url_of(recording: Recording) -> str:
    return f"{LIST}{recording.public_id}/"


def patch(client: Client, path: str, **values: Any) -> Any:
    return client.patch(path, json.dumps(values), content_type="application/json")


# The schema -------------------------------------------------------------------------------


def test_the_schema_is_openapi_3_1_and_every_reference_leads_somewhere(client: Client) -> None:
    response = client.get("/api/schema/", headers={"accept": "application/vnd.oai.openapi+json"})
    schema = response.json()
    assert schema["openapi"].startswith("3.1.")
    assert schema["info"]["title"] and schema["info"]["version"]
    references: list[str] = []
    _walk(schema, references)
    for reference in references:
        place: Any = schema
        for part in reference.removeprefix("#/").split("/"):
            place = place[part.replace("~1", "/")]
    names = [operation["operationId"] for operation in _operations(schema)]
    assert len(names) == len(set(names))
    for operation in _operations(schema):
        assert operation["responses"]
        assert all(len(str(status)) == 3 for status in operation["responses"])


def test_the_schema_names_every_address_of_the_api(client: Client) -> None:
    response = client.get("/api/schema/", headers={"accept": "application/vnd.oai.openapi+json"})
    named = {path for path in response.json()["paths"] if not path.startswith("/api/auth/")}
    routes = {
        "/" + entries[0][0][0][0].replace("%(", "{").replace(")s", "}")
        for name, entries in get_resolver().reverse_dict.lists()
        if isinstance(name, str) and name.startswith("api_") and name != "api_docs"
    }
    assert len(routes) >= 8
    assert routes == named


def test_the_schema_is_made_without_a_warning(tmp_path: Any) -> None:
    out = tmp_path / "schema.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(out))
    assert out.stat().st_size > 1000


def _walk(part: Any, references: list[str]) -> None:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            references.append(part["$ref"])
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            _walk(one, references)


def _operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for path in schema["paths"].values() for one in path.values()]


# Errors -----------------------------------------------------------------------------------


def test_400(cast: Cast) -> None:
    client = cast.client("owner")
    is_problem(client.post(SESSIONS, "{", content_type="application/json"), 400)
    body = is_problem(patch(client, url_of(cast.recordings["me"]), audience="everybody"), 400)
    assert "audience" in body["errors"]
    assert Recording.objects.get(pk=cast.recordings["me"].pk).audience == "me"


def test_401_for_who_is_not_signed_in(cast: Cast) -> None:
    response = cast.client("anonymous").post(SESSIONS, "{}", content_type="application/json")
    is_problem(response, 401)
    assert response["WWW-Authenticate"]
    is_problem(patch(cast.client("anonymous"), url_of(cast.recordings["public"]), title="x"), 401)
    is_problem(cast.client("anonymous").get(f"/api/v1/stems/{MISSING}/"), 401)


def test_403_without_the_token_against_forged_requests(cast: Cast) -> None:
    client = cast.client("owner", enforce_csrf_checks=True)
    is_problem(client.post(SESSIONS, "{}", content_type="application/json"), 403)


def test_404_is_the_same_for_hidden_and_missing(cast: Cast) -> None:
    for role in ("stranger", "anonymous", "former"):
        client = cast.client(role)
        hidden = client.get(url_of(cast.recordings["participants"]))
        missing = client.get(f"{LIST}{MISSING}/")
        is_problem(hidden, 404)
        assert hidden.content == missing.content


def test_405(cast: Cast) -> None:
    response = cast.client("owner").put(url_of(cast.recordings["me"]))
    is_problem(response, 405)
    assert "PATCH" in response["Allow"]


def test_406(cast: Cast) -> None:
    is_problem(cast.client("owner").get(LIST, headers={"accept": "application/xml"}), 406)


def test_410_for_what_was_public_and_left(cast: Cast) -> None:
    left = cast.recordings["leaving-public"]
    erasure = Erasure.objects.create(user=cast["leaving"], due_at=timezone.now())
    tombstones.bury(Recording, [left.public_id], erasure.pk)
    is_problem(cast.client("anonymous").get(url_of(left)), 410)
    is_problem(cast.client("stranger").get(url_of(left)), 410)


def test_415(cast: Cast) -> None:
    client = cast.client("owner")
    is_problem(client.post(SESSIONS, {"title": "a form"}), 415)


def test_429_says_when_to_come_back(cast: Cast, settings: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("foundation.api.time.time", lambda: 1_800_000_015.0)
    rates = {"anon": "3/min", "user": "5/min"}
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": rates}
    for role, limit in (("anonymous", 3), ("stranger", 5), ("owner", 5)):
        client, allowed = cast.client(role), 0
        while (response := client.get(LIST)).status_code == 200 and allowed < 50:
            allowed += 1
        is_problem(response, 429)
        assert allowed >= limit  # more, when another test process has emptied the counts
        assert response["Retry-After"] == "45"


# Lists ------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["anonymous", "stranger", "owner"])
def test_the_list_takes_constant_queries(cast: Cast, role: str) -> None:
    """Two for the list; two more, session and account, for who is signed in."""
    from django.db import connection

    expected = 2 if role == "anonymous" else 4
    client = cast.client(role)
    for _ in range(2):
        client.get(LIST)  # the first request of a process writes the statement
        with CaptureQueriesContext(connection) as captured:
            assert client.get(LIST).status_code == 200
        assert len(captured) == expected
        recorded(cast["owner"], [cast["owner"], cast["stranger"]], audience="public")


@pytest.mark.parametrize("role", ["anonymous", "participant"])
def test_following_next_walks_every_row_once(cast: Cast, role: str) -> None:
    player = cast["participant"]
    for number in range(43):
        made = Recording.objects.create(
            owner=player, title=f"take {number}", audience="public", state="ready"
        )
        # Several share one moment: the key decides among them.
        moment = made.created_at - timedelta(minutes=number // 5)
        Recording.objects.filter(pk=made.pk).update(created_at=moment)
    client, seen, path = cast.client(role), [], LIST
    while path:
        body = client.get(path).json()
        assert 0 < len(body["results"]) <= 20
        seen += body["results"]
        path = (body["next"] or "").removeprefix("http://testserver")
    ids = [one["id"] for one in seen]
    assert len(ids) == len(set(ids)) == 43 + (1 if role == "anonymous" else 2 + 2)
    moments = [one["created_at"] for one in seen]
    assert moments == sorted(moments, reverse=True)


def test_a_forged_cursor_begins_again(cast: Cast) -> None:
    client = cast.client("owner")
    assert client.get(f"{LIST}?after=forged:x").json() == client.get(LIST).json()


def test_a_row_says_what_may_be_said(cast: Cast) -> None:
    public = cast.recordings["public"]
    rows = cast.client("anonymous").get(LIST).json()["results"]
    assert rows == [
        {
            "id": public.public_id,
            "title": "mark-title-owner-public",
            "owner": "owner",
            "band": None,
            "players": ["owner", "participant"],
            "audience": "public",
            "state": "ready",
            "duration_ms": 1000,
            "created_at": rows[0]["created_at"],
            "url": f"/recordings/{public.public_id}/",
        }
    ]
    one = cast.client("anonymous").get(url_of(public)).json()
    assert {name: one[name] for name in rows[0]} == rows[0]
    assert one["audio_url"].startswith("/media/")


def test_who_is_leaving_is_not_named(cast: Cast) -> None:
    left = cast.recordings["leaving-participants"]
    client = cast.client("participant")
    rows = {one["id"]: one for one in client.get(LIST).json()["results"]}
    for row in (rows[left.public_id], client.get(url_of(left)).json()):
        assert (row["owner"], row["title"], row["players"]) == (None, "", ["participant"])


def test_mine(cast: Cast) -> None:
    def mine(role: str) -> set[str]:
        rows = cast.client(role).get(f"{LIST}?mine=1").json()["results"]
        return {one["id"] for one in rows}

    made = {name: one.public_id for name, one in cast.recordings.items()}
    assert mine("owner") == {made["public"], made["participants"], made["me"]}
    assert mine("participant") == {
        made["public"], made["participants"], made["leaving-public"], made["leaving-participants"]
    }  # fmt: skip
    assert mine("stranger") == set()
    assert mine("former") == {made["public"]}  # withdrew, and still hears what anyone hears


# Writing ----------------------------------------------------------------------------------


def test_the_owner_changes_title_and_audience(cast: Cast) -> None:
    recording = cast.recordings["participants"]
    response = patch(cast.client("owner"), url_of(recording), title=" Sunday ", audience="public")
    assert response.status_code == 200
    assert (response.json()["title"], response.json()["audience"]) == ("Sunday", "public")
    assert cast.client("anonymous").get(url_of(recording)).status_code == 200


@pytest.mark.parametrize("role", ["participant", "former", "stranger"])
@pytest.mark.parametrize("name", ["public", "participants", "me"])
def test_nobody_else_changes_anything(cast: Cast, role: str, name: str) -> None:
    recording = cast.recordings[name]
    is_problem(patch(cast.client(role), url_of(recording), title="mine now", audience="me"), 404)
    again = Recording.objects.get(pk=recording.pk)
    assert (again.title, again.audience) == (recording.title, recording.audience)


def test_what_may_not_be_written_stays(cast: Cast) -> None:
    recording = cast.recordings["me"]
    response = patch(cast.client("owner"), url_of(recording), state="failed", owner="stranger")
    assert set(is_problem(response, 400)["errors"]) == {"state", "owner"}
    again = Recording.objects.get(pk=recording.pk)
    assert (again.state, again.owner_id) == ("ready", cast["owner"].pk)
    is_problem(patch(cast.client("owner"), url_of(recording), title="x" * 81), 400)
    for unreadable in ("\u200b\u200b\u200b", "\u202eevil reel"):
        is_problem(patch(cast.client("owner"), url_of(recording), title=unreadable), 400)
        answer = cast.client("owner").post(
            f"/recordings/{recording.public_id}/title/", {"title": unreadable}, follow=True
        )
        assert unreadable not in answer.content.decode()
        new = {"title": unreadable, "about": "", "audience": "public"}
        assert cast.client("owner").post("/jam/new/", new).status_code == 422
        is_problem(
            cast.client("owner").post(SESSIONS, json.dumps(new), content_type="application/json"),
            400,
        )
        band = {"name": unreadable, "slug": "reel", "audience": "public"}
        assert cast.client("owner").post("/bands/new/", band).status_code == 422
    assert Recording.objects.get(pk=recording.pk).title == recording.title


def test_a_session_is_opened_and_read(cast: Cast) -> None:
    client = cast.client("stranger")
    given = {"title": "From my phone", "about": "Brushes only", "audience": "public"}
    response = client.post(SESSIONS, json.dumps(given), content_type="application/json")
    assert response.status_code == 201
    made = response.json()
    assert (made["host"], made["players"], made["open"]) == ("stranger", 1, True)
    assert client.get(f"{SESSIONS}{made['id']}/").json() == made
    assert (made["live"], made["inside"]) == (False, [])

    def listed(role: str) -> list[str]:
        return [one["id"] for one in cast.client(role).get(SESSIONS).json()["results"]]

    assert (listed("stranger"), listed("anonymous")) == ([made["id"]], [])  # one's own, and live
    come_in(JamSession.objects.get(public_id=made["id"]), cast["stranger"])
    assert listed("anonymous") == [made["id"]]


def test_a_session_is_private_unless_said_otherwise(cast: Cast) -> None:
    client = cast.client("owner")
    made = client.post(SESSIONS, "{}", content_type="application/json").json()
    assert made["audience"] == "participants"
    assert made["title"] == "owner's jam"  # made when it is shown: a stored name would stay
    assert JamSession.objects.get(public_id=made["id"]).title == ""
    is_problem(cast.client("stranger").get(f"{SESSIONS}{made['id']}/"), 404)
    listed = cast.client("stranger").get(SESSIONS).json()["results"]
    assert made["id"] not in {one["id"] for one in listed}
    wrong = client.post(SESSIONS, '{"audience": "me"}', content_type="application/json")
    is_problem(wrong, 400)


def test_me(cast: Cast) -> None:
    me = cast.client("owner").get("/api/v1/me/").json()
    assert (me["username"], me["email"]) == ("owner", "owner@mail.example")
    assert me["bio"] == "mark-bio-owner"
    response = cast.client("anonymous").get("/api/v1/me/")
    assert response["Content-Type"] == "application/problem+json"
    assert response.status_code == 401


def test_a_person_who_leaves_reads_nothing(cast: Cast) -> None:
    is_problem(cast.client("leaving").get("/api/v1/me/"), 403)


def test_somebody_new_sees_what_a_stranger_sees(cast: Cast) -> None:
    person("newcomer")
    listed = cast.client("stranger").get(LIST).json()["results"]
    assert [one["id"] for one in listed] == [cast.recordings["public"].public_id]
