"""Everything a person tells of themselves: optional, to its own audience, emptied at any time."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Plays, Profile, RealName, User
from accounts.profile.models import FIELDS
from accounts.profile.services import profiles
from schools.services import children
from tests import own_words
from tests.accounts.test_profile import mine, save
from tests.cast import Cast
from tests.own_words import in_own_words
from tests.school import consent_for

TOLD = {
    "stage_name": "The mark-new-stage", "bio": "I play **mark-new-bio**.",
    "status": "mark-new-line", "roles": ["teacher", "parent"],
    "instrument": ["voice", "", "harp"], "level": ["4", "1", "2"],
    "genres": ["jazz", "maqam"], "languages": ["German", "turkish", ""], "country": "DE",
    "town": "muenchen", "links": "https://new.example/me\nother.example", "phone": "+49 30 123456",
    "birthday": "1990-02-03", "gender": "mark-new-gender", "real_name": "Mark-New Real",
    "available": "3", "findable": "on", **own_words.typed("mark-new-{}".format),
}  # fmt: skip
EMPTY = {name: [] if isinstance(value, list) else "" for name, value in TOLD.items()}
# What each field puts on the page, once somebody may see it.
SEEN = {
    "stage_name": "mark-new-stage", "bio": "<strong>mark-new-bio</strong>",
    "status": "mark-new-line", "roles": "Teacher", "instruments": "professional",
    "genres": "Maqam", "languages": "German, Turkish", "place": "Munich, Germany",
    "links": "https://new.example/me", "phone": "+4930123456", "birthday": "Feb. 3, 1990",
    "gender": "mark-new-gender", "available": "Open to jam until",
    **own_words.by_name("mark-new-{}".format),
}  # fmt: skip


def tell(cast: Cast, audience: str = "me", **changes: Any) -> Any:
    audiences = {f"{name}_audience": audience for name in FIELDS}
    return save(cast, **{**TOLD, **audiences, **changes})


def page(cast: Cast, role: str, query: str = "") -> str:
    return cast.client(role).get(f"/@owner/{query}").content.decode()


@pytest.mark.clause("profile-fields")
@pytest.mark.promise("JK-10", "JM-13", "JT-02")
def test_everything_is_kept_as_told_and_emptied_at_will(cast: Cast) -> None:
    assert tell(cast).status_code == 302
    profile = mine(cast)
    assert (profile.stage_name, profile.roles, profile.genres, profile.languages) == (
        "The mark-new-stage", ["teacher", "parent"], ["jazz", "maqam"], ["de", "tr"],
    )  # fmt: skip
    assert (profile.country, profile.town, profile.phone, profile.findable) == (
        "DE", "Munich", "+4930123456", True,
    )  # fmt: skip
    assert profile.links == ["https://new.example/me", "https://other.example/"]
    assert list(Plays.objects.filter(user=cast["owner"]).values_list("instrument", "level")) == [
        ("voice", 4), ("harp", 2),
    ]  # fmt: skip
    assert RealName.objects.get(user=cast["owner"]).name == "Mark-New Real"
    assert profile.is_available
    assert save(cast, **EMPTY).status_code == 302
    emptied = mine(cast)
    for columns in FIELDS.values():
        for column in columns:
            assert not getattr(emptied, column), column
    assert not emptied.findable
    assert not Plays.objects.filter(user=cast["owner"]).exists()
    assert not RealName.objects.filter(user=cast["owner"]).exists()


@pytest.mark.clause("profile-fields", "who-sees")
@pytest.mark.promise("JK-10", "JT-03", "VJ-02")
@pytest.mark.parametrize("name", sorted(SEEN))
def test_each_field_goes_to_its_own_audience_and_no_further(cast: Cast, name: str) -> None:
    for audience, readers in (
        ("public", {"owner", "stranger", "anonymous"}),
        ("members", {"owner", "stranger"}),
        ("me", {"owner"}),
    ):
        assert tell(cast, **{f"{name}_audience": audience}).status_code == 302
        pages = {role: page(cast, role) for role in ("owner", "stranger", "anonymous")}
        assert {role for role, text in pages.items() if SEEN[name] in text} == readers, audience
        for role in ("stranger", "anonymous"):
            others = [text for other, text in SEEN.items() if other != name and text in pages[role]]
            assert others == []


@pytest.mark.clause("profile-fields")
@pytest.mark.promise("JT-03")
def test_telephone_birthday_and_gender_begin_with_only_me(cast: Cast) -> None:
    fresh = User.objects.create_user("fresh", "fresh@mail.example", "a stave has five lines")
    profile = Profile.objects.get(user=fresh)
    begins = {name: getattr(profile, f"{name}_audience") for name in FIELDS}
    assert {name for name, audience in begins.items() if audience == "me"} == {
        "phone", "birthday", "gender",
    }  # fmt: skip
    assert "public" not in begins.values()
    assert not profile.findable


@pytest.mark.clause("profile-fields")
@pytest.mark.promise("JK-10")
def test_a_real_name_is_shown_to_its_person_alone(cast: Cast) -> None:
    assert tell(cast, "public").status_code == 302
    paths = ["/@owner/", "/api/v1/people/owner/", "/recordings/", "/jams/", "/"]
    for role in ("owner", "stranger", "anonymous"):
        for path in paths:
            assert "Mark-New Real" not in cast.client(role).get(path).content.decode()
    assert "Mark-New Real" in cast.client("owner").get(reverse("edit_profile")).content.decode()
    assert (
        "Mark-New Real" not in cast.client("stranger").get(reverse("edit_profile")).content.decode()
    )


@pytest.mark.clause("forms", "profile-fields")
@pytest.mark.promise("JM-02")
def test_the_form_says_of_each_field_who_will_see_it_before_it_is_sent(cast: Cast) -> None:
    html = cast.client("owner").get(reverse("edit_profile")).content.decode()
    for label in ("Photo", "Stage name", "Status", "About you", "I am here as", "Instruments",
                  "Genres", "Open to jam", "Place", "Languages", "Links", "Telephone", "Birthday",
                  "Gender", *(str(one.label) for one in in_own_words().values())):  # fmt: skip
        assert f"Who can see “{label}”, change:" in html
    assert "Nobody but you, ever: it is for your account alone." in html
    assert 'class="field__need">required' not in html


@pytest.mark.parametrize(
    ("changes", "says"),
    [({"links": "http://plain.example"}, "begin with https://"),
     ({"phone": "12"}, "with its country"), ({"town": "Nowhereville"}, "no town of that name"),
     ({"birthday": "tomorrow"}, "no birthday"), ({"languages": ["Klingonese"]}, "in the list"),
     ({"instrument": ["spoon"], "level": ["1"]}, "in the list"),
     ({"phone_audience": "everybody"}, "everybody"), ({"country": "XX"}, "XX"),
     ({"stage_name": "x" * 61}, "60"), ({"stage_name": "\u3164\u3164"}, "Nothing of this can be"),
     ({"stage_name": "\u202eevil reel"}, "turns the writing round"),
     ({"real_name": "\u200b\u200b"}, "Nothing of this can be")],
)  # fmt: skip
def test_a_fault_is_told_and_nothing_is_lost(
    cast: Cast, changes: dict[str, Any], says: str
) -> None:
    before = Profile.objects.filter(user=cast["owner"]).values().get()
    answer = tell(cast, **changes)
    html = answer.content.decode()
    assert answer.status_code == 422 and says in html
    assert "The mark-new-stage" in html or "stage_name" in changes
    assert "I play **mark-new-bio**." in html
    assert "Mark-New Real" in html or "real_name" in changes
    assert Profile.objects.filter(user=cast["owner"]).values().get() == before


def test_more_rows_come_without_scripts_and_nothing_is_saved(cast: Cast) -> None:
    answer = tell(cast, more="instruments")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert html.count('name="instrument"') == 2 + 2 + 3
    assert "mark-new-line" in html and mine(cast).status == "mark-status-owner"


def test_a_preview_shows_safe_words_and_keeps_nothing(cast: Cast) -> None:
    client = cast.client("owner")
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.post(
            reverse("preview_bio"), {"bio": "**mark-a** <script>"}, headers=headers
        )
        assert "<strong>mark-a</strong> &lt;script&gt;" in answer.content.decode()
    assert mine(cast).bio == "mark-bio-owner"


def test_towns_are_suggested_to_members(cast: Cast) -> None:
    path = reverse("towns") + "?country=DE&town=leip"
    assert 'value="Leipzig"' in cast.client("owner").get(path).content.decode()
    assert cast.client("anonymous").get(path).status_code == 302


@pytest.mark.clause("profile-fields", "view-as")
@pytest.mark.promise("JK-10", "JK-24")
@pytest.mark.parametrize(
    ("eyes", "sees"),
    [("anyone", {"genres"}), ("member", {"genres", "place"}), ("@stranger", {"genres", "place"}),
     ("follower", {"genres", "place", "links"})],
)  # fmt: skip
def test_view_as_shows_the_fields_as_others_see_them(cast: Cast, eyes: str, sees: set[str]) -> None:
    tell(cast, genres_audience="public", place_audience="members", links_audience="followers")
    html = page(cast, "owner", f"?as={eyes}").split("<main")[1]
    assert {name for name, text in SEEN.items() if text in html} == sees


def test_open_to_jam_ends_by_itself(cast: Cast) -> None:
    profiles.open_to_jam(cast["owner"], timezone.now() + timedelta(hours=1))
    Profile.objects.update(available_audience="public")
    assert SEEN["available"] in page(cast, "anonymous")
    profiles.write_profile(
        cast["owner"], {"available_until": timezone.now() - timedelta(seconds=1)}
    )
    assert SEEN["available"] not in page(cast, "owner")


def test_a_child_is_asked_for_instruments_and_nothing_else(cast: Cast) -> None:
    place = consent_for(cast["owner"])
    children.add_consent(
        place, cast["stranger"], scope="profile", method="form", evidence="-",
        given_on=timezone.localdate(),
    )  # fmt: skip
    client = cast.client("owner")
    html = client.get(reverse("edit_profile")).content.decode()
    for name in ("stage_name", "photo", "bio", "phone", "real_name", "birthday", "news", "findable",
                 "instruments_audience"):  # fmt: skip
        assert f'name="{name}"' not in html
    assert 'name="instrument"' in html and "who looks after you, and your class" in html
    before: Any = Profile.objects.filter(user=cast["owner"]).values().get()
    assert tell(cast, "public").status_code == 302
    after: Any = Profile.objects.filter(user=cast["owner"]).values().get()
    assert {name for name in after if after[name] != before[name]} == {"updated_at"}
    assert list(Plays.objects.filter(user=cast["owner"]).values_list("instrument", flat=True)) == [
        "voice", "harp",
    ]  # fmt: skip
    told = client.patch("/api/v1/me/", {"phone": "+4930123456"}, content_type="application/json",
                        headers={"X-CSRFToken": "x"})  # fmt: skip
    assert told.status_code in {400, 403} and Profile.objects.get(user=cast["owner"]).phone == ""


def test_each_change_reaches_whoever_follows_profiles(cast: Cast) -> None:
    seen: list[User] = []
    profiles.on_change(seen.append)
    try:
        profiles.write_profile(cast["owner"], {"status": "new"}, instruments=[("harp", 1)])
        profiles.replace_photo(mine(cast), None)
    finally:
        profiles._hooks.remove(seen.append)
    assert seen == [cast["owner"], cast["owner"]]
