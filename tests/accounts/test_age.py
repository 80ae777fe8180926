"""The age question: first, neutral, and hardly anything kept of its answer."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.connections import services
from accounts.identity.services import ages
from accounts.models import Follow, Profile, User
from messaging import services as messaging
from messaging.models import Conversation
from privacy import consent
from privacy.consent import purposes
from privacy.gate.audiences import AudienceField
from privacy.models import ConsentRecord, Notice
from tests.cast import BACKEND, Cast
from tests.entering import FORM, answer_age, born, sign_up

AGE, FORM_PAGE, LATER = "/account/signup/age/", "/account/signup/", "/account/signup/later/"


@pytest.mark.clause("age")
@pytest.mark.promise("JT-13")
def test_the_question_comes_first_with_a_word_to_minors_before_it(client: Client, db: None) -> None:
    first = client.get("/account/signup/?next=/jam/")
    assert first["Location"] == f"{AGE}?then=%2Faccount%2Fsignup%2F%3Fnext%3D%2Fjam%2F"
    page = client.get(first["Location"]).content.decode()
    main = page[page.index("<main") :]
    word = main.index("Ask a parent before you tell us anything")
    assert word < main.index("<input")
    answer = client.post(first["Location"].partition("?")[0], {
        "day": "7", "month": "3", "year": "1990", "then": "/account/signup/?next=/jam/",
    })  # fmt: skip
    assert answer["Location"] == "/account/signup/?next=/jam/"
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.clause("age")
@pytest.mark.promise("JK-21")
def test_the_question_hints_at_no_answer(client: Client, db: None) -> None:
    page = client.get(AGE).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    fields = re.findall(r"<input[^>]*>|<select[^>]*>", main.partition("<fieldset")[2])
    assert [one for one in fields if "value=" in one or "min=" in one or "max=" in one] == []
    assert re.findall(r"<option[^>]*selected[^>]*>", main) == ['<option value="" selected>']
    before, _, rest = main.partition("<select")
    words = re.sub(r"<[^>]+>", " ", before + rest.partition("</select>")[2])
    hints = r"\b(?:13|16|18|thirteen|eighteen|years? old|old enough|must be)\b"
    assert re.findall(hints, words) == []


@pytest.mark.clause("age")
@pytest.mark.promise("JK-21")
def test_who_is_too_young_is_told_kindly_and_nothing_is_kept(db: None) -> None:
    client = Client()
    birth = born(13) + timedelta(days=4)  # thirteen in a few days, at the end of a month too
    parts = {"day": birth.day, "month": birth.month, "year": birth.year}
    answer = client.post(AGE, parts)
    assert (answer.status_code, answer["Location"]) == (302, LATER)
    page = client.get(LATER).content.decode()
    assert "nothing you told us was kept" in page and "Ask a parent, or your teacher" in page
    assert (Session.objects.count(), User.objects.count()) == (0, 0)
    assert set(client.cookies) - {"csrftoken"} == {settings.AGE_COOKIE_NAME}
    marker = client.cookies[settings.AGE_COOKIE_NAME]
    assert (marker["max-age"], marker["httponly"], marker["samesite"]) == (86400, True, "Lax")
    # It says nothing of whom: another child's browser gets the very same.
    other = Client()
    answer_age(other, 5)
    assert other.cookies[settings.AGE_COOKIE_NAME].value == marker.value

    # Another answer, given today in this browser, changes nothing.
    assert answer_age(client, 40)["Location"] == LATER
    for path in (FORM_PAGE, AGE):
        assert client.get(path)["Location"] == LATER
    assert client.post(FORM_PAGE, FORM)["Location"] == LATER
    assert User.objects.count() == 0
    # Tomorrow the question is asked anew.
    del client.cookies[settings.AGE_COOKIE_NAME]
    assert client.get(AGE).status_code == 200


def test_a_marker_that_somebody_made_up_is_none(client: Client, db: None) -> None:
    client.cookies[settings.AGE_COOKIE_NAME] = "later:forged"
    assert client.get(AGE).status_code == 200


@pytest.mark.clause("age")
@pytest.mark.promise("JK-21")
def test_without_an_answer_no_account_is_made(client: Client, db: None) -> None:
    assert client.post(FORM_PAGE, FORM)["Location"].startswith(AGE)
    assert User.objects.count() == 0


def test_an_answer_waits_an_hour_for_its_account(client: Client, db: None) -> None:
    answer_age(client)
    [row] = Session.objects.all()
    assert row.expire_date < timezone.now() + timedelta(hours=1, minutes=1)
    session = client.session
    group, month, at = session["age"]
    session["age"] = [group, month, at - 3601]
    session.save()
    assert client.post(FORM_PAGE, FORM)["Location"].startswith(AGE)


def test_the_answer_serves_one_account_alone(client: Client, db: None) -> None:
    sign_up(client)
    assert "age" not in client.session
    again = client.post(FORM_PAGE, {**FORM, "email": "b@mail.example", "username": "brother"})
    assert again["Location"].startswith(AGE)


@pytest.mark.clause("age")
@pytest.mark.promise("JT-14")
def test_of_an_adult_one_word_is_kept(client: Client, db: None) -> None:
    sign_up(client, years=30)
    ada = User.objects.get()
    assert (ada.age_group, ada.adult_from) == ("adult", None)
    assert (ada.indexed, ada.approves_followers) == (True, True)


@pytest.mark.clause("age")
@pytest.mark.parametrize(
    ("birth", "kept"),
    [
        ("2013-11-22", ("teen", "2031-12-01")),  # thirteen today
        ("2013-11-23", None),  # thirteen tomorrow
        ("2008-11-23", ("teen", "2026-12-01")),  # eighteen tomorrow
        ("2008-11-22", ("adult", None)),  # eighteen today
        ("2010-12-31", ("teen", "2029-01-01")),
        ("2010-05-01", ("teen", "2028-05-01")),  # the day itself, as it begins a month
        ("2012-02-29", ("teen", "2030-03-01")),
    ],
)
def test_what_is_kept_of_a_date(birth: str, kept: Any) -> None:
    found = ages.age_of(date.fromisoformat(birth), date(2026, 11, 22))
    told = found and (str(found.group), found.adult_from and f"{found.adult_from:%Y-%m-%d}")
    assert told == kept


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"day": "31", "month": "2", "year": "1990"}, "There is no such day"),
        ({"day": "1", "month": "2", "year": "90"}, "all four digits"),
        ({"day": "1", "month": "2", "year": "2199"}, "all four digits"),
        ({"day": "1", "month": "2", "year": "99999999"}, "There is no such day"),
        ({"day": "x", "month": "13", "year": ""}, "Enter a whole number"),
    ],
)
def test_what_is_no_date_is_said_and_kept(
    client: Client, db: None, parts: dict[str, str], says: str
) -> None:
    answer = client.post(AGE, parts)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert f'value="{parts["day"]}"' in page
    assert Session.objects.count() == 0


def test_the_way_back_leads_nowhere_else(client: Client, db: None) -> None:
    answer = answer_age(client, then="https://evil.example/")
    assert answer["Location"] == FORM_PAGE


# Teenagers ------------------------------------------------------------------------------


@pytest.mark.clause("teenagers")
@pytest.mark.promise("JK-21")
def test_a_teenager_begins_with_strict_settings(client: Client, db: None) -> None:
    sign_up(client, years=15)
    tessa = User.objects.get()
    assert tessa.age_group == "teen"
    assert tessa.adult_from is not None and tessa.adult_from.day == 1
    assert (tessa.approves_followers, tessa.indexed) == (True, False)
    assert tessa.strangers_may_write is False
    profile = Profile.objects.get()
    names = [one.name for one in Profile._meta.concrete_fields if isinstance(one, AudienceField)]
    assert {getattr(profile, name) for name in names} <= {"followers", "me"}


@pytest.mark.clause("teenagers")
def test_coming_of_age_is_told_and_loosens_nothing(client: Client, db: None) -> None:
    sign_up(client, years=17)
    User.objects.update(adult_from=timezone.now() + timedelta(minutes=1))
    assert ages.come_of_age(10) == 0
    before = User.objects.values("approves_followers", "indexed").get()
    User.objects.update(adult_from=timezone.now())
    assert ages.come_of_age(10) == 1
    assert ages.come_of_age(10) == 0
    tessa = User.objects.get()
    assert (tessa.age_group, tessa.adult_from) == ("adult", None)
    assert User.objects.values("approves_followers", "indexed").get() == before
    assert Profile.objects.get().bio_audience == "followers"
    told = Notice.objects.filter(user=tessa, kind="age")
    assert [one.title for one in told] == ["Your account is an adult's now"]
    assert reverse("sharing") in told[0].url


def teenager() -> User:
    sign_up(Client(), years=15, username="Tessa")
    EmailAddress.objects.update(verified=True)
    return User.objects.get(username="Tessa")


@pytest.mark.clause("teenagers")
def test_a_teenager_is_offered_no_news_and_no_yes_of_theirs_is_recorded(cast: Cast) -> None:
    visitor = Client()
    answer_age(visitor, 15)
    assert 'name="news"' not in visitor.get(FORM_PAGE).content.decode()
    sign_up(Client(), years=15, username="Tessa", news="on")
    EmailAddress.objects.filter(email=FORM["email"]).update(verified=True)
    tessa = User.objects.get(username="Tessa")
    client = Client()
    client.force_login(tessa, backend=BACKEND)
    for route in ("edit_profile", "account_email", "consent"):
        page = client.get(reverse(route)).content.decode()
        assert 'name="news"' not in page and "News by e-mail" not in page, route
    client.post(reverse("consent"), {"purpose": "marketing", "given": "1", "marketing": "on"})
    client.post(reverse("account_email"), {"email": "t2@mail.example", "action_add": "",
                                           "news": "on"})  # fmt: skip
    for one in (tessa, cast["owner"]):
        consent.give(one, "marketing", channel=consent.Channel.SETTINGS)
    assert set(ConsentRecord.objects.values_list("user__username", flat=True)) == {"owner"}
    # Nor would a row that came some other way count.
    consent.write(purposes.get("marketing"), True, channel="settings", user=tessa)
    assert not consent.has(tessa, "marketing")
    assert set(consent.willing("marketing")) == {cast["owner"]}


@pytest.mark.clause("teenagers")
def test_strangers_cant_begin_to_write_to_a_teenager(cast: Cast) -> None:
    tessa = teenager()

    def write(role: str) -> str:
        answer = cast.client(role).post(reverse("conversations"), {"username": "Tessa"})
        return "opened" if answer.status_code == 302 else str(answer.context["form"].errors)

    assert "They take messages only from people they know" in write("stranger")
    assert Conversation.objects.count() == 0
    services.follow(cast["participant"], tessa)
    assert "only from people they know" in write("participant")  # asked, and not accepted
    services.accept(Follow.objects.get())
    services.follow(tessa, cast["former"])
    services.remember_jam([tessa.pk, cast["owner"].pk])
    assert [write(role) for role in ("participant", "former", "owner")] == ["opened"] * 3
    # Tessa may write to whom she likes, and gets answers.
    hers = messaging.conversation_between(tessa, cast["stranger"])
    assert write("stranger") == "opened"
    assert messaging.conversation_between(cast["stranger"], tessa) == hers


@pytest.mark.clause("teenagers")
def test_the_switch_is_everybodys(cast: Cast) -> None:
    services.switch(cast["owner"], strangers_may_write=False)
    owner = User.objects.get(pk=cast["owner"].pk)
    with pytest.raises(messaging.Refused):
        messaging.conversation_between(cast["stranger"], owner)
    tessa = teenager()
    services.switch(tessa, strangers_may_write=True)
    tessa.refresh_from_db()
    assert messaging.conversation_between(cast["stranger"], tessa)


@pytest.mark.clause("teenagers")
def test_of_a_teenager_nobody_else_sees_what_they_filled_in(cast: Cast) -> None:
    """By what they begin with, on the page and over the API; search engines don't list it."""
    tessa = teenager()
    profile = Profile.objects.get(user=tessa)
    profile.bio, profile.status = "mark-bio-tessa", "mark-status-tessa"
    profile.save()
    friend = cast["participant"]
    services.follow(friend, tessa)
    services.accept(Follow.objects.get())
    seen = {}
    for role in ("anonymous", "stranger", "participant"):
        page = cast.client(role).get("/@Tessa/")
        seen[role] = re.findall(r"mark-\w+-tessa", page.content.decode())
        assert "noindex" in page.content.decode() + page.headers.get("X-Robots-Tag", ""), role
    assert {role: sorted(set(marks)) for role, marks in seen.items()} == {
        "anonymous": [], "stranger": [], "participant": ["mark-bio-tessa", "mark-status-tessa"],
    }  # fmt: skip
