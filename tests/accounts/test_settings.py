"""Settings that a person understands: six pages, one index, every choice with its effect."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from foundation import settings_map, settings_search
from foundation.settings_map import Entry
from tests.cast import Cast

PAGES = ("account", "profile", "security", "sharing", "notifications", "privacy")


def page_of(cast: Cast, url: str, who: str = "owner") -> str:
    answer = cast.client(who).get(url.partition("#")[0])
    assert answer.status_code == 200, url
    return str(answer.content.decode())


def found(cast: Cast, question: str, who: str = "owner") -> list[str]:
    return [str(hit.entry.title) for hit in settings_search.find(cast[who], question)]


def controls(html: str) -> set[str]:
    """Return the ids of what can be set in the main part of a page; the search is no setting."""
    main = html[html.index('class="settings__body') : html.index("</main>")]
    tags = re.findall(r"<(?:input|select|textarea)\b[^>]*>", main)
    ids = set()
    for tag in tags:
        kind = re.search(r'type="(\w+)"', tag)
        if kind and kind[1] in {"hidden", "submit"}:
            continue
        name = re.search(r'\bid="([^"]+)"', tag) or re.search(r'\bname="([^"]+)"', tag)
        ids.add(re.sub(r"(_level)?_\d+$", "", name[1]) if name else tag)  # one of a group
    return ids


def test_there_are_six_pages_and_each_marks_itself(cast: Cast) -> None:
    assert tuple(one.key for one in settings_map.pages()) == PAGES
    for page in settings_map.pages():
        html = page_of(cast, page.url)
        assert re.findall(r'href="([^"]+)" aria-current="page"', html) == [page.url], page.key
        assert all(
            f'class="settings__link" href="{one.url}"' in html for one in settings_map.pages()
        )


def test_a_page_below_says_where_it_stands(cast: Cast) -> None:
    html = page_of(cast, reverse("blocks"))
    assert re.findall(r'href="([^"]+)" aria-current="true"', html) == [reverse("sharing")]
    trail = html[html.index('class="trail') : html.index("</ol>")]
    assert [reverse("settings"), reverse("sharing")] == re.findall(r'href="([^"]+)"', trail)


def entry_id(one: Entry) -> str:
    return f"{one.page}-{one.route}-{one.anchor}"


@pytest.mark.parametrize("one", settings_map.entries_of_all(), ids=entry_id)
def test_every_entry_opens_and_its_field_is_there(cast: Cast, one: Entry) -> None:
    assert one.opens()
    answer = cast.client("owner").get(reverse(one.route), follow=True)
    assert answer.status_code == 200
    if one.anchor:
        html = answer.content.decode()
        assert len(re.findall(rf'\bid="{re.escape(one.anchor)}"', html)) == 1


# Fields that belong to an entry of another name: the box or the section they are part of.
PART_OF = {
    r"id_(?:product|mail)_(\w+)": r"kind-\1",
    r"id_quiet_(?:from|until)": "id_quiet",
    r"(?:id_)?\w+_audience.*|photo-clear": None,  # said beside the field they are about
    r"id_news": None,  # asked in every form; its setting is under Purposes and consent
}


def of_entry(field: str, key: str) -> str | None:
    if key == "notifications" and field == "id_time_zone":
        return "id_quiet"  # quiet hours ask for it too; it is the account's
    for pattern, anchor in PART_OF.items():
        match = re.fullmatch(pattern, field)
        if match:
            return match.expand(anchor) if anchor else None
    return field


@pytest.mark.parametrize("key", PAGES)
def test_whatever_can_be_set_on_a_page_is_in_the_index(cast: Cast, key: str) -> None:
    page = settings_map.get(key)
    known = {
        one.anchor for one in settings_map.entries(cast["owner"])
        if one.route == page.route and one.anchor
    }  # fmt: skip
    fields = {of_entry(one, key) for one in controls(page_of(cast, page.url))} - {None}
    assert fields - known == set()


def test_every_page_below_is_listed_on_its_page(cast: Cast) -> None:
    for page in settings_map.pages():
        html = page_of(cast, page.url)
        for one in settings_map.rows(page.key, cast["owner"]):
            assert f'href="{one.url}"' in html, (page.key, one.url)


def test_every_effect_is_one_sentence_of_its_own() -> None:
    effects = [str(one.effect) for one in settings_map.entries_of_all()]
    assert len(set(effects)) == len(effects)
    assert [one for one in effects if not one.endswith(".") or not one[0].isupper()] == []


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("password", "Password"),
        ("pasword", "Password"),
        ("passw", "Password"),
        ("who can follow me", "I decide who may follow me"),
        ("google", "Search engines may list my public pages"),
        ("delete account", "Leave"),
        ("DOWNLOAD", "Take my data"),
        ("e-mail address", "E-mail address"),
        ("bloked", "People you blocked"),
        ("tracking", "Purposes and consent"),
        ("avatar", "Photo"),
    ],
)
def test_a_setting_is_found_by_its_words_their_beginnings_and_slips(
    cast: Cast, question: str, first: str
) -> None:
    assert found(cast, question)[0] == first


@pytest.mark.parametrize("question", ["", "   ", "zzzz", "password zzzz", "%", "é"])
def test_what_fits_nothing_finds_nothing(cast: Cast, question: str) -> None:
    assert found(cast, question) == []


def test_the_home_shows_what_was_found_with_page_and_effect(cast: Cast) -> None:
    html = page_of(cast, reverse("settings") + "?q=index")
    assert reverse("sharing") + "#id_indexed" in html
    assert "Sharing and apps" in html and "asked to leave out your profile" in html
    nothing = page_of(cast, reverse("settings") + "?q=zzzz%3Cb%3E")
    assert "Nothing by these words." in nothing and "zzzz&lt;b&gt;" in nothing


def test_a_search_leaves_no_trace(cast: Cast, django_assert_num_queries: Any) -> None:
    """Nothing is written, and a question costs no query more than the page without one."""
    client = cast.client("owner")
    client.get(reverse("settings"))
    with django_assert_num_queries(2) as asked:
        client.get(reverse("settings") + "?q=password")
    assert [one["sql"] for one in asked if not one["sql"].startswith("SELECT")] == []


def test_who_has_a_password_isnt_offered_to_choose_a_first_one(cast: Cast) -> None:
    assert "Choose a password" not in found(cast, "password")
    cast["stranger"].set_unusable_password()
    cast["stranger"].save()
    assert "Password" not in found(cast, "password", "stranger")
    assert "Choose a password" in found(cast, "password", "stranger")


def test_visitors_and_who_is_leaving_see_no_settings(cast: Cast) -> None:
    for page in settings_map.pages():
        assert Client().get(page.url).status_code == 302
    from privacy import erasure

    erasure.request(cast["owner"])
    html = cast.client("owner").get(reverse("leave")).content.decode()
    assert "settings__nav" not in html
