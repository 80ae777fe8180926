"""One wrong field in the profile: named, shown, in focus; photo and words are still there."""

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.e2e.people import one_of_the_demo
from tests.e2e.site import Site

# Where the thing in focus stands: None, or by how much the bar lies over it.
COVERED = """() => {
    const bar = document.querySelector(".form__actions--stay").getBoundingClientRect();
    const one = document.activeElement;
    if (!one.closest("form.form--parts") || one.closest(".form__actions--stay")) return null;
    const whole = one.closest("summary") ?? one.labels?.[0]?.closest(".choice, .tick") ?? one;
    const seen = whole.getBoundingClientRect();
    const over = Math.min(seen.bottom, bar.bottom) - Math.max(seen.top, bar.top);
    const out = seen.top < 0 || seen.bottom > innerHeight;
    return over > 0 || out ? [one.id, one.name, seen.top, seen.bottom, bar.top] : null;
}"""


def green() -> Any:
    out = io.BytesIO()
    Image.new("RGB", (400, 300), (20, 160, 60)).save(out, "JPEG")
    return {"name": "garden gate.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.mark.parametrize(("width", "height"), [(360, 640), (1440, 900)])
def test_a_wrong_field_is_shown_and_nothing_else_is_lost(
    site: Site, furnished: dict[str, str], browser: Any, width: int, height: int
) -> None:
    page = one_of_the_demo(
        browser, site, "pelagia", viewport={"width": width, "height": height}, has_touch=True
    )
    page.goto(f"{site.url}/settings/profile/")
    page.locator("#id_photo").set_input_files(green())
    expect(page.locator(".field__photo img[src^=blob]")).to_be_visible()
    page.locator("#id_status").fill("typed with care")
    page.locator("#id_links").fill("gopher://example.net")
    page.get_by_role("button", name="Save profile").click()
    page.wait_for_load_state()

    alert = page.locator("[data-faults]")
    expect(alert).to_contain_text("One field needs another look. Nothing was saved")
    assert alert.get_by_role("link").all_inner_texts() == ["Links"]
    expect(page.locator("#id_links")).to_be_focused()
    assert page.evaluate(COVERED) is None
    page.evaluate("scrollTo(0, 0)")
    alert.get_by_role("link").click()
    expect(page.locator("#id_links")).to_be_focused()
    assert page.evaluate(COVERED) is None

    assert page.locator("#id_status").input_value() == "typed with care"
    assert page.evaluate("document.querySelector('#id_photo').files[0].name") == "garden_gate.jpg"
    expect(page.locator(".field__photo img")).to_be_visible()
    page.locator("#id_links").fill("")
    page.get_by_role("button", name="Save profile").click()
    page.wait_for_url("**/@pelagia/")
    expect(page.get_by_text("typed with care")).to_be_visible()
    shown = page.locator("main .avatar img").first
    colour = shown.evaluate(
        """async (image) => {
            await image.decode();
            const canvas = new OffscreenCanvas(1, 1).getContext("2d");
            canvas.drawImage(image, 0, 0, 1, 1);
            return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
        }"""
    )
    assert all(abs(one - other) < 12 for one, other in zip(colour, (20, 160, 60), strict=True))


@pytest.mark.parametrize(("width", "height"), [(360, 640), (1440, 700)])
def test_the_bar_never_covers_what_has_the_focus(
    site: Site, furnished: dict[str, str], browser: Any, width: int, height: int
) -> None:
    page = one_of_the_demo(browser, site, "lumen", viewport={"width": width, "height": height})
    page.goto(f"{site.url}/settings/profile/")
    page.locator("#id_photo").focus()
    found: list[Any] = []
    seen = 0
    for key in ("Tab", "Shift+Tab"):
        for _ in range(160):
            page.keyboard.press(key)
            if page.evaluate("document.activeElement.closest('.form__actions--stay') !== null"):
                break
            seen += 1
            found.append(page.evaluate(COVERED))
    assert seen > 80
    assert [one for one in found if one] == []
