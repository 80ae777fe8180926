"""The policy's pages: searched, compared, kept, and read by machines."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from privacy import policy
from privacy.policy import compare, releases, versions
from privacy.policy.search import Search
from tests.cast import Cast

POLICY = "/privacy/"


def sections(page: str) -> list[str]:
    return re.findall(r'<section class="clause" id="([\w-]+)"', page)


@pytest.fixture
def two(other_code: Any) -> None:
    """Version 1 as the code says it; in version 2 a clause came, one went, one changed."""
    clauses = [dict(one) for one in versions.content()["clauses"]]
    clauses = [one for one in clauses if one["id"] != "favourites"]
    urls = next(one for one in clauses if one["id"] == "media-urls")
    urls["text"] = urls["text"].replace("one hour", "half a day")
    other_code(clauses=clauses)
    releases.announce(releases.draft("text", "Half a day; songs; no favourites.").pk)


# Search --------------------------------------------------------------------------------------


@pytest.mark.clause("changes")
def test_the_page_is_searched_without_scripts(client: Client, db: None) -> None:
    page = client.get(POLICY, {"q": "BCRYPT  hash"}).content.decode()
    assert sections(page) == ["passwords"]
    assert "<mark>bcrypt</mark> <mark>hash</mark>" in page
    assert "1 place\n" in page
    assert f'href="{POLICY}"' in page


def test_rows_of_tables_are_found_and_other_rows_are_not(client: Client, db: None) -> None:
    page = client.get(POLICY, {"q": "jamsite_session"}).content.decode()
    assert sections(page) == ["cookie-list"]
    assert "csrftoken" not in re.sub(r"<script.*?</script>", "", page, flags=re.S)


def test_words_that_are_nowhere_are_said_to_be_nowhere(client: Client, db: None) -> None:
    page = client.get(POLICY, {"q": "zither <script>alert(1)</script>"}).content.decode()
    assert sections(page) == []
    assert "No place has all these words" in page
    assert "<script>alert" not in page


def test_marks_stand_in_the_text_and_never_in_the_tags() -> None:
    found = Search.of("a amp strong").mark("<a href='/a'>a &amp; strong</a>")
    assert found == "<a href='/a'><mark>a</mark> &amp; <mark>strong</mark></a>"
    assert Search.of("x" * 500).words == ("x" * 100,)
    assert Search.of(".*").found_in("no pattern") is False


# Differences ------------------------------------------------------------------------------------


@pytest.mark.clause("announced-changes", "changes")
@pytest.mark.promise("JK-29")
def test_two_versions_are_compared_word_by_word(two: None, client: Client) -> None:
    page = client.get(reverse("policy_changes", args=[2])).content.decode()
    spoken = '<span class="visually-hidden">{} </span>'
    assert f"<del>{spoken.format('removed:')}one hour</del>" in page
    assert f"<ins>{spoken.format('added:')}half a day</ins>" in page
    kinds = re.findall(
        r'class="clause change change--(\w+)" aria-labelledby="([\w-]+)-title"', page
    )
    assert sorted(kinds) == [("added", "songs"), ("changed", "media-urls"),
                             ("removed", "favourites")]  # fmt: skip
    back = client.get(reverse("policy_changes", args=[1]), {"from": 2}).content.decode()
    assert f"<del>{spoken.format('removed:')}half a day</del>" in back
    same = client.get(reverse("policy_changes", args=[2]), {"from": 2}).content.decode()
    assert "These two say the same." in same
    for odd in ("x", "-1", "99", "9" * 30):
        assert client.get(reverse("policy_changes", args=[2]), {"from": odd}).status_code in {
            200,
            404,
        }
    first = client.get(reverse("policy_changes", args=[1])).content.decode()
    assert "no version before" in first


WORD = st.text("abc<&'é ", max_size=6)
TEXT = st.lists(WORD, max_size=8).map(" ".join)


@given(TEXT, TEXT)
def test_without_its_marks_a_difference_gives_both_texts_back(old: str, new: str) -> None:
    from django.utils.html import escape

    before, after = (f"<p>{escape(text)}</p>" for text in (old, new))
    shown = re.sub(r'<span class="visually-hidden">\w+: </span>', "", compare.words(before, after))
    assert re.sub(r"</?ins>", "", re.sub(r"<del>.*?</del>", "", shown)).split() == after.split()
    kept = re.sub(r"</?del>", "", re.sub(r"<ins>.*?</ins>", "", shown))
    assert re.sub(r"<[^>]+>|\s", "", kept) == re.sub(r"<[^>]+>|\s", "", before)


def test_rows_with_the_same_name_are_told_apart() -> None:
    rows = [{"what": "Here", "region": "Ghent"}, {"what": "Here", "region": "Graz"}]
    assert compare.compare({"regions": rows}, {"regions": rows}).tables == {}
    [gone] = compare.compare({"regions": rows}, {"regions": rows[:1]}).tables["regions"]
    assert (gone.kind, gone.cells) == ("removed", (("region", "Graz"),))


# Versions ---------------------------------------------------------------------------------------


@pytest.mark.clause("announced-changes")
@pytest.mark.promise("JK-29")
def test_every_version_stays_readable_as_it_was(two: None, client: Client) -> None:
    old = client.get(reverse("policy_version", args=[1])).content.decode()
    new = client.get(reverse("policy_version", args=[2])).content.decode()
    assert "for one hour" in old and "half a day" not in old
    assert "half a day" in new and "for one hour" not in new
    assert "no longer in force" in old and "This is the text in force" in new
    listed = client.get(reverse("policy_versions")).content.decode()
    assert re.findall(r"/privacy/versions/(\d)/\"", listed) == ["2", "1"]
    assert client.get(reverse("policy_version", args=[3])).status_code == 404


def test_before_any_release_the_code_is_version_one(client: Client, db: None) -> None:
    page = client.get(reverse("policy_version", args=[1])).content.decode()
    assert sections(page)[: len(policy.clauses())] == [one.id for one in policy.clauses()]
    assert client.get(reverse("policy_version", args=[2])).status_code == 404
    assert client.get(reverse("policy_versions")).status_code == 200


# For machines, and for caches -------------------------------------------------------------------


@pytest.mark.clause("changes", "providers")
@pytest.mark.promise("MJ-06", "JK-20", "VJ-29")
def test_machines_read_the_same_as_people(two: None, client: Client, settings: Any) -> None:
    settings.REGION = "Ghent"
    told = client.get(reverse("policy_json")).json()
    release = releases.in_force()
    assert told["version"] == 2
    assert told["in_force_since"].startswith(release.posted_at.isoformat()[:19])
    assert [one["id"] for one in told["clauses"]] == [
        one["id"] for one in release.content["clauses"]
    ]
    for one in told["clauses"]:
        assert one["checks"] == len(one["tests"])
    facts = json.loads(json.dumps(policy.facts()))
    assert {name: told[name] for name in facts} == facts
    assert told["regions"][0]["region"] == "Ghent"
    assert [one["number"] for one in told["versions"]] == [2, 1]
    assert "uncovered" not in told, "what isn't kept yet is told to nobody"


@pytest.mark.parametrize("name", ["policy", "policy_json", "policy_versions"])
def test_who_has_it_already_gets_no_second_copy(name: str, client: Client, db: None) -> None:
    first = client.get(reverse(name))
    assert first["ETag"] == client.get(reverse(name))["ETag"], "the nonce alone differs"
    again = client.get(reverse(name), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    since = client.get(reverse(name), headers={"If-Modified-Since": first["Last-Modified"]})
    assert since.status_code == 304
    old = client.get(reverse(name), headers={"If-Modified-Since": "Tue, 01 Jan 2019 10:00:00 GMT"})
    assert old.status_code == 200


def test_a_new_text_is_a_new_copy(client: Client, other_code: Any) -> None:
    before = client.get(POLICY)
    releases.announce(releases.draft("text", "Songs.").pk)
    after = client.get(POLICY, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert after["ETag"] != before["ETag"]


def test_pages_of_who_is_signed_in_are_kept_nowhere(cast: Cast) -> None:
    answer = cast.client("owner").get(POLICY)
    assert answer["Cache-Control"] == "private, no-store"
    assert not answer.has_header("ETag")
