"""What a real browser receives, keeps and asks for, held against what is declared."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from privacy.datamap import browser_storage as declared
from tests.e2e.people import sign_up, until, visitor
from tests.e2e.site import Site
from tests.live.browsers import join

# Every kind of store that a page can fill, as "kind name".
KEPT = """async () => {
    const found = [];
    for (const kind of ["localStorage", "sessionStorage"])
        for (const name of Object.keys(window[kind])) found.push([kind, name]);
    for (const one of await indexedDB.databases()) found.push(["indexedDB", one.name]);
    for (const name of await caches.keys()) found.push(["caches", name]);
    for (const one of await navigator.serviceWorker.getRegistrations())
        found.push(["serviceWorker", one.scope]);
    const root = await navigator.storage.getDirectory();
    for await (const [name, one] of root.entries()) {
        if (one.kind === "file") found.push(["files", name]);
        else for await (const inner of one.keys()) found.push(["files", `${name}/${inner}`]);
    }
    return found;
}"""


def kept(page: Any) -> set[tuple[str, str]]:
    """Return everything that the browser holds of the site."""
    cookies = {("cookie", one["name"]) for one in page.context.cookies()}
    return cookies | {(kind, name) for kind, name in page.evaluate(KEPT)}


def undeclared(found: set[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(one for one in found if not declared.declared(*one))


def plain_routes(patterns: Any = None, prefix: str = "") -> list[str]:
    """Return every address that takes no arguments, the admin and signing out left aside."""
    found = []
    for one in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(one.pattern)
        if isinstance(one, URLResolver) and not path.startswith("admin/"):
            found += plain_routes(one.url_patterns, path)
        elif isinstance(one, URLPattern) and not re.search(r"[<(\\^]", path):
            found.append("/" + path)
    return [path for path in found if path != "/account/logout/"]


def open_a_jam(page: Any, site: Site) -> str:
    page.goto(f"{site.url}/jam/new/")
    page.locator("input[name=title]").fill("Cookie jar")
    page.get_by_role("button", name="Open the room").click()
    page.wait_for_url(lambda url: "/jam/new" not in url)
    jam = str(page.url).removesuffix("room/")
    page.goto(f"{jam}room/")
    return jam


@pytest.mark.clause("cookies", "crash-reports", "gpc")
@pytest.mark.promise("JK-30", "JM-05", "JT-15", "VJ-14")
def test_a_visitors_browser_keeps_what_is_declared_and_reports_only_with_consent(
    site: Site, browser: Any
) -> None:
    page = visitor(browser)
    posted: list[str] = []
    page.on("request", lambda one: posted.append(one.url) if one.url.endswith("/crash/") else None)
    for path in ("/", "/recordings/", "/jam/", "/statistics/", "/cookies/"):
        page.goto(site.url + path)
    tab = ("sessionStorage", "htmx-current-path-for-history")  # never sent, gone with the tab
    assert kept(page) == {tab}

    def breaks(expected: int) -> int:
        before = len(posted)
        page.goto(site.url)
        page.evaluate("setTimeout(() => { throw new TypeError('no \"mark-visitor\" here') })")
        page.wait_for_timeout(500)
        until(page, lambda: len(posted) - before >= expected, 10, "reports")
        return len(posted) - before

    def decide(word: str) -> None:
        page.goto(f"{site.url}/cookies/")
        page.locator("#purpose-crash_reports").get_by_role("button", name=word).click()
        page.wait_for_load_state()

    assert breaks(0) == 0
    decide("Agree")
    assert breaks(1) == 1
    assert until(page, lambda: site.value("select count(*) from privacy_crashreport"), 5, "stored")
    assert "mark-visitor" not in site.dump()
    decide("Refuse")
    assert breaks(0) == 0
    page.locator(".theme-switch").first.click()
    names = {name for _, name in kept(page) - {tab}}
    assert names == {"jamsite_choices", "jamsite.theme"}
    assert undeclared(kept(page)) == []

    signalling = visitor(browser, extra_http_headers={"Sec-GPC": "1"})
    signalling.goto(f"{site.url}/cookies/")
    assert signalling.get_by_text("Global Privacy Control signal and honour it").is_visible()
    assert signalling.request.get(f"{site.url}/.well-known/gpc.json").json()["gpc"] is True


@pytest.mark.clause("cookies", "other-hosts")
@pytest.mark.promise("JK-30", "JK-32", "JM-05")
def test_no_page_asks_another_host_and_no_store_is_undeclared(
    site: Site, browsers: tuple[Any, Any], browser: Any
) -> None:
    """Everything that can be opened: as a visitor with cookies refused, and as a member."""
    member, refusing = visitor(browsers[0]), visitor(browser)
    asked: set[str] = set()
    for page in (member, refusing):
        page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    sign_up(member, site, "iris")
    member.locator(".theme-switch").first.click()
    jam = open_a_jam(member, site)
    join(member)
    routes = plain_routes()
    assert len(routes) > 30
    found = kept(member)
    paths = [*routes, "/@iris/", urlsplit(jam).path]
    for page in (member, refusing):
        for path in paths:
            answer = page.request.get(site.url + path, max_redirects=0)
            if answer.status == 200 and "text/html" in answer.headers["content-type"]:
                page.goto(site.url + path)
        found |= kept(page)
    assert {one for one in asked if one} == {urlsplit(site.url).netloc}
    assert undeclared(found) == []
    names = {(kind, re.sub(r":.*", ":*", name)) for kind, name in found}
    assert names >= {
        ("cookie", "jamsite_session"), ("cookie", "csrftoken"), ("localStorage", "jamsite.theme"),
        ("sessionStorage", "jam-room:*"),
    }  # fmt: skip
