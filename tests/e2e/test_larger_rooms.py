"""A whole site, and a server that speaks LiveKit's protocol: a room of more than eight."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.axe import faults
from tests.e2e.people import sign_up, until, visitor
from tests.e2e.site import Site
from tests.live.browsers import figures, hears, join
from tests.livekit_server import LiveKit

pytestmark = pytest.mark.alone
ADA_HERTZ, BEN_HERTZ = 440, 660


@pytest.fixture
def server() -> Iterator[LiveKit]:
    found = LiveKit()
    yield found
    found.close()


@pytest.fixture
def larger(tmp_path_factory: pytest.TempPathFactory, server: LiveKit) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("larger")
    folder.chmod(0o755)
    running = Site(folder / "data", **server.settings)
    try:
        running.wait()
        server.hook = f"{running.url}/hooks/livekit/"
        yield running
    finally:
        running.stop()


def name_of(site: Site, username: str) -> str:
    return str(site.value("select public_id from accounts_user where username = %s", username))


def state(page: Any, user: str) -> str:
    return next((peer["state"] for peer in figures(page) if peer["user"] == user), "")


def test_twelve_places_are_played_through_the_media_server(
    larger: Site, server: LiveKit, browsers: tuple[Any, Any], browser: Any
) -> None:
    media = browser.new_page()
    media.goto(f"{server.http}/media-page")
    until(media, server.media_ready.is_set, 20, "the stand-in carries sound")
    ada, ben = (visitor(each) for each in browsers)
    for page, name in ((ada, "ada"), (ben, "ben")):
        sign_up(page, larger, name)
    ada.goto(f"{larger.url}/jam/new/")
    ada.get_by_label("Places in the room").fill("12")
    ada.get_by_role("button", name="Open the room").click()
    ada.wait_for_url("**/room/")
    ada.get_by_text("the site's media server in Testland").wait_for()
    assert faults(ada) == []
    join(ada)
    address = ada.url.removesuffix("room/")
    ben.goto(address)
    ben.get_by_role("button", name="Take a seat").first.click()
    ben.wait_for_url("**/room/")
    join(ben)

    ada_id, ben_id = name_of(larger, "ada"), name_of(larger, "ben")
    until(ada, lambda: hears(ada, ben_id, BEN_HERTZ), 60, "Ada hears Ben through the server")
    until(ben, lambda: hears(ben, ada_id, ADA_HERTZ), 60, "Ben hears Ada through the server")
    assert server.problems == []
    # Music: stereo, nothing left out where it is quiet, nothing sent twice.
    assert [
        (added.stereo, added.disable_dtx, added.disable_red) for _who, added in server.added[:2]
    ] == [(True, True, True)] * 2
    assert {grants.can_publish for _who, grants in server.joins} == {True}
    said = f"{server.calls}{server.joins}{server.added}"
    assert [name for name in ("ada", "ben", ada_id, ben_id) if f"{name!r}" in said] == []
    # Only who the room knows of may hear them, and the server was told so.
    identities = set(server.joined)
    assert [one.may_hear for one in server.joined.values()] == [
        identities - {name} for name in server.joined
    ]
    ada.get_by_text("the site's media server in Testland").wait_for()
    assert faults(ada) == []

    # The line is cut, and comes back by itself.
    (ben_stay,) = [name for name, one in server.joined.items() if one.may_hear != {name}][-1:]
    joins = len(server.joins)
    server.do(server.drop(ben_stay))
    until(ben, lambda: len(server.joins) > joins, 60, "Ben's browser connects again")
    until(ada, lambda: hears(ada, ben_id, BEN_HERTZ), 60, "Ada hears Ben again")

    # Who is removed is out of the server, too.
    site_stay = larger.value(
        "select s.identity from sessions_app_sfustay s join accounts_user u on u.id = s.user_id "
        "where u.username = 'ben' and s.ended_at is null"
    )
    assert site_stay in server.joined
    larger.manage(
        "shell", "-c",
        "from accounts.models import User; from sessions_app.models import JamSession; "
        "from sessions_app.services import hosting; s = JamSession.objects.get(); "
        "hosting.remove(s, s.host, User.objects.get(username='ben'))",
    )  # fmt: skip
    until(ada, lambda: site_stay not in server.joined, 60, "the server has put Ben out")
    until(ada, lambda: state(ada, ben_id) == "", 30, "Ben is gone from the room")
    # The room's end is its end there.
    assert len(server.rooms) == 1
    larger.manage(
        "shell", "-c",
        "from sessions_app.models import JamSession; from sessions_app.services import rooms; "
        "rooms.close([JamSession.objects.get().pk])",
    )  # fmt: skip
    until(ada, lambda: not server.rooms and not server.joined, 60, "the server has no room")
