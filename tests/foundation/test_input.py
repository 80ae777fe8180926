"""What can't be kept or read is refused at every door: addresses, forms, the API, JSON."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Profile
from foundation import json_input
from foundation.text import UnfitStatement
from sessions_app.models import JamSession
from tests.cast import Cast

NOWHERE = [
    "/@abc%00/", "/recordings/%00/", "/jam/%00/", "/messages/%00/", "/api/v1/people/%00/",
    "/api/v1/recordings/%00/", "/api/v1/stems/%00/", "/oembed?url=/recordings/%00/",
    "/api/v1/people/a%00b/", "/recordings/a%1Bb/", "/bands/%7F/", "/recordings/?after=%00",
    "/api/v1/recordings/?after=a%00", "/bands/?genre=%00", "/jam/?%00=1",
    "/recordings/%C2%85/", "/recordings/%C2%80/",
]  # fmt: skip


@pytest.mark.parametrize("role", ["anonymous", "owner"])
def test_an_address_with_an_unfit_character_is_nowhere(cast: Cast, role: str) -> None:
    client = cast.client(role)
    assert {path: client.get(path).status_code for path in NOWHERE} == dict.fromkeys(NOWHERE, 404)


def test_words_of_a_search_are_answered_by_the_form(cast: Cast) -> None:
    page = cast.client("owner").get("/find/?q=lu%00men")
    assert page.status_code == 422
    assert "can&#x27;t be kept (U+0000)" in page.content.decode()


@pytest.mark.parametrize("unfit", ["\0", "\x1b", "\x7f", "\x9b"])
def test_a_form_says_which_character_and_keeps_the_rest(cast: Cast, unfit: str) -> None:
    client = cast.client("owner")
    before = JamSession.objects.count()
    page = client.post("/jam/new/", {"title": f"Sunday{unfit}porch", "audience": "public"})
    text = page.content.decode()
    assert (page.status_code, JamSession.objects.count()) == (422, before)
    assert f"After “Sunday” is a character that can&#x27;t be kept (U+{ord(unfit):04X})" in text


@pytest.mark.parametrize("unfit", ["\\u0000", "\\ud83d", "\\u001b"])
def test_the_api_names_the_field(cast: Cast, unfit: str) -> None:
    body = '{"stage_name": "half an emoji ' + unfit + '"}'
    answer = cast.client("owner").patch("/api/v1/me/", body, content_type="application/json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["stage_name"])
    assert "After “half an emoji” is a character" in answer.json()["errors"]["stage_name"][0]
    assert not Profile.objects.filter(stage_name__contains="half").exists()


BODIES = {
    "deep": '{"a":' * 65 + "1" + "}" * 65,
    "very deep": "[" * 100_000,
    "nan": '{"stage_name": NaN}',
    "infinite": '{"stage_name": Infinity}',
    "too large": '{"stage_name": 1e999}',
    "too long": '{"stage_name": ' + "9" * 30 + "}",
    "endless": '{"stage_name": ' + "9" * 5000 + "}",
    "no text": b"\xff\xfe",
    "no json": "stage_name=x",
}
ENTRIES = {
    "/api/v1/me/": "patch",
    "/api/auth/app/v1/auth/login": "post",
    "/api/auth/app/v1/auth/signup": "post",
    "/crash/": "post",
}


@pytest.mark.parametrize("name", list(BODIES))
@pytest.mark.parametrize("entry", list(ENTRIES))
def test_json_has_bounds_at_every_entry(cast: Cast, entry: str, name: str) -> None:
    client = cast.client("owner") if entry == "/api/v1/me/" else Client()
    send = getattr(client, ENTRIES[entry])
    answer = send(entry, BODIES[name], content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("entry", list(ENTRIES))
def test_json_has_a_size(cast: Cast, entry: str) -> None:
    client = cast.client("owner") if entry == "/api/v1/me/" else Client()
    body = json.dumps({"stage_name": "x" * json_input.LONGEST})
    answer = getattr(client, ENTRIES[entry])(entry, body, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")


def test_64_levels_are_read_and_65_are_not() -> None:
    for deepest, wrap in ((64, True), (65, False)):
        text = "[" * deepest + "]" * deepest
        if wrap:
            assert json.dumps(json_input.parse(text)) == text
        else:
            with pytest.raises(json_input.Unreadable, match="64 levels"):
                json_input.parse(text)


@pytest.mark.parametrize("number", ["NaN", "1e999", "Infinity", 1e400])
def test_a_clock_point_is_a_number(number: Any) -> None:
    from sessions_app.api.serializers import StemCompleteSerializer

    about = {"chunks": 1, "frames": 1, "sample_rate": 48000, "channels": 1}
    form = StemCompleteSerializer(data={**about, "clock": [[0, number], [1, 2]]})
    assert (form.is_valid(), list(form.errors)) == (False, ["clock"])


@pytest.mark.parametrize("unfit", ["\0", "\ud83d"])
def test_what_a_view_forgot_is_no_fault_of_the_database(db: None, unfit: str) -> None:
    """The last net: whatever asks the database with it, it is a 400 and no 500."""
    with pytest.raises(UnfitStatement):
        JamSession.objects.filter(title=unfit).exists()
    with connection.cursor() as cursor, pytest.raises(UnfitStatement):
        cursor.execute("select %s::jsonb", [json.dumps({"a": unfit})])


@pytest.mark.parametrize("header", ["Origin", "Referer"])
@pytest.mark.parametrize("said", ["http://[", "http://[bad", "http://[::1"])
def test_an_origin_that_is_none_is_nobodys(cast: Cast, header: str, said: str) -> None:
    """Any program can send that: it is no page of ours, and no fault of ours."""
    client = cast.client("owner")
    client.defaults.pop("HTTP_SEC_FETCH_SITE", None)
    heads = {header: said}
    assert client.get("/api/v1/recordings/", headers=heads).status_code == 200
    assert client.post("/crash/", {}, headers=heads).status_code == 403
    assert client.post("/open-to-jam/", {"hours": "2"}, headers=heads).status_code in {302, 404}
