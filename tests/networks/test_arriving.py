"""What a network tells is shown with a tick each, and what has no tick leaves no trace."""

from datetime import date, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.identity.services import ages
from accounts.models import Connection, NetworkFact, Profile, RealName, User
from accounts.networks import arrived
from tests.entering import answer_age, born
from tests.networks.conftest import Walk
from tests.networks.standin import NETWORKS, StandIn
from tests.privacy.traces import everywhere

SIGN_UP = "/account/3rdparty/signup/"
ARRIVES = {
    "facebook": {"name", "gender", "location", "link", "timezone", "birthday", "picture", "likes",
                 "friends"},
    "google": {"name", "language", "picture"},
    "apple": {"name"},
    "x": {"name", "username", "about", "location", "picture"},
    "guild": {"name", "timezone", "other:instrument"},
    "loose": set(),
}  # fmt: skip


def arrives(client: Client, walk: Walk, network: str) -> Any:
    """Come back from a network as somebody new, age question answered; return the page."""
    answer_age(client, 34)
    answer = walk(client, network)
    assert (answer.status_code, answer["Location"]) == (302, SIGN_UP)
    page = client.get(SIGN_UP)
    assert page.status_code == 200
    return page


def signs_up(client: Client, *ticked: str, **changes: str) -> Any:
    form = {"username": "nora", "email": "nora@elsewhere.example", "terms": "1", **changes}
    return client.post(SIGN_UP, {**form, **{f"keep_{name}": "on" for name in ticked}})


@pytest.mark.clause("networks")
@pytest.mark.promise("JK-06", "JM-03", "VJ-10")
@pytest.mark.parametrize("network", NETWORKS)
def test_each_network_shows_what_arrived_and_nothing_of_it_is_stored(
    db: None, client: Client, there: StandIn, walk: Walk, network: str
) -> None:
    page = arrives(client, walk, network)
    things = page.context["form"].things
    assert {one["tick"].name.removeprefix("keep_") for one in things} == ARRIVES[network]
    assert not any(one["tick"].value() for one in things)
    for text in [line for one in things for line in one["lines"] if not one["is_picture"]]:
        assert text in page.content.decode()
    assert User.objects.count() == 0
    assert "mark-" not in everything_stored()  # nor in the cache: it waits encrypted


@pytest.mark.clause("networks")
@pytest.mark.promise("JK-06")
@pytest.mark.parametrize("network", NETWORKS)
def test_who_ticks_nothing_leaves_nothing_but_the_number(
    db: None, client: Client, there: StandIn, walk: Walk, network: str
) -> None:
    arrives(client, walk, network)
    assert signs_up(client).status_code == 302
    account = SocialAccount.objects.get()
    person = there.people[network]
    assert account.uid == person.get("sub", person.get("id"))
    assert account.extra_data == {"sub": account.uid}
    assert (NetworkFact.objects.count(), SocialToken.objects.count()) == (0, 0)
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["nora@elsewhere.example"]
    assert "mark-" not in everything_stored()
    assert cache.get_many([]) == {} and not _waiting()


@pytest.mark.clause("networks")
@pytest.mark.promise("JK-06", "JK-10")
def test_what_is_ticked_goes_where_the_page_said_for_her_alone(
    db: None, client: Client, there: StandIn, walk: Walk
) -> None:
    there.people["facebook"]["location"] = {"name": "Berlin, Germany"}
    page = arrives(client, walk, "facebook")
    goes = {one["tick"].name: one["goes_to"] for one in page.context["form"].things}
    assert goes == {
        "keep_name": "account", "keep_gender": "profile", "keep_location": "profile",
        "keep_link": "profile", "keep_timezone": "here", "keep_birthday": "profile",
        "keep_picture": "profile", "keep_likes": "here", "keep_friends": "here",
    }  # fmt: skip
    signs_up(client, "name", "gender", "location", "link", "birthday", "likes")
    profile = Profile.objects.get()
    assert RealName.objects.get().name == "mark-fb-name"
    assert (profile.gender, profile.country, profile.town) == ("mark-fb-gender", "DE", "Berlin")
    assert profile.links == ["https://www.facebook.com/mark-fb-link"]
    assert profile.birthday == date(1990, 5, 17)
    shown_to = [getattr(profile, f"{name}_audience") for name in
                ("gender", "place", "links", "birthday")]  # fmt: skip
    assert shown_to == ["me"] * 4
    kept = {one.name: (one.value, one.place) for one in NetworkFact.objects.all()}
    assert kept == {
        "name": ("", "real_name"), "gender": ("", "gender"), "location": ("", "place"),
        "link": ("", "links"), "birthday": ("", "birthday"),
        "likes": ("mark-fb-like-1\nmark-fb-like-2", ""),
    }  # fmt: skip
    stored = everything_stored()
    assert [
        one for one in ("mark-fb-friend", "UTC+02:00", "mark-fb-picture") if one in stored
    ] == []


@pytest.mark.clause("networks")
@pytest.mark.promise("JK-06")
def test_a_picture_is_fetched_made_anew_and_shown_to_nobody_else(
    db: None, client: Client, there: StandIn, walk: Walk
) -> None:
    there.people["guild"]["picture"] = f"{there.url}/picture.png"
    arrives(client, walk, "guild")
    assert "/picture.png" not in there.paths()  # not before she ticked it
    signs_up(client, "picture")
    profile = Profile.objects.get()
    assert profile.photo.read()[8:12] == b"WEBP"
    assert (profile.photo_audience, NetworkFact.objects.get().place) == ("me", "photo")
    assert there.paths().count("/picture.png") == 1


@pytest.mark.parametrize(
    "where", ["/words.png", "/broken.png", "/huge.png", "/elsewhere.png", "/picture.png?gone"]
)
def test_a_picture_that_is_none_is_left_out_and_she_is_told(
    db: None, client: Client, there: StandIn, walk: Walk, where: str
) -> None:
    there.moods = {"/words.png": "words", "/broken.png": "broken", "/elsewhere.png": "elsewhere",
                   "/huge.png": "list"}  # fmt: skip
    url = there.url if "gone" not in where else "http://localhost:9"
    there.people["guild"]["picture"] = f"{url}{where}"
    arrives(client, walk, "guild")
    answer = signs_up(client, "picture", "name")
    assert answer.status_code == 302
    assert not Profile.objects.get().photo
    assert list(NetworkFact.objects.values_list("name", flat=True)) == ["name"]
    assert "/secret" not in there.paths()
    assert (
        "This couldn&#x27;t be kept: Picture. Everything else was."
        in client.get("/").content.decode()
    )


@pytest.mark.clause("networks")
@pytest.mark.promise("JM-02")
def test_the_page_says_of_each_thing_who_will_see_it(
    db: None, client: Client, there: StandIn, walk: Walk
) -> None:
    page = arrives(client, walk, "facebook").content.decode()
    said = page.count("Only you see it.") + page.count("Never shown to anyone else.")
    said += page.count("for you alone until you show it.")
    assert said == len(ARRIVES["facebook"])
    assert "Public: everyone sees it." in page  # the username
    assert page.count("required") >= 2


@pytest.mark.clause("networks")
def test_dropping_it_forgets_at_once_and_silence_forgets_by_itself(
    db: None, client: Client, there: StandIn, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrives(client, walk, "facebook")
    assert len(_waiting()) == 1
    assert client.post(reverse("drop_arrived")).status_code == 302
    assert (_waiting(), client.get(SIGN_UP)["Location"]) == ([], "/account/login/")
    monkeypatch.setattr(arrived, "LIFETIME", 1)
    arrives(client, walk, "facebook")
    assert client.session.get_expiry_age() <= 1
    key = _waiting()[0]
    cache.expire(key, 0) if hasattr(cache, "expire") else cache.delete(key)
    page = client.get(SIGN_UP, follow=True)
    assert "That took too long. Nothing was kept" in page.content.decode()
    assert signs_up(client, "name").status_code == 302
    assert User.objects.count() == 0


@pytest.mark.retention("arrived")
def test_what_waits_has_an_end_in_the_store_itself() -> None:
    key = arrived.hold({"things": {"name": "mark-waiting"}, "birth": ""})
    client = cache._cache.get_client()  # type: ignore[attr-defined]
    name = cache.make_key(f"arrived:{key}")
    assert 0 < client.ttl(name) <= arrived.LIFETIME == 900
    assert b"mark-waiting" not in client.get(name)
    assert arrived.held(key) == {"things": {"name": "mark-waiting"}, "birth": ""}
    arrived.drop(key)
    assert (arrived.held(key), arrived.held("")) == (None, None)


@pytest.mark.clause("age")
@pytest.mark.parametrize("network", ["facebook", "guild"])
def test_a_birthday_under_thirteen_is_refused_kindly_and_nothing_is_kept(
    db: None, client: Client, there: StandIn, walk: Walk, network: str
) -> None:
    young = born(13) + timedelta(days=4)
    there.people["facebook"]["birthday"] = young.strftime("%m/%d/%Y")
    there.people["guild"]["birthdate"] = young.isoformat()
    answer_age(client, 34)
    answer = walk(client, network)
    assert (answer.status_code, answer["Location"]) == (302, reverse("sign_up_later"))
    assert client.cookies["jamsite_later"].value
    assert (_waiting(), User.objects.count(), SocialAccount.objects.count()) == ([], 0, 0)
    again = walk(client, "google")  # another network, the same day: asked no more
    assert client.get(again["Location"])["Location"] == reverse("sign_up_later")
    assert (_waiting(), User.objects.count()) == ([], 0)
    assert "mark-" not in everything_stored()


@pytest.mark.clause("age")
def test_who_comes_through_a_network_is_asked_the_same_neutral_question(
    db: None, client: Client, there: StandIn, walk: Walk
) -> None:
    answer = walk(client, "google")
    asked = client.get(answer["Location"])
    assert asked["Location"] == f"{reverse('sign_up_age')}?then=%2Faccount%2F3rdparty%2Fsignup%2F"
    assert answer_age(client, 12, then=SIGN_UP)["Location"] == reverse("sign_up_later")
    assert (_waiting(), signs_up(client).status_code, User.objects.count()) == ([], 302, 0)
    other = Client()
    walk(other, "google")
    assert answer_age(other, 15, days=3, then=SIGN_UP)["Location"] == SIGN_UP
    signs_up(other)
    assert User.objects.get().age_group == "teen"


@pytest.mark.clause("age")
def test_of_two_birthdays_the_younger_one_counts(
    db: None, client: Client, there: StandIn, walk: Walk
) -> None:
    there.people["facebook"]["birthday"] = born(15, 40).strftime("%m/%d/%Y")
    arrives(client, walk, "facebook")  # who said 34
    signs_up(client)
    user = User.objects.get()
    assert (user.age_group, user.adult_from is not None) == ("teen", True)
    assert Profile.objects.get().birthday is None  # looked at, not kept
    assert ages.age_of(born(15, 40)) is not None


@pytest.mark.clause("networks")
def test_coming_back_keeps_nothing_new(
    db: None, client: Client, there: StandIn, walk: Walk
) -> None:
    arrives(client, walk, "guild")
    signs_up(client, email="nora@guild.example")
    again = Client()
    there.people["guild"] |= {"name": "mark-o-new", "email": "mark-new@guild.example"}
    answer = walk(again, "guild")
    assert answer.status_code == 302
    assert again.session["_auth_user_id"] == str(User.objects.get().pk)
    assert (NetworkFact.objects.count(), _waiting()) == (0, [])
    assert "mark-" not in everything_stored()
    assert Connection.objects.get().user == User.objects.get()


def everything_stored() -> str:
    """Return all rows, web sessions, files and keys of Valkey, end to end."""
    return "\n".join(text for _, text in everywhere())


def _waiting() -> list[str]:
    client = cache._cache.get_client()  # type: ignore[attr-defined]
    return [one.decode().partition(":1:")[2] for one in client.keys(":1:arrived:*")]
