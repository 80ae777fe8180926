"""A child's account, from the consent of a parent to the day it is taken back."""

from typing import Any

import pytest
from playwright.sync_api import expect

from jamsite.demo import world
from tests.e2e.axe import faults
from tests.e2e.people import mailed, one_of_the_demo, sign_in, signed_in, visitor
from tests.e2e.site import Site

PARENT = "parent-of-wren@mail.example"


@pytest.mark.clause("children-parents", "children-partners", "children-seen")
@pytest.mark.promise("JK-23")
def test_a_parent_agrees_a_child_plays_and_the_parent_takes_it_back(
    site: Site, furnished: dict[str, str], browser: Any
) -> None:
    child, parent = visitor(browser), visitor(browser)
    teacher = one_of_the_demo(browser, site, "tomas-bowing")
    member = one_of_the_demo(browser, site, "lumen")
    teacher.goto(f"{site.url}/school/class/{furnished['class']}/")
    teacher.get_by_label("Your own mark for the child").fill("5b-04")
    teacher.get_by_label("The parent's e-mail address").fill(PARENT)
    teacher.get_by_label("How the consent was verified").select_option("in person")
    teacher.get_by_label("Where the evidence is").fill("folder 2026/7, sheet 15")
    teacher.get_by_role("button", name="Record the consent").click()
    teacher.get_by_label("Username").fill("wren-on-the-wire")
    teacher.get_by_role("button", name="Make it, and show the card").click()
    expect(teacher.get_by_role("heading", name="Card for the child")).to_be_visible()
    assert faults(teacher) == []
    name, password = teacher.locator(".class-card code").all_inner_texts()
    assert name == "wren-on-the-wire"

    sign_in(child, site, name, password)
    page = f"{site.url}/@{name}/"
    other = f"{site.url}/@little-finch/"
    answers = {
        who: [view.goto(path).status for path in (page, other, f"{site.url}/find/")]
        for who, view in (("child", child), ("teacher", teacher), ("member", member))
    }
    assert answers == {
        "child": [200, 200, 403],
        "teacher": [200, 200, 200],
        "member": [404, 404, 200],
    }

    link = mailed(parent, site, PARENT, "children/link")
    parent.goto(link)
    parent.locator("main").get_by_role("link", name="Sign in").click()
    parent.locator("input[name=login]").fill("otis-upright")
    parent.locator("input[name=password]").fill(world.PASSWORD)
    parent.get_by_role("button", name="Sign in", exact=True).click()
    parent.get_by_role("button", name="I am the parent: connect").click()
    expect(parent.get_by_role("heading", name=name, exact=True)).to_be_visible()
    parent.get_by_role("link", name="Your account").click()
    expect(parent.get_by_text(name, exact=True).last).to_be_visible()
    parent.go_back()
    parent.get_by_role("textbox", name="Username").fill("wren-again")
    parent.get_by_role("button", name="Correct it").click()
    expect(parent.get_by_role("heading", name="wren-again", exact=True)).to_be_visible()
    assert child.goto(f"{site.url}/@wren-again/").status == 200

    assert signed_in(child, site)
    parent.get_by_role("button", name="Take everything back").click()
    expect(parent.get_by_text("You took your consent back")).to_be_visible()
    assert not signed_in(child, site)
    child.goto(f"{site.url}/messages/")
    assert "/account/login/" in child.url
    child.locator("input[name=login]").fill("wren-again")
    child.locator("input[name=password]").fill(password)
    child.get_by_role("button", name="Sign in", exact=True).click()
    expect(child.get_by_text("Your parent said that you may not use it any more.")).to_be_visible()
    expect(child.get_by_text("You did nothing wrong")).to_be_visible()
    assert faults(child) == []
    assert not signed_in(child, site)
    assert teacher.goto(f"{site.url}/@wren-again/").status == 404
