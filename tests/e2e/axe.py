"""axe on a page as it stands: at both sizes, in both themes, without loading it again."""

from typing import Any

from playwright.sync_api import Page

from tests.up.processes import PROJECT

AXE = (PROJECT / "node_modules" / "axe-core" / "axe.min.js").read_text()
WAYS = [(360, "light"), (360, "dark"), (1440, "dark"), (1440, "light")]
# Colours that are on their way are no colours to judge: what moves goes to its end.
SETTLE = """async (theme) => {
    const frame = () => new Promise(requestAnimationFrame);
    for (let n = 0; n < 300 && document.documentElement.dataset.theme !== theme; n++) await frame();
    await frame();
    for (const one of document.getAnimations()) {
        if (one instanceof CSSTransition) one.finish();
    }
    await document.fonts.ready;
}"""
RUN = """async () => {
    const found = await axe.run({ resultTypes: ["violations"] });
    return found.violations.flatMap((one) =>
        one.nodes.map((node) => [one.id, node.html.slice(0, 200)]));
}"""


def faults(page: Page) -> list[Any]:
    """Return what axe finds, and where something is wider than the window, in all four ways."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    told: list[Any] = []
    for width, theme in WAYS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.evaluate(SETTLE, theme)
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        told += [(width, theme, *one) for one in page.evaluate(RUN)]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            told.append((width, theme, "wider than the window", wide))
    return told
