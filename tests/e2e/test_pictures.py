"""Camera and screen in a room: asked for by hand, seen by those who are there."""

import re
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import faults
from tests.e2e.people import sign_up, until, visitor
from tests.e2e.site import Site
from tests.live.browsers import join

pytestmark = pytest.mark.alone
PATIENCE = 120  # s: on a machine that stands still pictures wait, as sound comes first
# Every track that the page was given of a camera or a screen, to see whether its light is off.
KEEP_TRACKS = """() => {
    window.tracks = [];
    for (const name of ["getUserMedia", "getDisplayMedia"]) {
        const take = navigator.mediaDevices[name].bind(navigator.mediaDevices);
        navigator.mediaDevices[name] = async (wish) => {
            const stream = await take(wish);
            window.tracks.push(...stream.getVideoTracks());
            return stream;
        };
    }
}"""


def somebody(browser: Any, site: Site, name: str) -> Any:
    page = visitor(browser)
    page.set_default_timeout(PATIENCE * 1000)
    page.add_init_script(f"({KEEP_TRACKS})()")
    sign_up(page, site, name)
    return page


def open_room(host: Any, site: Site) -> str:
    """Return the address of a session that whoever knows it may join."""
    host.goto(f"{site.url}/jam/new/")
    host.locator("input[name=title]").fill("Faces")
    host.get_by_role("button", name="Open the room").click()
    host.wait_for_url(lambda url: "/jam/new" not in url)
    host.goto(host.url.removesuffix("room/"))
    host.get_by_role("button", name="Make a link").click()
    host.wait_for_load_state()
    return str(host.locator("#invite-1").input_value())


def come_in(page: Any) -> None:
    """Enter, with pictures that go on where a busy machine's sound doesn't."""
    page.goto(f"{page.url}?pictures=steady")
    join(page)


def enter(page: Any, invitation: str) -> None:
    page.goto(invitation)
    page.get_by_role("button", name="Join").click()
    page.wait_for_url("**/room/")
    come_in(page)


def lights(page: Any) -> list[str]:
    found: list[str] = page.evaluate("window.tracks.map((track) => track.readyState)")
    return found


def shown(page: Any, label: str) -> int:
    """Return how many frames of a picture have been shown; 0 without a size, or hidden."""
    button = page.locator("jam-room").get_by_role("button", name=label)
    if not button.is_visible():
        return 0
    counted: int = button.evaluate(
        """(button) => {
            const video = button.querySelector("video");
            return video.videoWidth && video.getVideoPlaybackQuality().totalVideoFrames;
        }"""
    )
    return counted


def sees(page: Any, label: str) -> bool:
    before = shown(page, label)
    page.wait_for_timeout(700)
    return before > 0 and shown(page, label) > before


def turn_on(page: Any) -> None:
    page.get_by_role("button", name="Camera", exact=True).click()
    page.get_by_role("button", name="Turn my camera on").click()
    expect(page.get_by_text("Everybody in the room sees you.", exact=True)).to_be_visible()


def enlarged(page: Any, label: str, large: Any) -> bool:
    """Press a picture by the keyboard, unless it is paused now; return whether it is large."""
    button = page.get_by_role("button", name=label)
    if button.is_visible() and not large.is_visible():
        button.evaluate("(one) => one.focus()")
        page.keyboard.press("Enter")
    return bool(large.is_visible())


def menu(page: Any, name: str, item: str) -> None:
    page.get_by_label(f"More about {name}").click()
    page.get_by_role("button", name=item).click()


@pytest.mark.clause("pictures-in-rooms")
def test_three_people_show_each_other_pictures_and_take_them_away(
    site: Site, browsers: tuple[Any, Any], browser: Any
) -> None:
    ada, ben, cleo = (
        somebody(one, site, name)
        for one, name in zip(
            (*browsers, browser), ("ada-sees", "ben-sees", "cleo-sees"), strict=True
        )
    )
    invitation = open_room(ada, site)
    ada.goto(f"{ada.url}room/")
    come_in(ada)
    for page in (ben, cleo):
        enter(page, invitation)

    # Nothing is taken before it is asked for, and what is taken first is one's own look at oneself.
    assert [lights(page) for page in (ada, ben, cleo)] == [[], [], []]
    ada.get_by_role("button", name="Camera", exact=True).click()
    expect(ada.get_by_text("Once it is on, everybody in the room sees you.")).to_be_visible()
    until(ada, lambda: lights(ada) == ["live"], PATIENCE, "Ada sees herself")
    ada.get_by_role("button", name="Leave it off").click()
    assert lights(ada) == ["ended"]
    assert [shown(page, "Show ada-sees large") for page in (ben, cleo)] == [0, 0]

    turn_on(ada)
    for page in (ben, cleo):
        until(page, partial(sees, page, "Show ada-sees large"), PATIENCE, "Ada is seen")
    turn_on(ben)
    until(ada, partial(sees, ada, "Show ben-sees large"), PATIENCE, "Ada sees Ben")

    # One of them large, by the keyboard; and gone again by it.
    large = ben.get_by_role("dialog", name="ada-sees")
    until(ben, lambda: enlarged(ben, "Show ada-sees large", large), PATIENCE, "Ada is large")
    wide = "(one) => one.videoWidth > 0"
    until(ben, lambda: large.locator("video").evaluate(wide), PATIENCE, "she is seen there")
    ben.keyboard.press("Escape")
    expect(large).to_be_hidden()
    assert faults(ada) == []

    # Cleo wants no pictures: none is sent to her, and Ben still gets his.
    cleo.get_by_text("Sound settings").click()
    cleo.get_by_label("Show me pictures of the others").uncheck()
    expect(cleo.get_by_role("button", name="Show ada-sees large")).to_be_hidden()
    until(ada, lambda: sent(ada, "cleo-sees") == "off", PATIENCE, "nothing goes to Cleo")
    until(ben, partial(sees, ben, "Show ada-sees large"), PATIENCE, "Ben still sees Ada")
    cleo.reload()
    cleo.locator(".jam-bar").wait_for()
    cleo.get_by_text("Sound settings").click()
    expect(cleo.get_by_label("Show me pictures of the others")).not_to_be_checked()
    cleo.get_by_label("Show me pictures of the others").check()
    until(cleo, partial(sees, cleo, "Show ada-sees large"), PATIENCE, "Cleo sees Ada again")

    # A host turns Ben's picture off: his camera is off, and he may turn it on again.
    menu(ada, "ben-sees", "Turn the picture of ben-sees off for everybody")
    expect(ben.get_by_role("alert")).to_contain_text("A host turned your picture off")
    until(ben, lambda: lights(ben) == ["ended"], PATIENCE, "Ben's camera is off")
    expect(ada.get_by_role("button", name="Show ben-sees large")).to_be_hidden()
    turn_on(ben)
    until(ada, partial(sees, ada, "Show ben-sees large"), PATIENCE, "Ada sees Ben again")

    # A reload remembers no camera.
    ben.reload()
    ben.locator(".jam-bar").wait_for()
    expect(ben.get_by_role("button", name="Camera", exact=True)).to_be_visible()
    assert lights(ben) == []
    expect(ada.get_by_role("button", name="Show ben-sees large")).to_be_hidden()

    # Who is removed sees nobody any more; who leaves is seen by nobody.
    until(cleo, partial(sees, cleo, "Show ada-sees large"), PATIENCE, "Cleo sees Ada")
    menu(ada, "cleo-sees", "Remove cleo-sees")
    ada.get_by_role("button", name=re.compile("Really remove")).click()
    expect(cleo.get_by_text("The host removed you from this session.")).to_be_visible()
    expect(cleo.locator("video:visible")).to_have_count(0)
    ada.get_by_role("button", name="Camera off").click()
    assert set(lights(ada)) == {"ended"}
    expect(ben.get_by_role("button", name="Show ada-sees large")).to_be_hidden()


def sent(page: Any, name: str) -> str:
    """Return what of one's own camera goes to somebody."""
    found: list[str] = page.evaluate(
        """(name) => document.querySelector("jam-room").peers
            .filter((one) => one.name === name).map((one) => one.pictures.sent.camera)""",
        name,
    )
    return "".join(found)


@pytest.mark.clause("pictures-in-rooms")
def test_a_screen_is_shown_large_until_it_is_stopped_and_a_block_parts(
    site: Site, browsers: tuple[Any, Any]
) -> None:
    dora, emil = (
        somebody(one, site, name)
        for one, name in zip(browsers, ("dora-shows", "emil-looks"), strict=True)
    )
    invitation = open_room(dora, site)
    dora.goto(f"{dora.url}room/")
    come_in(dora)
    enter(emil, invitation)
    dora.get_by_role("button", name="Share screen").click()
    expect(dora.get_by_text("Everybody in the room sees your screen.")).to_be_visible()
    label = "Show the screen of dora-shows large"
    until(emil, partial(sees, emil, label), PATIENCE, "Emil sees Dora's screen")
    assert faults(emil) == []
    # The browser's own "stop sharing" ends the track; a script's stop() alone tells nobody.
    dora.evaluate("tracks.at(-1).stop(); tracks.at(-1).onended?.(new Event('ended'))")
    expect(emil.get_by_role("button", name=label)).to_be_hidden()
    expect(dora.get_by_role("button", name="Share screen")).to_be_visible()

    turn_on(dora)
    until(emil, partial(sees, emil, "Show dora-shows large"), PATIENCE, "Emil sees Dora")
    tab = emil.context.new_page()
    tab.goto(f"{site.url}/@dora-shows/")
    tab.get_by_text("Block", exact=True).click()
    tab.get_by_role("button", name="Block dora-shows").click()
    expect(emil.get_by_role("button", name="Show dora-shows large")).to_be_hidden()
    until(dora, lambda: not dora.evaluate("document.querySelector('jam-room').peers.length"),
          PATIENCE, "they are apart")  # fmt: skip
