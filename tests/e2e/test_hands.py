"""Everything that opens or is chosen, tried the way hands use it, on every page of every person.

The list of pages is tests/e2e/pages.py; what is pressed is found on them (tests/e2e/hands.py).
"""

from typing import Any

import pytest

from tests.e2e import pages
from tests.e2e.hands import SIZES, Hand
from tests.e2e.people import one_of_the_demo, visitor
from tests.e2e.site import Site
from tests.e2e.test_axe import KINDS

TOUCH = {"has_touch": True}


@pytest.mark.parametrize("name", ["", *KINDS])
def test_each_thing_is_chosen_by_all_of_it_and_opened_by_every_hand(
    site: Site, furnished: dict[str, str], browser: Any, name: str
) -> None:
    page = one_of_the_demo(browser, site, name, **TOUCH) if name else visitor(browser, **TOUCH)
    hand = Hand(page)
    paths = KINDS.get(name, pages.VISITOR)
    if name == "lumen":
        paths = [*paths, "/styleguide/", *pages.NEWCOMER]
    faults: list[str] = []
    for path in dict.fromkeys(paths):
        address = path.replace("@ines", "@lumen").format(**furnished)
        if page.goto(site.url + address).status != 200:
            continue
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            faults += [f"{path} at {width}: {fault}" for fault in hand.go_over(width)]
    assert faults == [], "\n".join(faults)
    assert hand.presses > 40
