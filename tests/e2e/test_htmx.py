"""Every HTMX control of every page is pressed once, and what it should show is looked for."""

import re
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect

from tests.e2e import pages
from tests.e2e.htmx import SHOWS, controls, more
from tests.e2e.people import one_of_the_demo, visitor
from tests.e2e.site import Site
from tests.e2e.test_axe import KINDS
from tests.up.processes import PROJECT

# Lists that go on stand on these pages too, once there is enough to show.
LISTS = """
/@lumen/favourites/
/jam/find/
/jam/find/?when=now
/settings/held/accounts-safetyevent/
""".split()
FURNISH = "from tests.e2e import furnish_plenty; furnish_plenty.load()"
INCLUDED = re.compile(r"components/show_more\.html. with list=.([\w-]+)")


def lists_that_go_on() -> set[str]:
    """Return the ids of all lists whose template has "Show more"."""
    found = [
        one
        for path in (PROJECT / "templates").rglob("*.html")
        for one in INCLUDED.findall(path.read_text())
    ]
    return set(found)


def test_every_control_shows_what_it_should(
    site: Site, furnished: dict[str, str], browser: Any
) -> None:
    site.manage("shell", "-c", FURNISH)
    pressed: set[str] = set()
    unplaced: set[str] = set()
    faults: list[str] = []
    people = {"": pages.VISITOR, **KINDS}
    people["lumen"] = [*pages.MEMBER, *pages.NEWCOMER, *LISTS]
    people["grete-linden"] = [*pages.GUARDIAN, "/children/{ward}/held/accounts-safetyevent/"]
    for name, paths in people.items():
        page = one_of_the_demo(browser, site, name) if name else visitor(browser)
        for path in dict.fromkeys(paths):
            address = site.url + path.replace("@ines", "@lumen").format(**furnished)
            if page.goto(address).status != 200:
                continue
            for key in dict.fromkeys(key for key, _control in controls(page)):
                if key in pressed:
                    continue
                check = more if ": more of " in key else SHOWS.get(key)
                if check is None:
                    unplaced.add(f"{path}: {key}")
                    continue
                page.goto(address)
                pressed.add(key)
                try:
                    check(page, dict(reversed(controls(page)))[key])
                except (AssertionError, PlaywrightError) as fault:
                    faults.append(f"{path}: {key}: {fault!r}"[:600])
    faults += [f"{one}: nobody says what it shows" for one in sorted(unplaced)]
    assert faults == [], "\n".join(faults)
    assert pressed >= set(SHOWS), set(SHOWS) - pressed
    # What asks by itself while it is made, tried below.
    assert pressed & {"get recording", "get exports"} == set()
    grown = {key.partition("#")[2] for key in pressed if ": more of " in key}
    assert grown == lists_that_go_on() - {"g-none"}


def test_what_is_being_made_shows_itself_when_it_is_there(
    site: Site, furnished: dict[str, str], browser: Any
) -> None:
    """A take that is being mixed, a copy that is being gathered: nobody presses anything."""
    page = one_of_the_demo(browser, site, "lumen")

    def state(word: str) -> None:
        with site.database() as database:
            database.execute(
                "update sessions_app_recording set state = %s where public_id = %s",
                (word, furnished["recording"]),
            )

    stems = site.value(
        "select count(*) from sessions_app_stem stem join sessions_app_recording recording"
        " on recording.id = stem.recording_id where recording.public_id = %s",
        furnished["recording"],
    )
    state("processing")
    try:
        page.goto(f"{site.url}/recordings/{furnished['recording']}/")
        assert [key for key, _one in controls(page) if key == "get recording"] == ["get recording"]
        expect(page.locator("#stage")).to_contain_text("Mixing the takes")
    finally:
        state("ready")
    expect(page.locator("#stage wave-player .wave-player__play")).to_be_visible(timeout=15_000)
    expect(page.locator("#stems wave-player")).to_have_count(stems)
    assert page.locator("#stage").count() == page.locator("h1").count() == 1

    page.goto(f"{site.url}/settings/data/")
    page.get_by_role("button", name="Make a new file").click()
    card = page.locator("#exports article").first
    expect(card.get_by_role("link", name="Download")).to_be_visible(timeout=90_000)
    assert page.locator("#exports").count() == page.locator("h1").count() == 1
