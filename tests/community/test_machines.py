"""oEmbed, link previews and the map of pages: what anybody may see, and nothing more."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.connections import services
from accounts.models import User
from privacy import erasure
from sessions_app.services import publishing
from tests.cast import Cast

pytestmark = pytest.mark.clause("apps-and-search")


def oembed(client: Client, path: str, **query: str) -> Any:
    return client.get(reverse("oembed"), {"url": f"http://testserver{path}", **query})


def listed(kind: str) -> set[str]:
    """Return the paths that search engines are given for today."""
    day = timezone.localdate().isoformat()
    body = Client().get(reverse("sitemap_day", args=[kind, day])).content.decode()
    return {re.sub(r"^https?://[^/]+", "", url) for url in re.findall(r"<loc>(.*?)</loc>", body)}


def test_what_is_public_is_told(cast: Cast) -> None:
    recording = cast.recordings["public"]
    answer = oembed(Client(), recording.get_absolute_url(), format="json")
    assert answer["Cache-Control"] == "no-store"
    shape = answer.json()
    assert (shape["type"], shape["title"], shape["author_name"]) == (
        "link", "mark-title-owner-public", "owner",
    )  # fmt: skip
    titles = {
        cast.sessions["public"].get_absolute_url(): "mark-session-owner-public",
        "/@owner/": "owner", "/@OWNER/": "owner",
    }  # fmt: skip
    for path, title in titles.items():
        assert oembed(Client(), path).json()["title"] == title


@pytest.mark.clause("who-sees")
@pytest.mark.promise("JK-11")
def test_hidden_and_missing_are_one_answer_whoever_asks(cast: Cast) -> None:
    hidden = [
        cast.recordings["participants"].get_absolute_url(), f"/recordings/{'1' * 22}/",
        cast.sessions["participants"].get_absolute_url(), f"/jam/{'1' * 22}/",
    ]  # fmt: skip
    seen = set()
    for role in ("owner", "stranger", "anonymous"):
        bodies = set()
        for path in hidden:
            answer = oembed(cast.client(role), path)
            body = re.sub(r'nonce[-=]"?[\w+/=-]*|csrf-token" content="[^"]*|value="\w{64}"', "",
                          answer.content.decode())  # fmt: skip
            bodies.add((answer.status_code, re.sub(r"http\S+", "", body)))
        seen.add(len(bodies))
        assert {status for status, _ in bodies} == {404}
    assert seen == {1}
    for path in ("/nowhere/", "/settings/", "/@leaving/", "/@nobody/", ""):
        assert oembed(Client(), path).status_code == 404


def test_other_hosts_and_other_formats_are_refused(cast: Cast) -> None:
    path = cast.recordings["public"].get_absolute_url()
    for url in (
        f"https://elsewhere.example{path}",
        f"ftp://testserver{path}",
        path,
        "http://[",
        "",
    ):
        assert Client().get(reverse("oembed"), {"url": url}).status_code == 404
    assert oembed(Client(), path, format="xml").status_code == 501


def test_a_page_previews_what_everybody_sees_whoever_looks(cast: Cast) -> None:
    recording = cast.recordings["public"]
    for role in ("owner", "participant", "stranger", "anonymous"):
        page = cast.client(role).get(recording.get_absolute_url())
        assert b'property="og:title" content="mark-title-owner-public"' in page.content
        assert not page.has_header("X-Robots-Tag")
    publishing.change_audience(recording, "members")
    for role in ("owner", "stranger"):
        page = cast.client(role).get(recording.get_absolute_url())
        assert b"og:" not in page.content and b"json+oembed" not in page.content
        assert page["X-Robots-Tag"] == "noindex" and b'content="noindex"' in page.content
    assert oembed(Client(), recording.get_absolute_url()).status_code == 404


@pytest.mark.promise("JK-16")
def test_the_map_lists_what_is_public_of_those_who_want_it(cast: Cast) -> None:
    take, jam = cast.recordings["public"], cast.sessions["public"]
    assert listed("recordings") == {take.get_absolute_url()}
    assert listed("sessions") == {jam.get_absolute_url()}
    people = {"/@owner/", "/@participant/", "/@former/", "/@stranger/"}
    assert listed("people") == people
    owner = User.objects.get(username="owner")
    services.switch(owner, approves_followers=True, api_access=True, indexed=False)
    assert (listed("recordings"), listed("sessions")) == (set(), set())
    assert listed("people") == people - {"/@owner/"}
    for path in (take.get_absolute_url(), "/@owner/", jam.get_absolute_url()):
        page = Client().get(path)
        assert (page.status_code, page["X-Robots-Tag"]) == (200, "noindex")
    erasure.request(cast["former"])
    assert listed("people") == people - {"/@owner/", "/@former/"}


def test_the_index_names_days_and_the_robots_file_names_the_index(cast: Cast) -> None:
    today = timezone.localdate().isoformat()
    body = Client().get(reverse("sitemap")).content.decode()
    paths = re.findall(r"<loc>https?://[^/]+(/[^<]+)</loc>", body)
    assert paths == [
        f"/sitemaps/{kind}/{today}.xml" for kind in ("recordings", "sessions", "people", "bands")
    ]
    assert "/sitemap.xml" in Client().get("/robots.txt").content.decode()
    for bad in ("/sitemaps/recordings/yesterday.xml", "/sitemaps/secrets/2026-01-01.xml"):
        assert Client().get(bad).status_code == 404
    assert listed("people") != set()
