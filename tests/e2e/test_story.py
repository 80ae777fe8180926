"""The whole path, as two players, a stranger and time meet it, on a site that was restored.

Ada and Ben sign up, meet, hear each other, agree to be recorded, publish; a stranger listens until
Ada makes it private; Ben leaves, and of Ben nothing is left while Ada's sound stays.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import numpy as np
import pyrage
import pytest

from jamsite.embedded import services
from tests.e2e.listening import apart, level, samples, swells
from tests.e2e.people import PASSWORD, sign_up, until, visitor
from tests.e2e.site import Site
from tests.live.browsers import hears, join

pytestmark = pytest.mark.alone
BURSTS = (Path(__file__).parent / "bursts.js").read_text()
ADA_HERTZ, BEN_HERTZ = 440, 660
BEN_MARKS = ("ben-of-the-north", "mark-of-ben-in-the-room", "mark-of-ben-in-a-message",
             "mark-of-ben-in-the-bio")  # fmt: skip


NEWEST = "from sessions_app_recording order by id desc limit 1"


def user_id(site: Site, name: str) -> str:
    return str(site.value("select public_id from accounts_user where username = %s", name))


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of this story's own: backed up, lived on, and brought back from its backup."""
    folder = tmp_path_factory.mktemp("restored")
    folder.chmod(0o755)
    key = pyrage.x25519.Identity.generate()
    (folder / "backup.key").write_text(f"{key}\n")
    where, settings = folder / "data", {"BACKUP_RECIPIENTS": str(key.to_public())}
    running = Site(where, **settings)
    try:
        running.wait()
        _one_more(running, "before-the-backup")
        name = running.manage("backup").partition(":")[0]
        _one_more(running, "after-the-backup")
        running.stop()
        with services.start(where, environment={}):
            running.manage("restore", name, "--identity", str(folder / "backup.key"))
        running = Site(where, **settings)
        running.wait()
        people = "select string_agg(username, ' ') from accounts_user where age_group = 'adult'"
        assert running.value(people) == "before-the-backup"
        said = running.manage("rls", "--check")
        assert said.startswith("Row-level security stands as the rules ask")
        yield running
    finally:
        running.stop()


def _one_more(site: Site, name: str) -> None:
    site.manage("shell", "-c", f"from tests.cast import person; person({name!r})")


@pytest.mark.clause("recording-consent", "leaving", "media-urls", "who-sees", "backups")
@pytest.mark.promise("JK-11", "JK-14", "JK-34", "JK-36", "VJ-19", "VJ-24")
def test_two_musicians_meet_and_one_of_them_leaves(
    site: Site, browsers: tuple[Any, Any], browser: Any
) -> None:
    ada, ben = (visitor(each) for each in browsers)
    for page, hertz in ((ada, ADA_HERTZ), (ben, BEN_HERTZ)):
        page.add_init_script(BURSTS.replace("__HERTZ__", str(hertz)))
    sign_up(ada, site, "ada")
    sign_up(ben, site, BEN_MARKS[0])
    _show_something_of_oneself(ben, site)

    session_url, invitation = _open_a_jam(ada, site)
    ben.goto(invitation)
    ben.get_by_role("button", name="Join").click()
    ben.wait_for_url("**/room/")
    ada.goto(f"{session_url}room/")
    join(ada)
    join(ben)

    until(ada, lambda: hears(ada, user_id(site, BEN_MARKS[0]), BEN_HERTZ), 30, "Ada hears Ben")
    until(ben, lambda: hears(ben, user_id(site, "ada"), ADA_HERTZ), 30, "Ben hears Ada")
    _say_something(ben, ada)

    recording_url = _record(ada, ben, site)
    mix = _mixed_sound(site)
    assert level(mix, ADA_HERTZ) > -40
    assert level(mix, BEN_HERTZ) > -40
    off = apart(swells(mix, ADA_HERTZ), swells(mix, BEN_HERTZ))
    assert len(off) >= 8
    assert abs(float(np.median(off))) < 5, off

    ben.goto(recording_url)
    ben.get_by_role("button", name="Favourite").click()
    _write(ben, ada, site)
    stranger = visitor(browser)
    assert stranger.goto(recording_url).status == 404
    missing = stranger.goto(f"{site.url}/recordings/{'1' * 22}/")
    assert missing.status == 404

    _choose_audience(ada, site, recording_url, "public")
    media_url = _listen(stranger, recording_url)
    _choose_audience(ada, site, recording_url, "participants")
    assert stranger.goto(recording_url).status == 404
    assert httpx.get(media_url).status_code == 404
    _choose_audience(ada, site, recording_url, "public")
    media_url = _listen(stranger, recording_url)

    _leave(ben, site)
    assert httpx.get(media_url).status_code == 404
    assert stranger.goto(f"{site.url}/@{BEN_MARKS[0]}/").status == 410
    _time_moves_on(site, ben)

    until(stranger, lambda: _listen(stranger, recording_url, wait=False), 60, "a new mix")
    mix = _mixed_sound(site)
    assert level(mix, ADA_HERTZ) > -40
    assert level(mix, BEN_HERTZ) < -80
    dump, media = site.dump(), site.media_bytes()
    for mark in BEN_MARKS:
        assert mark not in dump, mark
        assert mark.encode() not in media, mark
    assert stranger.goto(f"{site.url}/@{BEN_MARKS[0]}/").status == 410
    stems = """select count(*) from sessions_app_stem
        where recording_id = (select max(id) from sessions_app_recording)"""
    assert site.value(stems) == 1


def _show_something_of_oneself(page: Any, site: Site) -> None:
    page.goto(f"{site.url}/settings/profile/")
    page.locator("textarea[name=bio]").fill(BEN_MARKS[3])
    page.get_by_role("button", name="Save profile").click()
    page.wait_for_url(f"**/@{BEN_MARKS[0]}/")
    assert page.get_by_text(BEN_MARKS[3]).is_visible()


def _open_a_jam(page: Any, site: Site) -> tuple[str, str]:
    """Return the session's address and an invitation's."""
    page.goto(f"{site.url}/jam/new/")
    page.locator("input[name=title]").fill("Tuesday at five")
    page.get_by_role("button", name="Open the room").click()
    page.wait_for_url(lambda url: "/jam/new" not in url)
    url = page.url.removesuffix("room/")
    page.goto(url)
    page.get_by_role("button", name="Make a link").click()
    page.wait_for_load_state()
    return url, page.locator("#invite-1").input_value()


def _say_something(ben: Any, ada: Any) -> None:
    ben.get_by_label("Message to the room").fill(BEN_MARKS[1])
    ben.get_by_label("Message to the room").press("Enter")
    ada.get_by_text(BEN_MARKS[1]).wait_for(timeout=10_000)


def _record(ada: Any, ben: Any, site: Site) -> str:
    """Ada asks, Ben agrees, six seconds pass; return the address of the finished recording."""
    ada.get_by_role("button", name="Ask to record").click()
    ben.get_by_role("button", name="Agree").click()
    states = f"select state {NEWEST}"
    until(ada, lambda: site.value(states) == "recording", 15, "recording has begun")
    ada.wait_for_timeout(8000)
    ada.get_by_role("button", name="Stop recording").click()
    until(ada, lambda: site.value(states) == "ready", 90, "the mix is ready")
    public_id = site.value(f"select public_id {NEWEST}")
    return f"{site.url}/recordings/{public_id}/"


def _mixed_sound(site: Site) -> Any:
    name = site.value(
        "select flac from sessions_app_mix where withdrawn_at is null and status = 'done' "
        "order by id desc"
    )
    assert name
    return samples(site.media / name)


def _write(ben: Any, ada: Any, site: Site) -> None:
    """Ben writes to Ada; she reads it live."""
    ben.goto(f"{site.url}/messages/?to=ada")
    ben.get_by_role("button", name="Write to them").click()
    ben.wait_for_url(lambda url: url.rstrip("/").rsplit("/", 1)[-1] != "messages")
    ada.goto(ben.url)
    ben.get_by_label("Your message").fill(BEN_MARKS[2])
    ben.get_by_role("button", name="Send").click()
    ada.get_by_text(BEN_MARKS[2]).wait_for(timeout=10_000)


def _choose_audience(page: Any, site: Site, url: str, audience: str) -> None:
    page.goto(url)
    page.locator(".audience-picker summary").click()
    page.locator(f".audience-picker input[value={audience}]").check()
    page.locator(".audience-picker button[type=submit]").click()
    now = f"select audience {NEWEST}"
    until(page, lambda: site.value(now) == audience, 10, f"the audience is {audience}")


def _listen(page: Any, url: str, *, wait: bool = True) -> str | None:
    """Open the recording as a stranger, hear it play, and return the address of its sound."""
    answer = page.goto(url)
    if not wait and (answer.status != 200 or not page.locator("wave-player").first.count()):
        return None
    player = page.locator("wave-player").first
    source = str(player.get_attribute("src"))
    player.get_by_role("button", name="Play").click()
    until(
        page,
        lambda: page.evaluate("document.querySelector('wave-player').currentTime > 0.2"),
        15,
        "sound plays",
    )
    return urljoin(page.url, source)


def _leave(page: Any, site: Site) -> None:
    page.goto(f"{site.url}/settings/leave/")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Leave", exact=True).click()
    page.get_by_role("heading", name="You have left").wait_for()


def _time_moves_on(site: Site, page: Any) -> None:
    """Two weeks pass: the date of the purge comes, and the scheduler sees it."""
    with site.database() as database:
        database.execute("update privacy_erasure set due_at = now() where stage = 'grace'")
    stage = "select stage from privacy_erasure"
    until(page, lambda: site.value(stage) == "erased", 60, "the purge is done")
