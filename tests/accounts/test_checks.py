"""What people tell of themselves is put into one form, or refused with a sentence."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.profile import checks, places, vocabulary
from accounts.profile.fields import PROFILE_FIELDS

GENRES, ROLES = PROFILE_FIELDS["genres"], PROFILE_FIELDS["roles"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [("https://one.example/a?b=c#d", "https://one.example/a?b=c#d"),
     ("one.example", "https://one.example/"), (" https://One.Example/A ", "https://one.example/A"),
     ("https://bücher.example/", "https://xn--bcher-kva.example/")],
)  # fmt: skip
def test_links_are_https_to_a_host_by_name(said: str, kept: str) -> None:
    assert checks.link(said) == kept


@pytest.mark.parametrize(
    "said",
    ["http://one.example", "javascript:alert(1)", "javascript://one.example/%0aalert(1)",
     "data:text/html,x", "https://user:pass@one.example", "https://one.example:8443/",
     "https://127.0.0.1/", "https://[::1]/", "https://localhost/", "https:///x", "//one.example",
     "ftp://one.example", 'https://one.example/"><script>', "https://one.example/a b",
     "https://" + "a" * 300 + ".example", "https://[", "x" * 10_000],
)  # fmt: skip
def test_other_addresses_are_refused(said: str) -> None:
    with pytest.raises(ValidationError):
        checks.link(said)


def test_links_are_told_once_and_not_without_end() -> None:
    assert checks.links(["one.example", "", "https://one.example/"]) == ["https://one.example/"]
    with pytest.raises(ValidationError, match="Up to 6"):
        checks.links([f"{n}.example.com" for n in range(7)])


@pytest.mark.parametrize(
    ("said", "kept"),
    [("+49 30 123456", "+4930123456"), ("+44 (0)20 7946 0018", "+442079460018"), ("", "")],
)
def test_telephone_numbers_are_kept_as_the_world_dials_them(said: str, kept: str) -> None:
    assert checks.phone(said) == kept


@pytest.mark.parametrize("said", ["030 123456", "+49", "+999 123", "call me", "+49 1", "9" * 5000])
def test_what_nobody_can_dial_is_refused(said: str) -> None:
    with pytest.raises(ValidationError, match="with its country"):
        checks.phone(said)


def test_a_place_is_a_country_and_a_larger_town_and_never_finer() -> None:
    assert checks.place("", "") == ("", None, "")
    assert checks.place("DE", "") == ("DE", None, "")
    country, key, town = checks.place("DE", " münchen ")
    assert (country, town) == ("DE", "Munich")
    found = places.town(key)
    assert found is not None and (found.latitude, found.longitude) == (48.1, 11.6)
    assert checks.place("TR", "IZMIR")[2] == checks.place("TR", "izmir")[2] == "İzmir"
    assert checks.place("DE", key=places.find_town("FR", "Paris").id) == ("DE", None, "")


@pytest.mark.parametrize(
    ("country", "town"),
    [("", "Berlin"), ("XX", ""), ("DE", "Unter den Linden 77"), ("DE", "Paris")],
)
def test_places_that_are_none_are_refused(country: str, town: str) -> None:
    with pytest.raises(ValidationError):
        checks.place(country, town)


def test_no_place_is_told_finer_than_ten_kilometres() -> None:
    for key in (2950159, 2988507, 745044):
        where = places.near(key)
        assert where is not None and all(round(one, 1) == one for one in where)
    assert places.near(None) is places.near(1) is None


def test_towns_are_suggested_by_their_beginning_largest_first() -> None:
    assert next(one.name for one in places.suggest("DE", "berl")) == "Berlin"
    assert places.suggest("DE", "b") == places.suggest("XX", "berl") == []
    assert len(places.suggest("US", "sa")) == places.SUGGESTED


@pytest.mark.parametrize(
    ("said", "kept"), [("", None), (None, None), ("1990-02-03", date(1990, 2, 3))]
)
def test_a_birthday_is_a_day_or_nothing(said: Any, kept: Any) -> None:
    assert checks.birthday(said) == kept


@pytest.mark.parametrize("said", ["1990-02-30", "3.2.1990", "1850-01-01", "2999-01-01", "x"])
def test_days_that_are_no_birthdays_are_refused(said: str) -> None:
    with pytest.raises(ValidationError):
        checks.birthday(said)


def test_a_birthday_of_somebody_younger_than_thirteen_is_not_kept() -> None:
    today = timezone.localdate()
    with pytest.raises(ValidationError, match="Nothing of it was kept"):
        checks.birthday(today - timedelta(days=12 * 365))


@pytest.mark.parametrize(
    ("check", "said"),
    [(GENRES.check, ["jazz", "elevator"]), (ROLES.check, ["admin"]), (checks.languages, ["xx"]),
     (GENRES.check, list(vocabulary.GENRES)[:13]), (checks.instruments, [("spoon", 1)]),
     (checks.instruments, [("voice", 5)]), (checks.instruments, [("voice", "")]),
     (checks.instruments, [(one, 1) for one in list(vocabulary.INSTRUMENTS)[:13]])],
)  # fmt: skip
def test_only_words_of_the_lists_are_taken_and_not_all_of_them(check: Any, said: Any) -> None:
    with pytest.raises(ValidationError):
        check(said)


def test_an_instrument_that_is_told_twice_counts_once() -> None:
    assert checks.instruments([("voice", "1"), ("harp", 2), ("voice", 4)]) == [
        ("voice", 4), ("harp", 2),
    ]  # fmt: skip


def test_every_word_of_the_lists_has_a_name_of_its_own() -> None:
    for words in (vocabulary.INSTRUMENTS, vocabulary.GENRES):
        names = [str(name) for name in words.values()]
        assert len(set(names)) == len(names) == len(words)
        assert all(slug == slug.lower() and len(slug) <= 30 for slug in words)
    assert {"de", "tr", "en", "ckb"} <= vocabulary.language_codes()
    assert all(len(code) <= 3 for code in vocabulary.language_codes())


def test_open_to_jam_lasts_a_week_at_most() -> None:
    soon = timezone.now() + timedelta(hours=3)
    assert checks.until(soon) == soon and checks.until(None) is None
    for bad in (timezone.now() - timedelta(seconds=1), timezone.now() + timedelta(days=8)):
        with pytest.raises(ValidationError):
            checks.until(bad)


def test_favourite_artists_are_a_short_list_of_names_that_can_be_read() -> None:
    artists = PROFILE_FIELDS["artists"].check
    assert artists(["  Ida   Mooring ", "", "ida mooring", "Šta se čeka"]) == [
        "Ida Mooring", "Šta se čeka",
    ]  # fmt: skip
    assert artists([]) == artists(None) == []
    assert artists([f"Artist {n}" for n in range(20)]) == [f"Artist {n}" for n in range(20)]
    for refused, says in (
        ([f"Artist {n}" for n in range(21)], "Up to 20"),
        (["x" * 81], "Up to 80 characters; these are 81"),
        (["\u3164\u3164"], "Nothing of this can be"),
        (["\u202eIda"], "turns the writing round"),
        (["a\x00b"], "no keyboard writes"),
    ):
        with pytest.raises(ValidationError, match=says):
            artists(refused)
