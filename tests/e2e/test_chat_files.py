"""Files in a room's chat: chosen, dropped, seen and saved by who is there, and taken back."""

from pathlib import Path
from typing import Any

from tests.e2e.people import sign_up, until, visitor
from tests.e2e.site import Site
from tests.live.browsers import join

PATIENCE = 60  # seconds
CHART = b"| Am7 | D7 | Gmaj7 |\n"
# A hand on the page drops or pastes a file that is made here: no browser lets a test hold one.
HAND_OVER = """([box, kind, name, text]) => {
    const files = new DataTransfer();
    files.items.add(new File([text], name));
    const about = { bubbles: true, cancelable: true };
    document.querySelector(box).dispatchEvent(kind === "drop"
        ? new DragEvent("drop", { ...about, dataTransfer: files })
        : new ClipboardEvent("paste", { ...about, clipboardData: files }));
}"""


def test_a_file_goes_from_one_to_the_other_and_away_again(
    site: Site, browsers: tuple[Any, Any], tmp_path: Path
) -> None:
    kai, lou = (visitor(each) for each in browsers)
    sign_up(kai, site, "kai-who-shares")
    sign_up(lou, site, "lou-who-saves")
    session = _a_room(kai, site)
    ned = visitor(browsers[1])
    sign_up(ned, site, "ned-elsewhere")
    join(kai)
    lou.goto(session)
    lou.get_by_role("button", name="Take a seat").click()
    lou.wait_for_url("**/room/")
    join(lou)

    _choose(kai, tmp_path / "Two chords.cho", CHART)
    saved = _saved_by(lou, "Two chords.cho")
    assert saved == CHART
    address = lou.get_by_role("link", name="Two chords.cho").get_attribute("href")
    assert _status(lou, site, address) == 200
    assert _status(ned, site, address) == 404

    _a_refused_kind_says_why(kai, tmp_path)
    for kind in ("drop", "paste"):
        kai.evaluate(HAND_OVER, [".jam-chat textarea", kind, f"by {kind}.txt", "la la"])
        assert _saved_by(lou, f"by {kind}.txt") == b"la la"

    mine = kai.locator(".jam-chat__log > *", has_text="Two chords.cho")
    delete = mine.locator(".jam-chat__remove")
    delete.click()
    delete.click()  # asked once more on the button itself
    link = lou.get_by_role("link", name="Two chords.cho")
    until(lou, lambda: link.count() == 0, PATIENCE, "the line left the other's room")
    assert _status(lou, site, address) == 404


def _a_refused_kind_says_why(kai: Any, folder: Path) -> None:
    """What was typed stays in its box, and what was refused can be put aside."""
    box = kai.get_by_label("Message to the room")
    box.fill("half a sentence")
    _choose(kai, folder / "tool.zip", b"PK\3\4 and more")
    problem = kai.locator(".jam-chat").get_by_role("alert")
    problem.wait_for(timeout=PATIENCE * 1000)
    assert problem.inner_text() == (
        "Not shared. Pictures, sound, PDF, MIDI and plain text (also ChordPro, ABC, LilyPond,"
        " MusicXML) can be shared. This is none of them."
    )
    assert box.input_value() == "half a sentence"
    kai.get_by_role("button", name="Discard").click()
    until(kai, lambda: problem.count() == 0, PATIENCE, "it is put aside")
    assert box.input_value() == "half a sentence"
    box.fill("")


def _a_room(page: Any, site: Site) -> str:
    """Open a room that every member may come into; return the session's address."""
    page.goto(f"{site.url}/jam/new/")
    page.get_by_role("button", name="Open the room").click()
    page.wait_for_url("**/room/")
    return str(page.url.removesuffix("room/"))


def _choose(page: Any, path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Share a file").click()
    chooser.value.set_files(path)


def _saved_by(page: Any, name: str) -> bytes:
    link = page.get_by_role("link", name=name)
    link.wait_for(timeout=PATIENCE * 1000)
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == name
    return Path(download.value.path()).read_bytes()


def _status(page: Any, site: Site, address: str) -> int:
    return int(page.request.get(f"{site.url}{address}").status)
