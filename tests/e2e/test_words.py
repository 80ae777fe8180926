"""Words survive: a socket server that dies, a character that can't be kept."""

import contextlib
import os
import signal
from functools import partial
from typing import Any

import psutil

from tests.e2e.people import sign_up, until, visitor
from tests.e2e.site import Site
from tests.live.browsers import join

# What people paste, and a keyboard never types.
PASTE = """([box, text]) => { const found = document.querySelector(box); found.value = text;
    found.dispatchEvent(new Event("input", { bubbles: true })); }"""
MESSAGE = "select count(*) from messaging_message where text = %s"
LINE = "select count(*) from sessions_app_chatline where text = %s"


def test_no_word_is_lost_and_none_is_said_twice(site: Site, browsers: tuple[Any, Any]) -> None:
    kai, lou = (visitor(each) for each in browsers)
    sign_up(kai, site, "kai-who-writes")
    sign_up(lou, site, "lou-who-reads")
    _in_a_conversation(kai, lou, site)
    _in_a_room(kai, site)


def _in_a_conversation(kai: Any, lou: Any, site: Site) -> None:
    kai.goto(f"{site.url}/messages/?to=lou-who-reads")
    kai.locator("main form button[type=submit]").first.click()
    kai.wait_for_url(lambda url: url.rstrip("/").rsplit("/", 1)[-1] != "messages")
    lou.goto(kai.url)
    box = kai.get_by_label("Your message")
    _write(kai, box, "before it dies")
    lou.get_by_text("before it dies").wait_for()

    _kill_sockets(site)
    _write(kai, box, "while it is dead")
    _write(kai, box, "still dead")
    for text in ("while it is dead", "still dead"):
        kai.get_by_text(text).wait_for()
        until(kai, partial(_is_stored, site, text), 240, f"{text!r} is stored")
        lou.get_by_text(text).wait_for(timeout=240_000)
    until(kai, lambda: kai.locator(".message--sending").count() == 0, 120, "nothing waits")
    assert [
        one.count() for one in (kai.get_by_text("still dead"), lou.get_by_text("still dead"))
    ] == [1, 1]

    kai.evaluate(PASTE, ["chat-thread textarea", "copied from a PDF\0here"])
    box.press("Enter")
    refusal = kai.get_by_role("alert").filter(has_text="Not sent.")
    refusal.wait_for()
    assert (
        "After “copied from a PDF” is a character that can't be kept (U+0000)"
        in refusal.inner_text()
    )
    _write(kai, box, "the next one goes")
    lou.get_by_text("the next one goes").wait_for()
    kai.get_by_role("button", name="Edit").click()
    assert box.input_value() == "copied from a PDFhere"
    box.press("Enter")
    lou.get_by_text("copied from a PDFhere").wait_for()


def _in_a_room(kai: Any, site: Site) -> None:
    kai.goto(f"{site.url}/jam/new/")
    kai.get_by_role("button", name="Open the room").click()
    kai.wait_for_url(lambda url: "/jam/new" not in url)
    kai.goto(f"{kai.url.removesuffix('room/')}room/")
    join(kai)
    box = kai.get_by_label("Message to the room")
    _write(kai, box, "a line before")
    until(kai, lambda: site.value(LINE, "a line before") == 1, 240, "the line is stored")
    _kill_sockets(site)
    _write(kai, box, "a line meanwhile")
    kai.get_by_text("a line meanwhile").wait_for()
    until(kai, lambda: site.value(LINE, "a line meanwhile") == 1, 240, "the line is stored")
    until(kai, lambda: kai.locator(".jam-chat__sending").count() == 0, 120, "nothing waits")
    # The answer that it is stored may come a moment before the line itself, by way of the room.
    until(kai, lambda: kai.get_by_text("a line meanwhile").count() > 0, 20, "the line is there")
    assert kai.get_by_text("a line meanwhile").count() == 1

    kai.evaluate(PASTE, [".jam-chat textarea", "half an emoji \ud83d"])
    box.press("Enter")
    refusal = kai.locator(".jam-chat__refused")
    refusal.wait_for()
    assert "After “half an emoji” is a character that can't be kept" in refusal.inner_text()
    refusal.get_by_role("button", name="Edit").click()
    assert box.input_value().strip() == "half an emoji"


def _is_stored(site: Site, text: str) -> bool:
    """Once, and no more often."""
    return bool(site.value(MESSAGE, text) == 1)


def _write(page: Any, box: Any, text: str) -> None:
    box.fill(text)
    box.press("Enter")


def _kill_sockets(site: Site) -> None:
    """kill -9 of the socket server; its supervisor starts it again."""
    killed = 0
    for process in psutil.Process(site.process.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            line = " ".join(process.cmdline())
            if "uvicorn" in line and "leash" not in line:
                os.kill(process.pid, signal.SIGKILL)
                killed += 1
    assert killed
