"""People through the API: as much as the caller may see, and one's own to change."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Plays, Profile
from accounts.profile.models import FIELDS
from tests.accounts.test_profile import mine
from tests.cast import Cast
from tests.own_words import in_own_words, marked

NEW: dict[str, Any] = {
    "stage_name": "New", "bio": "**new**", "status": "new", "roles": ["student"],
    "genres": ["jazz"], "languages": ["tr"], "links": ["new.example"], "phone": "+49 30 123456",
    "birthday": "1990-02-03", "gender": "new", "instruments": [{"slug": "harp", "level": 3}],
    "place": {"country": "DE", "town": "leipzig"}, "findable": True, "available_until": None,
    "audiences": {"phone": "members", "genres": "public"},
    **{name: marked(one, "new {}".format) for name, one in in_own_words().items()},
}  # fmt: skip
ME = "/api/v1/me/"


def change(cast: Cast, values: Any, role: str = "owner") -> Any:
    return cast.client(role).patch(ME, values, content_type="application/json")


def person(cast: Cast, role: str) -> Any:
    return cast.client(role).get(reverse("api_person", args=["owner"])).json()


@pytest.mark.clause("profile-fields")
@pytest.mark.promise("JK-10", "JM-13")
def test_all_of_oneself_is_read_and_changed(cast: Cast) -> None:
    answer = change(cast, NEW)
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert told == cast.client("owner").get(ME).json()
    assert (told["stage_name"], told["bio_html"], told["phone"], told["birthday"]) == (
        "New", '<p dir="auto"><strong>new</strong></p>\n', "+4930123456", "1990-02-03",
    )  # fmt: skip
    assert told["instruments"] == [
        {"slug": "harp", "name": "Harp", "level": 3, "level_name": "advanced"}
    ]
    assert told["place"]["town"] == "Leipzig" and told["links"] == ["https://new.example/"]
    assert told["audiences"] == {
        **dict.fromkeys(FIELDS, "members"), "phone": "members", "genres": "public",
        "birthday": "me", "gender": "me",
    }  # fmt: skip
    assert told["real_name"] == "mark-real-owner"
    for name in in_own_words():
        assert told[name] == NEW[name]
    emptied = change(cast, {"instruments": [], "place": None, "links": [], "birthday": None,
                            "phone": "", "stage_name": ""}).json()  # fmt: skip
    assert [emptied[name] for name in ("instruments", "place", "links", "birthday", "phone")] == [
        [], None, [], None, "",
    ]  # fmt: skip
    assert emptied["genres"] == told["genres"]  # what isn't named stays


@pytest.mark.clause("profile-fields", "who-sees")
@pytest.mark.promise("JK-10", "JT-03")
def test_others_are_told_what_they_may_see(cast: Cast) -> None:
    change(cast, {**NEW, "audiences": {**dict.fromkeys(FIELDS, "members"), "genres": "public",
                                       "phone": "me", "birthday": "me"}})  # fmt: skip
    member, visitor = person(cast, "stranger"), person(cast, "anonymous")
    assert (member["stage_name"], member["phone"], member["birthday"]) == ("New", "", None)
    assert member["instruments"][0]["slug"] == "harp"
    assert {name: member[name] for name in in_own_words()} == {
        name: NEW[name] for name in in_own_words()
    }
    filled = {name for name, value in visitor.items() if value}
    assert filled == {"public_id", "username", "genres", "joined"}
    for told in (member, visitor):
        assert set(told) & {"real_name", "email", "audiences", "findable"} == set()


@pytest.mark.parametrize(
    ("values", "field"),
    [({"phone": "12"}, "phone"), ({"links": ["http://x.example"]}, "links"),
     ({"genres": "jazz"}, "genres"), ({"genres": ["none"]}, "genres"),
     ({"instruments": [{"slug": "spoon", "level": 1}]}, "instruments"),
     ({"instruments": [{"slug": "harp", "level": 9}]}, "instruments"),
     ({"place": {"country": "XX"}}, "place"), ({"birthday": "2999-01-01"}, "birthday"),
     ({"audiences": {"bio": "all"}}, "audiences"),
     ({"audiences": {"email": "public"}}, "audiences"), ({"username": "boss"}, "username"),
     ({"real_name": "X"}, "real_name"),
     ({"email": "x@y.example"}, "email"), ({"bio": "x" * 2001}, "bio"), ({"bio": None}, "bio"),
     ({"available_until": "2999-01-01T00:00:00Z"}, "available_until"),
     ({"stage_name": "a\x00b"}, "stage_name"), ({"findable": "perhaps"}, "findable")],
)  # fmt: skip
def test_a_fault_is_a_problem_that_names_the_field(cast: Cast, values: Any, field: str) -> None:
    before = Profile.objects.filter(user=cast["owner"]).values().get()
    answer = change(cast, {"status": "lost?", **values})
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert set(answer.json()["errors"]) == {field}
    assert Profile.objects.filter(user=cast["owner"]).values().get() == before


@pytest.mark.parametrize("body", ["[]", '"x"', "{", "null", "1"])
def test_what_is_no_object_is_a_problem(cast: Cast, body: str) -> None:
    answer = cast.client("owner").patch(ME, body, content_type="application/json")
    assert answer.status_code == 400 and answer["Content-Type"] == "application/problem+json"


def test_nobody_changes_somebody_else(cast: Cast) -> None:
    assert change(cast, {"bio": "x"}, "anonymous").status_code == 401
    path = reverse("api_person", args=["owner"])
    assert (
        cast.client("stranger").patch(path, {}, content_type="application/json").status_code == 405
    )
    assert mine(cast).bio == "mark-bio-owner"


def test_hidden_and_missing_are_the_same(cast: Cast) -> None:
    client = cast.client("stranger")
    paths = [reverse("api_person", args=[name]) for name in ("leaving", "nobody-at-all")]
    gone, missing = (client.get(path) for path in paths)
    assert (gone.status_code, gone.content) == (missing.status_code, missing.content)


def test_the_queries_are_as_many_for_much_as_for_little(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    client = cast.client("stranger")
    path = reverse("api_person", args=["owner"])
    for slugs in (["harp"], ["voice", "oud", "ney"]):
        for slug in slugs:
            Plays.objects.create(user=cast["owner"], instrument=slug, level=1)
        with django_assert_num_queries(5):
            client.get(path)
