"""A take that nobody stops; who comes later; who leaves and comes back."""

from typing import Any

import pytest

from tests.e2e.people import sign_up, until, visitor
from tests.e2e.site import Site
from tests.live.browsers import join

pytestmark = pytest.mark.alone
NEWEST = "from sessions_app_recording order by id desc limit 1"
STATE = f"select state {NEWEST}"
OF_IT = "recording_id = (select max(id) from sessions_app_recording)"
MIXED = """select count(*) from sessions_app_mix_stems where mix_id =
    (select max(id) from sessions_app_mix where status = 'done')"""
NAMES = ("ingrid", "jurek", "kaori")


def peers(page: Any) -> int:
    return len(page.evaluate("document.querySelector('jam-room').peers"))


def recorded(page: Any, *names: str) -> None:
    """Wait until a page shows just these people as being recorded."""
    said = {1: "{}", 2: "{} and {}", 3: "{}, {}, and {}"}[len(names)].format(*sorted(names))
    line = page.get_by_text(f"Recorded with their agreement: {said}", exact=False)
    line.wait_for(timeout=20_000)
    shown = line.inner_text().removeprefix("Recorded with their agreement: ")
    assert shown.split(" You are not")[0] == said


@pytest.mark.clause("recording-consent", "takes-survive")
def test_a_take_that_nobody_stops_is_mixed_and_a_latecomer_joins_it(
    site: Site, browsers: tuple[Any, Any], browser: Any
) -> None:
    ines, jurek, kaori = (visitor(each) for each in (*browsers, browser))
    for page, name in zip((ines, jurek, kaori), NAMES, strict=True):
        sign_up(page, site, name)
    session = _open(ines, jurek, kaori, site)
    for page in (ines, jurek):
        page.goto(f"{session}room/")
        join(page)
    until(ines, lambda: peers(ines) == 1, 30, "two are in")
    stranger = visitor(browser)
    assert _is_live(stranger, site, session)
    assert stranger.locator(".inside .person__name").all_inner_texts() == ["ingrid", "jurek"]

    ines.get_by_role("button", name="Ask to record").click()
    jurek.get_by_role("button", name="Agree").click()
    until(ines, lambda: site.value(STATE) == "recording", 15, "recording has begun")
    for page in (ines, jurek):
        recorded(page, "ingrid", "jurek")

    # Kaori comes in: she is told, asked, and in it only with her yes.
    kaori.goto(f"{session}room/")
    join(kaori)
    dialog = kaori.get_by_role("dialog", name="A recording is running")
    dialog.get_by_text("Being recorded in this room: ingrid and jurek.").wait_for(timeout=15_000)
    stems = f"select count(*) from sessions_app_stem where {OF_IT}"
    dialog.get_by_role("button", name="Not now").click()
    kaori.get_by_text("A recording is running, without you.").wait_for()
    assert site.value(stems) == 2
    recorded(kaori, "ingrid", "jurek")
    kaori.get_by_role("button", name="Join the recording").click()
    for page in (ines, jurek, kaori):
        recorded(page, *NAMES)

    # Jurek goes and comes back: what he played is on its way, and nothing more of him is captured.
    jurek.wait_for_timeout(5500)
    jurek.get_by_role("link", name="Leave").click()
    jurek.get_by_role("link", name="Really leave? Your part of the take ends here.").click()
    recorded(ines, "ingrid", "kaori")
    stored = f"{stems} and state = 'stored'"
    until(jurek, lambda: site.value(stored) == 1, 60, "what Jurek played has come")
    jurek.goto(f"{session}room/")
    join(jurek)
    jurek.get_by_text("You are not being recorded: your part of this take ended").wait_for(
        timeout=15_000
    )
    until(ines, lambda: peers(ines) == 2, 30, "he is back")
    recorded(ines, "ingrid", "kaori")

    # All of them close their tabs; nobody has stopped it. Later pages send what is left.
    for page in (ines, jurek, kaori):
        page.close()
    ines, kaori = (each.contexts[0].new_page() for each in (browsers[0], browser))
    for page in (ines, kaori):
        page.goto(f"{site.url}/favourites/")
    until(ines, lambda: site.value(STATE) == "ready", 150, "it is mixed")
    assert site.value(f"select ending {NEWEST}") == "empty"
    assert site.value(MIXED) == 3
    until(ines, lambda: not _is_live(stranger, site, session), 90, "the room is empty")

    # And a new one can begin.
    ines.goto(f"{session}room/")
    join(ines)
    ines.get_by_role("button", name="Ask to record").click()
    until(ines, lambda: site.value(STATE) == "recording", 30, "a new take")


def _is_live(page: Any, site: Site, session: str) -> bool:
    page.goto(f"{site.url}/jam/")
    return bool(page.locator(f'main a[href="{session.removeprefix(site.url)}"]').count())


def _open(host: Any, *rest: Any) -> str:
    """Open a public room; the others take a seat. Return the session's address."""
    *guests, site = rest
    host.goto(f"{site.url}/jam/new/")
    host.locator("input[name=audience][value=public]").check()
    host.get_by_role("button", name="Open the room").click()
    host.wait_for_url(lambda url: "/jam/new" not in url)
    session = str(host.url).removesuffix("room/")
    for guest in guests:
        guest.goto(session)
        guest.get_by_role("button", name="Take a seat").click()
        guest.wait_for_url("**/room/")
    return session
