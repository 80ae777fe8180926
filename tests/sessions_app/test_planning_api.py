"""Planned sessions in the API: the same things, with the same limits."""

import json
from typing import Any

from django.test import Client

from foundation import limits
from sessions_app.models import JamSession
from sessions_app.services import planning, rsvps
from tests.cast import Cast, app_of
from tests.planned import answers, begins, in_days, planned
from tests.sessions_app.test_api import SESSIONS, is_problem, patch


def send(client: Client, method: str, path: str, **values: Any) -> Any:
    call = getattr(client, method)
    return call(path, json.dumps(values), content_type="application/json")


def url(jam: JamSession) -> str:
    return f"{SESSIONS}{jam.public_id}/"


PLAN = {"title": "Sunday", "audience": "public", "zone": "Europe/Berlin"}


def test_a_session_is_planned_and_shown_as_it_is(cast: Cast) -> None:
    at = in_days(3)
    answer = send(cast.client("owner"), "post", SESSIONS, **PLAN, starts_at=at.isoformat(),
                  seats=["drums", "bass-guitar", "drums"], genre="jazz", tempo=100, key="a-minor",
                  welcome="mark-welcome", approval=True, weekly=True, minutes=60)  # fmt: skip
    assert answer.status_code == 201, answer.content
    shown = answer.json()
    made = JamSession.objects.get(public_id=shown["id"])
    rsvps.accept(rsvps.answer(made, cast["stranger"], "going", instrument="drums"))
    shown = cast.client("anonymous").get(url(made)).json()
    expected = {
        "planned": True, "open": False, "cancelled": False,
        "seats": ["bass-guitar", "drums", "drums"], "free": ["bass-guitar", "drums"],
        "tempo": 100, "genre": "jazz", "key": "a-minor", "welcome": "mark-welcome",
        "approval": True, "weekly": True, "minutes": 60, "zone": "Europe/Berlin",
    }  # fmt: skip
    assert {name: shown[name] for name in expected} == expected
    assert made.starts_at == at


def test_what_cant_be_is_said_by_field(cast: Cast) -> None:
    client = cast.client("owner")
    at = in_days(3).isoformat()
    for wrong, field in (
        ({"starts_at": in_days(-1).isoformat()}, "starts_at"),
        ({"starts_at": in_days(366).isoformat()}, "starts_at"),
        ({"starts_at": "9999-12-31T23:59:59Z"}, "starts_at"),
        ({"starts_at": "tomorrow"}, "starts_at"),
        ({"starts_at": at, "zone": "Mars/Olympus"}, "zone"),
        ({"starts_at": at, "zone": ""}, "zone"),
        ({"starts_at": at, "tempo": 29}, "tempo"),
        ({"starts_at": at, "minutes": 721}, "minutes"),
        ({"starts_at": at, "key": "h-major"}, "key"),
        ({"starts_at": at, "seats": ["drums"] * 8}, "seats"),
        ({"starts_at": at, "opens_at": at}, "opens_at"),
        ({"weekly": True}, "weekly"),
        ({"approval": True}, "approval"),
    ):
        body = is_problem(send(client, "post", SESSIONS, **{**PLAN, **wrong}), 400)
        assert list(body["errors"]) == [field], (wrong, body)
    for unknown in ({"genre": "polka-core"}, {"seats": ["kazoo"]}):
        is_problem(send(client, "post", SESSIONS, **{**PLAN, "starts_at": at, **unknown}), 400)
    assert not JamSession.objects.filter(title="Sunday").exists()


def test_the_limit_of_planned_sessions_holds(cast: Cast) -> None:
    for _n in range(limits.PLANNED_SESSIONS):
        planned(cast["owner"])
    at = in_days(3).isoformat()
    is_problem(send(cast.client("owner"), "post", SESSIONS, **PLAN, starts_at=at), 409)


def test_lists_of_what_is_planned(cast: Cast) -> None:
    late, soon = planned(cast["owner"]), planned(cast["owner"], starts_at=in_days(1))
    hidden = planned(cast["owner"], audience="participants", starts_at=in_days(2))

    def ids(role: str, query: str) -> list[str]:
        answer = cast.client(role).get(f"{SESSIONS}{query}").json()
        return [one["id"] for one in answer["results"]]

    assert ids("stranger", "?planned=1") == [soon.public_id, late.public_id]
    assert ids("anonymous", "?planned=1") == [soon.public_id, late.public_id]
    assert ids("owner", "?planned=1&mine=1") == [
        one.public_id for one in (soon, hidden, late)
    ]  # fmt: skip
    assert ids("stranger", "?planned=1&mine=1") == []
    assert soon.public_id not in ids("owner", "")
    is_problem(cast.client("owner").get(f"{SESSIONS}?planned=perhaps"), 400)


def test_changes_are_the_hosts(cast: Cast) -> None:
    jam = planned(cast["owner"], seats=["drums"])
    for role in ("stranger", "participant"):
        is_problem(patch(cast.client(role), url(jam), title="x"), 404)
    at = in_days(2)
    answer = patch(cast.client("owner"), url(jam), title="x", starts_at=at.isoformat())
    assert answer.status_code == 200, answer.content
    jam.refresh_from_db()
    assert (jam.title, jam.starts_at, jam.zone, jam.seats) == ("x", at, "Europe/Berlin", ["drums"])
    is_problem(patch(cast.client("owner"), url(jam), starts_at=None), 400)
    is_problem(patch(cast.client("owner"), url(cast.sessions["public"]), weekly=True), 400)
    is_problem(
        patch(cast.client("owner"), url(cast.sessions["public"]), starts_at=at.isoformat()), 400
    )
    begins(jam, minutes=-31)
    is_problem(patch(cast.client("owner"), url(jam), title="late"), 409)


def test_answers_and_decisions(cast: Cast) -> None:
    jam = planned(cast["owner"], seats=["drums"], approval=True)
    path = f"{url(jam)}answer/"
    guest = cast.client("stranger")
    is_problem(guest.get(path), 404)
    is_problem(send(guest, "put", path, says="perhaps"), 400)
    is_problem(send(guest, "put", path, says="going", instrument="harp"), 409)
    is_problem(send(cast.client("anonymous"), "put", path, says="going"), 401)
    for _twice in range(2):
        made = send(guest, "put", path, says="going", instrument="drums")
        assert (made.status_code, made.json()["state"]) == (200, "pending")
    assert guest.get(path).json()["state"] == "pending"
    listed = f"{url(jam)}answers/"
    (asked,) = cast.client("owner").get(listed).json()
    assert cast.client("participant").get(listed).json() == []
    for role, status in (("participant", 404), ("stranger", 404)):
        is_problem(patch(cast.client(role), f"{listed}{asked['id']}/", decision="accept"), status)
    done = patch(cast.client("owner"), f"{listed}{asked['id']}/", decision="accept")
    assert (done.json()["user"], done.json()["state"]) == ("stranger", "going")
    (shown,) = cast.client("anonymous").get(listed).json()
    assert (shown["user"], shown["instrument"]) == ("stranger", "drums")
    hidden = planned(cast["owner"], audience="participants")
    is_problem(guest.get(f"{url(hidden)}answers/"), 404)
    is_problem(send(guest, "put", f"{url(hidden)}answer/", says="going"), 404)


def test_doors_and_calling_off(cast: Cast) -> None:
    jam, other = planned(cast["owner"]), planned(cast["owner"])
    for what in ("cancel", "open"):
        is_problem(send(cast.client("stranger"), "post", f"{url(jam)}{what}/"), 404)
    client = cast.client("owner")
    assert send(client, "post", f"{url(jam)}cancel/").status_code == 204
    is_problem(send(client, "post", f"{url(jam)}cancel/"), 409)
    assert client.get(url(jam)).json()["cancelled"] is True
    assert send(client, "post", f"{url(other)}open/").status_code == 204
    assert client.get(url(other)).json()["open"] is True


def test_an_app_sees_no_answers_of_who_lets_no_app_in(cast: Cast) -> None:
    jam = planned(cast["owner"])
    rsvps.answer(jam, cast["stranger"], "going")
    app = app_of(cast["participant"])
    assert len(app.get(f"{url(jam)}answers/").json()) == 1
    type(cast["stranger"]).objects.filter(pk=cast["stranger"].pk).update(api_access=False)
    assert app.get(f"{url(jam)}answers/").json() == []
    planning.cancel(jam)
    assert answers(jam) == {"stranger": "going"}
