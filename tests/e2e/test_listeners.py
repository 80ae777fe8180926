"""Two players are heard live by somebody who isn't in the room, and by who agreed alone."""

from typing import Any

import pytest

from tests.e2e.axe import faults
from tests.e2e.people import sign_up, until, visitor
from tests.e2e.site import Site
from tests.live.browsers import hears, join

pytestmark = pytest.mark.alone
ADA_HERTZ, BEN_HERTZ = 440, 660
PATIENCE = 60  # seconds: a machine may stand still for a while

EARS = """async () => {
  const sound = document.querySelector('jam-listen audio');
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, {fftSize: 8192, smoothingTimeConstant: 0});
  context.createMediaElementSource(sound).connect(analyser).connect(context.destination);
  await context.resume();
  window.level = hertz => {
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    const at = Math.round(hertz / (context.sampleRate / 2) * bins.length);
    return Math.max(-999, ...bins.slice(at - 2, at + 3));
  };
}"""


def level(page: Any, hertz: float) -> float:
    """Return how loud a tone is in what a listener's page plays, in dB."""
    return float(page.evaluate("hertz => window.level(hertz)", hertz))


def played(page: Any) -> float:
    return float(page.evaluate("document.querySelector('jam-listen audio').currentTime"))


def behind(page: Any) -> float | None:
    seconds: float | None = page.evaluate("document.querySelector('jam-listen').behind")
    return seconds


def panel(page: Any) -> Any:
    return page.get_by_role("region", name="Listeners")


def on_air(ada: Any, ben: Any, site: Site) -> str:
    """Ada opens a public room and lets it be heard, both agree, she sends; return its address."""
    ada.goto(f"{site.url}/jam/new/")
    ada.locator("input[name=audience][value=public]").check()
    ada.get_by_role("button", name="Open the room").click()
    ada.wait_for_url(lambda url: "/jam/new" not in url)
    session = str(ada.url.removesuffix("room/"))
    ben.goto(session)
    ben.get_by_role("button", name="Take a seat").click()
    ben.wait_for_url("**/room/")
    for page in (ada, ben):
        page.goto(f"{session}room/")
        join(page)
    panel(ada).get_by_label("Let people listen live").check()
    start = panel(ada).get_by_role("button", name="Send the stream from here")
    for page in (ada, ben):
        panel(page).get_by_text("May listeners hear you?").wait_for()
        assert not start.is_visible()
        panel(page).get_by_role("button", name="Yes, they may hear me").click()
    name = str(site.value("select public_id from accounts_user where username = 'ben'"))
    until(ada, lambda: hears(ada, name, BEN_HERTZ), PATIENCE, "Ada hears Ben")
    start.click()
    panel(ada).get_by_text("On the air").wait_for()
    return session


@pytest.mark.promise("JK-34")
def test_a_public_session_is_heard_live_by_who_isnt_in_it(
    site: Site, browsers: tuple[Any, Any], browser: Any, record_property: Any
) -> None:
    ada, ben = (visitor(each) for each in browsers)
    for page, name in ((ada, "ada"), (ben, "ben")):
        sign_up(page, site, name)
    session = on_air(ada, ben, site)

    cleo = visitor(browser)  # nobody: without an account
    cleo.goto(session)
    cleo.get_by_role("link", name="Listen live").click()
    cleo.evaluate(EARS)
    cleo.get_by_role("button", name="Listen", exact=True).click()
    until(cleo, lambda: level(cleo, ADA_HERTZ) > -50, PATIENCE, "Ada is heard")
    until(cleo, lambda: level(cleo, BEN_HERTZ) > -50, PATIENCE, "Ben is heard")
    before = played(cleo)
    until(cleo, lambda: played(cleo) > before + 3, PATIENCE, "it goes on")
    until(cleo, lambda: (behind(cleo) or 99) < 5, PATIENCE, "less than 5 s behind the room")
    record_property("seconds behind the room", behind(cleo))
    print("seconds behind the room:", behind(cleo))  # noqa: T201
    cleo.get_by_text("seconds behind the room").wait_for()
    cleo.get_by_text("1 listener").wait_for()
    panel(ada).get_by_text("1 listening").wait_for(timeout=30_000)
    assert faults(cleo) == []
    assert faults(ada) == []

    # Who has an account sends a reaction; it is seen in the room.
    dora = browser.new_context().new_page()
    sign_up(dora, site, "dora")
    dora.goto(f"{session}listen/")
    dora.get_by_role("button", name="Applause").click()
    panel(ben).get_by_text("👏").wait_for()

    # Ben takes it back: what holds him is gone, Ada goes on.
    series = cleo.evaluate("document.querySelector('jam-listen').series")
    panel(ben).get_by_role("button", name="Don't let them hear me any more").click()
    until(cleo, lambda: level(cleo, BEN_HERTZ) < -80 and level(cleo, ADA_HERTZ) > -50, PATIENCE,
          "Ben isn't heard, Ada is")  # fmt: skip
    assert cleo.evaluate("document.querySelector('jam-listen').series") > series
    until(cleo, lambda: "ben" not in cleo.locator("#listen-now").inner_text(), 30, "nor named")

    # It ends for everybody where the session is public no more.
    address = f"{session}listen/live.m3u8"
    assert cleo.request.get(address).status == 200
    ada.get_by_role("button", name="End the stream").click()
    cleo.get_by_text("Nobody sends sound right now").wait_for(timeout=60_000)
    assert cleo.request.get(address).status == 404
