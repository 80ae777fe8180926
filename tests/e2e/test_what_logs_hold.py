"""The logs of a whole site, after the stories that browsers have told on it, name nobody."""

import http.client
import re

import pytest

from tests.e2e.people import sign_up, visitor
from tests.e2e.site import Site


def marks(site: Site) -> set[str]:
    """Return what tells of people: their names, addresses, and the ids of them and their things."""
    found: set[str] = set()
    with site.database() as connection:
        for query in (
            "select username from accounts_user",
            "select email from account_emailaddress",
            "select public_id from accounts_user",
            "select public_id from sessions_app_recording",
            "select public_id from sessions_app_jamsession",
            "select title from sessions_app_recording where title <> ''",
            "select stage_name from accounts_profile where stage_name <> ''",
            "select session_key from django_session",
        ):
            found |= {str(row[0]) for row in connection.execute(query).fetchall()}
    return found


@pytest.mark.clause("how-long")
@pytest.mark.promise("VJ-18", "JK-36")
def test_after_all_stories_no_log_names_anybody(site: Site, browser: object) -> None:
    page = visitor(browser)
    sign_up(page, site, "written-down")
    page.goto(f"{site.url}/@written-down/")
    page.goto(f"{site.url}/@written-down/nothing/")
    session = page.context.cookies()
    jar = "; ".join(f"{one['name']}={one['value']}" for one in session)
    for method, path, headers in (
        ("POST", "/@written-down/follow/", {"Cookie": jar}),  # without the form's key
        ("GET", "/@written-down/", {"Host": "elsewhere.example"}),
        ("GET", "/@written-down/%00", {}),
    ):
        asked = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
        asked.request(method, path, headers=headers)
        assert asked.getresponse().status in {400, 403, 404}
    room = http.client.HTTPConnection("127.0.0.1", site.socket_port, timeout=20)
    room.request("GET", "/ws/jam/written-down/", headers={
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw==", "Origin": "http://written-down.example",
        "Cookie": jar,
    })  # fmt: skip
    assert room.getresponse().status == 403

    logs = sorted([*site.folder.rglob("*.log"), *site.folder.rglob("*.log.1")])
    logs.append(site.folder.parent / "up.log")
    names = {path.stem for path in logs}
    assert {"web", "sockets", "worker"} <= names
    told = {
        (path.name, mark)
        for path in logs
        if "mail" not in path.parts
        for text in [path.read_text(errors="replace")]
        for mark in marks(site)
        if re.search(rf"(?<![\w-]){re.escape(mark)}(?![\w-])", text)
    }
    assert told == set()
    web = (next(path for path in logs if path.stem == "web")).read_text()
    assert "/@<str:username>/follow/" in web  # that something was refused is told
