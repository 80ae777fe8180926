"""What every HTMX control of the site should show, by the route it asks.

A control that stands on a page and not here fails the walk (tests/e2e/test_htmx.py): say here what
pressing it shows.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.urls import resolve
from playwright.sync_api import Locator, Page, expect

ALL = "[hx-get], [hx-post], [hx-put], [hx-patch], [hx-delete]"
FIND = """all => [...document.querySelectorAll(all)].map((one, number) => {
    one.dataset.walk = String(number);
    const verbs = ["get", "post", "put", "patch", "delete"];
    const verb = verbs.find((verb) => one.hasAttribute(`hx-${verb}`));
    const grows = one.matches(".button--more") ? one.getAttribute("hx-target") : "";
    return [verb, one.getAttribute(`hx-${verb}`), grows];
})"""
Check = Callable[[Page, Locator], None]


def controls(page: Page) -> list[tuple[str, Locator]]:
    """Return every control of a page with its key, such as "get seen_who" or "more of #people"."""
    found = []
    for number, (verb, url, grows) in enumerate(page.evaluate(FIND, ALL)):
        path = urlsplit(url).path
        if not path:
            continue  # a sample in the style guide
        route = resolve(path).view_name
        key = f"{route}: more of {grows}" if grows else f"{verb} {route}"
        found.append((key, page.locator(f"[data-walk='{number}']")))
    return found


def _answer(page: Page, press: Callable[[], None]) -> None:
    """Press, and wait until what came has settled on the page."""
    page.evaluate(
        "void (window.settled = new Promise((done) => document.addEventListener('htmx:afterSettle',"
        " () => done(true), { once: true })))"
    )
    press()
    page.evaluate("Promise.race([window.settled, new Promise((done) => setTimeout(done, 8000))])")


def more(page: Page, link: Locator) -> None:
    """The list goes on where it is, nothing twice, and the focus is on the first that came."""
    target = str(link.get_attribute("hx-target"))
    before = page.locator(f"{target} > *").all_inner_texts()
    address = link.get_attribute("href")
    _answer(page, link.click)
    expect(page.locator(f"{target} > *")).not_to_have_count(len(before))
    after = page.locator(f"{target} > *").all_inner_texts()
    assert after[: len(before)] == before
    assert len(page.locator(target).all()) == 1
    again = page.locator(f"{target}-more-link")
    assert again.count() == 0 or again.get_attribute("href") != address
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids)), sorted({one for one in ids if ids.count(one) > 1})
    inside = page.evaluate(
        "target => document.querySelector(target).contains(document.activeElement)", target
    )
    first = page.locator(f"{target} > *").nth(len(before))
    assert inside or first.locator("a, button").count() == 0


def who(page: Page, link: Locator) -> None:
    """How many that is stands beside the link, and what was there stays."""
    way = "preceding" if "previous" in str(link.get_attribute("hx-target")) else "following"
    place = link.locator(f"xpath={way}::*[@data-who][1]")
    title = page.title()
    _answer(page, link.click)
    expect(place.locator(".who p").first).to_be_in_viewport()  # also of what it scrolls in
    assert place.locator(".who p").first.inner_text().strip() != ""
    assert page.title() == title


def who_in_picker(page: Page, link: Locator) -> None:
    """The same, and the choice that isn't sent yet stays chosen, in the open picker."""
    picker = link.locator("xpath=ancestor::details[1]")
    picker.locator("summary").click()
    picker.locator("label.choice").first.click()
    chosen = picker.locator("input:checked").get_attribute("value")
    who(page, link)
    assert picker.evaluate("one => one.open") is True
    assert picker.locator("input:checked").get_attribute("value") == chosen


def audience(page: Page, form: Locator) -> None:
    """The new word stands on the button, a toast says so, and the page itself says the same."""
    picker = page.locator(".audience-picker", has=page.locator("form[hx-post]"))
    before = picker.locator("summary").inner_text()
    picker.locator("summary").click()
    other = picker.locator("label.choice:not(:has(:checked))").first
    word = other.locator(".choice__word").inner_text().strip()
    other.locator(".choice__word").click()
    _answer(page, picker.get_by_role("button", name="Change").click)
    expect(page.locator(".toast").last).to_contain_text("holds from now on")
    assert picker.count() == 1 and word in picker.locator("summary").inner_text() != before
    assert page.evaluate("document.activeElement.localName") == "summary"
    page.reload()
    assert word in picker.locator("summary").inner_text()
    # Back to what it was, the same way.
    picker.locator("summary").click()
    picker.locator("label.choice", has_text=before.split("\n")[-1].strip()).first.click()
    _answer(page, picker.get_by_role("button", name="Change").click)
    assert picker.locator("summary").inner_text() == before


def heart(page: Page, form: Locator) -> None:
    button = page.locator("#favourite")
    before = button.get_attribute("aria-pressed")
    after = "false" if before == "true" else "true"
    _answer(page, button.click)
    expect(button).to_have_attribute("aria-pressed", after)
    page.reload()
    expect(button).to_have_attribute("aria-pressed", after)
    _answer(page, button.click)
    expect(button).to_have_attribute("aria-pressed", str(before))


def settings_search(page: Page, box: Locator) -> None:
    _answer(page, lambda: box.press_sequentially("passw"))
    expect(page.locator("#settings-found")).to_contain_text("Password")
    expect(box).to_be_focused()
    assert box.input_value() == "passw"


def policy_search(page: Page, form: Locator) -> None:
    box = form.locator("input[type=search]")
    _answer(page, lambda: box.press_sequentially("cookies"))
    expect(page.locator("#policy-found")).to_contain_text("cookies")
    page.wait_for_url("**q=cookies**")
    expect(box).to_be_focused()


def towns(page: Page, field: Locator) -> None:
    page.locator("#id_country").select_option("IE")
    box = field.locator("input")
    box.fill("")
    _answer(page, lambda: box.press_sequentially("Gal"))
    names = page.locator("#towns option").evaluate_all("all => all.map((one) => one.value)")
    assert names[:1] == ["Galway"]
    assert box.input_value() == "Gal"


def preview(page: Page, button: Locator) -> None:
    page.locator("#id_bio").fill("Plays **loud** things")
    page.locator("#id_stage_name").fill("not saved")
    _answer(page, button.click)
    expect(page.locator("#bio-preview strong")).to_have_text("loud")
    assert page.locator("#id_stage_name").input_value() == "not saved"
    assert page.locator("#id_bio").input_value() == "Plays **loud** things"


def invitation(page: Page, form: Locator) -> None:
    """A link stands in the room's fold, which stays open; nobody has left the room."""
    page.locator(".room-invite summary").click()
    links = page.locator("#room-invite .invite-link input")
    before = links.count()
    room = page.url
    _answer(page, form.get_by_role("button").click)
    expect(links).to_have_count(before + 1)
    assert "/i/" in str(links.first.input_value())
    assert page.url == room and page.locator(".room-invite").evaluate("one => one.open")
    assert page.locator("jam-room, .room-invite, #room-invite").count() == 3
    expect(page.locator(".toast").last).to_contain_text("The invitation is ready")


SHOWS: dict[str, Check] = {
    "get seen_who": who,
    "get recording_who": who_in_picker,
    "get jam_who": who_in_picker,
    "post recording_audience": audience,
    "post jam_audience": audience,
    "post favourite": heart,
    "post make_invite": invitation,
    "get settings": settings_search,
    "get policy": policy_search,
    "get policy_version": policy_search,
    "post favourites_audience": audience,
    "get towns": towns,
    "post preview_bio": preview,
}
