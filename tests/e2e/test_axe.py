"""axe finds no fault on any page and nothing overflows, for each kind of person."""

from typing import Any

import pytest

from tests.e2e import pages
from tests.e2e.axe import AXE, faults
from tests.e2e.people import answer_age, one_of_the_demo, sign_up, visitor
from tests.e2e.site import Site

KINDS = {
    "lumen": pages.MEMBER,
    "pelagia": pages.ASKED_TO_JOIN,
    "little-finch": pages.CHILD,
    "grete-linden": pages.GUARDIAN,
    "tomas-bowing": pages.TEACHER,
    "mara-brook": pages.COORDINATOR,
}


def look_at(page: Any, site: Site, paths: list[str], furnished: dict[str, str]) -> None:
    found: list[Any] = []
    page.add_init_script(AXE)
    for path in paths:
        answer = page.goto(site.url + path.format(**furnished))
        assert answer.status in {200, 403, 404}, path
        found += [(path, *one) for one in faults(page)]
    assert found == [], "\n".join(map(str, found))


def test_what_visitors_see(site: Site, furnished: dict[str, str], browser: Any) -> None:
    page = visitor(browser)
    look_at(page, site, pages.VISITOR, furnished)
    page.goto(f"{site.url}/account/signup/")
    answer_age(page, 1990)
    page.get_by_label("Username").wait_for()
    assert faults(page) == []


def test_what_somebody_new_sees(site: Site, furnished: dict[str, str], browser: Any) -> None:
    page = visitor(browser)
    sign_up(page, site, "ines")
    look_at(page, site, pages.NEWCOMER, furnished)


@pytest.mark.parametrize("name", KINDS)
def test_what_people_of_the_demo_world_see(
    site: Site, furnished: dict[str, str], browser: Any, name: str
) -> None:
    page = one_of_the_demo(browser, site, name)
    look_at(page, site, KINDS[name], furnished)
