"""Pressing things as hands do: mouse, finger, pen and keys, on words, pictures, controls, blanks.

What can be chosen or opened is found on the page itself, so that nothing new can be forgotten.
"""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page

HANDS = (Path(__file__).parent / "hands.js").read_text()
SIZES = ((360, 780), (1440, 900))


class Hand:
    """All that presses on one page; `tried` is what has been pressed, wherever it was met."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.tried: set[tuple[int, str, str]] = set()  # (width, kind, name)
        self.kinds: set[tuple[int, str]] = set()  # tried in every way
        self.turns = itertools.count()
        self.presses = 0
        page.add_init_script(HANDS)

    # ---- ways to press ---------------------------------------------------------------------------

    def mouse(self, x: float, y: float) -> None:
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self._frame()  # a hand holds for longer than no time: what closes meanwhile, closes
        self.page.mouse.up()

    def pen(self, x: float, y: float) -> None:
        at = {"x": x, "y": y, "button": "left", "clickCount": 1, "pointerType": "pen", "force": 0.6}
        self.cdp.send("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": x, "y": y,
                      "pointerType": "pen"})  # fmt: skip
        self.cdp.send("Input.dispatchMouseEvent", {"type": "mousePressed", "buttons": 1, **at})
        self._frame()
        self.cdp.send("Input.dispatchMouseEvent", {"type": "mouseReleased", "buttons": 0, **at})

    def finger(self, x: float, y: float) -> None:
        self.page.touchscreen.tap(x, y)

    def _frame(self) -> None:
        self.page.evaluate("new Promise(requestAnimationFrame)")

    @property
    def ways(self) -> dict[str, Callable[[float, float], None]]:
        return {"mouse": self.mouse, "finger": self.finger, "pen": self.pen}

    # ---- going over a page -----------------------------------------------------------------------

    def go_over(self, width: int) -> Iterator[str]:
        """Press all that this page has and no page before had; yield a line for each fault.

        The first of a kind is pressed everywhere with everything, the others once, with the next
        way and place in turn.
        """
        for row in self.page.evaluate("hands.find()"):
            key = (width, row["kind"], row["name"])
            if key in self.tried:
                continue
            places = self.page.evaluate("number => hands.places(number)", row["number"])
            if not places:
                continue
            self.tried.add(key)
            whole = (width, row["kind"]) not in self.kinds
            self.kinds.add((width, row["kind"]))
            yield from self._press(row, places, whole)

    def _press(
        self, row: dict[str, Any], places: list[dict[str, Any]], whole: bool
    ) -> Iterator[str]:
        number = row["number"]
        keys = ["Enter", "Space"] if row["says"] in {"summary", "button", "a"} else ["Space"]
        ways = [(way, place) for place in places for way in self.ways] + [(key, {}) for key in keys]
        if not whole:
            ways = [ways[next(self.turns) % len(ways)]]
        for way, place in ways:
            label = f"{row['kind']} “{row['name']}”: {way} on {place.get('what', 'it')}"
            self.page.evaluate("number => hands.ready(number)", number)
            if not place:
                if not self.page.evaluate("number => hands.focus(number)", number):
                    yield f"{label}: can't have the focus"
                    continue
                self.page.keyboard.press(way)
            else:
                fresh = self.page.evaluate("number => hands.places(number)", number) or []
                now = next((one for one in fresh if one["what"] == place["what"]), None)
                if now is None or now["covered"]:
                    yield f"{label}: covered, or not there ({now})"
                    continue
                self.ways[way](now["x"], now["y"])
            yield from self._look(row, label)

    def _look(self, row: dict[str, Any], label: str) -> Iterator[str]:
        self.presses += 1
        number = row["number"]
        on = self.page.evaluate("number => [hands.is_on(number), hands.around(number)]", number)
        if not on[0]:
            yield f"{label}: nothing happened"
        if not on[1]:
            yield f"{label}: what it stands in has closed"
