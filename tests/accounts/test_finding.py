"""Finding musicians: on the page and through the API, by what they show and by nothing else."""

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.connections import services
from accounts.discovery import queries as seekers
from accounts.discovery import services as writers
from accounts.discovery.index_terms import Wanted
from accounts.discovery.views import count_search
from accounts.models import Findable, Profile, User
from accounts.profile.services import profiles
from privacy.gate.viewer import NOBODY, Viewer
from privacy.models import UsageEvent
from tests.accounts.musicians import found, musician
from tests.cast import BACKEND, Cast, person
from tests.school import consent_for

pytestmark = pytest.mark.django_db
BERLIN, POTSDAM = 2950159, 2852458


def as_member(one: User) -> Client:
    client = Client()
    client.force_login(one, backend=BACKEND)
    return client


@pytest.mark.clause("finding")
@pytest.mark.promise("VJ-31")
def test_musicians_are_found_by_each_thing_they_show() -> None:
    musician(
        "ada", instruments=[("harp", 3), ("voice", 1)], stage_name="Ada Ünal", genres=["jazz"],
        languages=["tr"], country="DE", town_id=BERLIN, town="Berlin",
        available_until=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    musician(
        "bo", instruments=[("harp", 1)], genres=["folk"], languages=["en"], country="DE",
        town_id=POTSDAM, town="Potsdam",
    )  # fmt: skip
    visitor = Client()
    for query, want in {
        "": ["bo", "ada"],
        "?instrument=harp": ["bo", "ada"],
        "?instrument=harp&level=3": ["ada"],
        "?instrument=harp&level=1&level=3": ["bo", "ada"],
        "?instrument=voice&level=3": [],
        "?level=1": ["bo", "ada"],
        "?genre=jazz": ["ada"],
        "?language=en": ["bo"],
        "?country=DE": ["bo", "ada"],
        "?country=FR": [],
        "?country=DE&town=berlin": ["ada"],
        "?country=DE&town=Berlin&within=10": ["ada"],
        "?country=DE&town=Berlin&within=50": ["bo", "ada"],
        "?open=on": ["ada"],
        "?q=una": ["ada"],
        "?q=AD+un": ["ada"],
        "?q=nal": [],
        "?q=bo&instrument=harp": ["bo"],
    }.items():
        assert found(visitor, query) == want, query


@pytest.mark.clause("finding")
def test_who_does_not_say_so_is_in_no_list(cast: Cast) -> None:
    """Off is the beginning, and taking it back holds at once."""
    assert Profile._meta.get_field("findable").default is False
    one = musician("ada")
    assert found(Client()) == ["ada"]
    profiles.write_profile(one, {"findable": False})
    assert found(Client()) == []
    assert Findable.objects.count() == 0
    assert Client().get("/@ada/").status_code == 200


HIDDEN = {  # what a stranger must not learn by searching → a search that would tell
    "instruments": "?instrument=harp",
    "genres": "?genre=jazz",
    "languages": "?language=tr",
    "place": "?country=DE&town=Berlin&within=50",
    "available": "?open=on",
    "stage_name": "?q=una",
}


@pytest.mark.clause("finding")
@pytest.mark.parametrize("name", HIDDEN)
def test_a_search_is_no_way_to_learn_what_is_hidden(cast: Cast, name: str) -> None:
    """Whoever doesn't see a field gets the answer, byte for byte, that an empty field gives."""
    told = {
        "stage_name": "Ünal", "genres": ["jazz"], "languages": ["tr"], "country": "DE",
        "town_id": BERLIN, "town": "Berlin", "available_until": timezone.now() + timedelta(hours=1),
    }  # fmt: skip
    one = musician("ada", **told)
    friend, mate = person("friend"), person("mate")
    services.accept(services.follow(friend, one))
    services.remember_jam([one.pk, mate.pk])
    clients = {
        "visitor": Client(), "stranger": cast.client("stranger"),
        "friend": as_member(friend), "mate": as_member(mate),
    }  # fmt: skip
    audiences = {
        "public": {"visitor", "stranger", "friend", "mate"},
        "members": {"stranger", "friend", "mate"},
        "followers": {"friend"},
        "jammed": {"mate"},
        "me": set(),
    }
    for audience, who in audiences.items():
        profiles.write_profile(one, {f"{name}_audience": audience})
        assert {role for role, client in clients.items() if found(client, HIDDEN[name])} == who, (
            audience
        )
    profiles.write_profile(one, {f"{name}_audience": "me"})
    hidden = {path: _answer(clients["stranger"], path) for path in _paths(name)}
    profiles.write_profile(one, _nothing(name), instruments=[] if name == "instruments" else None)
    assert {path: _answer(clients["stranger"], path) for path in _paths(name)} == hidden


def _nothing(name: str) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "stage_name": {"stage_name": ""}, "genres": {"genres": []},
        "languages": {"languages": []}, "available": {"available_until": None},
        "place": {"country": "", "town_id": None, "town": ""}, "instruments": {},
    }  # fmt: skip
    return dict(columns[name])


def _paths(name: str) -> list[str]:
    query = HIDDEN[name]
    return [f"/find/{query}", f"/api/v1/people/{query}", "/find/", "/api/v1/people/"]


def _answer(client: Client, path: str) -> str:
    cache.clear()
    return re.sub(r'"\w{64}"|nonce="[^"]+"', "", client.get(path).content.decode())


@pytest.mark.clause("finding")
def test_a_place_is_not_looked_for_more_exactly_than_it_is_shown() -> None:
    """Who shows a country alone is found by no town in it, however far around."""
    musician("ada", country="DE")
    assert found(Client(), "?country=DE") == ["ada"]
    assert found(Client(), "?country=DE&town=Berlin&within=100") == []


@pytest.mark.clause("finding", "blocks", "mutes", "restriction", "children-seen")
@pytest.mark.promise("VJ-31", "VJ-32")
def test_blocked_muted_leaving_restricted_and_children_are_not_found(cast: Cast) -> None:
    people = {name: musician(name) for name in ("ada", "bo", "cy", "dee", "eve", "flo", "gil")}
    services.block(cast["stranger"], people["ada"])
    services.block(people["bo"], cast["stranger"])
    services.mute(cast["stranger"], people["cy"])
    people["dee"].leave()
    people["eve"].restrict(True)
    consent_for(people["flo"])
    assert found(cast.client("stranger"), "?instrument=harp") == ["gil"]
    assert found(Client()) == ["gil", "cy", "bo", "ada"]
    assert found(as_member(people["bo"])) == ["gil", "cy", "ada"]
    services.unblock(cast["stranger"].blocks.get())
    assert found(cast.client("stranger")) == ["gil", "ada"]


@pytest.mark.clause("finding", "children-seen")
def test_teenagers_are_found_by_teenagers_and_those_they_know(cast: Cast) -> None:
    teen, other, child = musician("tess"), person("tom"), person("kim")
    User.objects.filter(pk__in=[teen.pk, other.pk]).update(age_group="teen")
    consent_for(child)
    assert found(Client()) == []
    assert found(cast.client("stranger")) == []
    assert found(as_member(other)) == ["tess"]
    services.accept(services.follow(cast["stranger"], teen))
    assert found(cast.client("stranger")) == ["tess"]
    musician("ada")
    page = as_member(child).get("/find/")
    assert page.status_code == 403 and "ada" not in page.content.decode()
    assert as_member(child).get("/api/v1/people/").status_code == 403


@pytest.mark.clause("finding")
def test_a_childs_profile_makes_no_words_to_be_found_by() -> None:
    one = musician("kim")
    consent_for(one)
    writers.draw(User.objects.get(pk=one.pk))
    assert Findable.objects.count() == 0


@pytest.mark.clause("finding")
def test_pages_follow_each_other_without_a_gap_whoever_comes_meanwhile() -> None:
    names = [musician(f"m{number:02}").username for number in range(25)]
    first = Client().get("/find/?instrument=harp")
    musician("zoe")  # newer than all: on no later page, and nobody is shown twice
    second = Client().get(first.context["next_url"])
    shown = [one["username"] for page in (first, second) for one in page.context["people"]]
    assert shown == names[::-1]
    assert second.context["next_url"] is None
    api = Client().get("/api/v1/people/?instrument=harp").json()
    assert len(api["results"]) == 20
    rest = Client().get(api["next"].replace("http://testserver", "")).json()
    assert [one["username"] for one in rest["results"]] == names[:6][::-1]
    odd = Client().get("/find/?after=made-up")
    assert odd.context["people"][0]["username"] == "zoe"


@pytest.mark.clause("finding")
def test_those_who_were_here_lately_come_first_by_the_week() -> None:
    early, late = musician("early"), musician("late")
    Findable.objects.update(week=writers.week_of(timezone.now()) - 9)
    assert found(Client()) == ["late", "early"]
    User.objects.filter(pk=early.pk).update(last_login=timezone.now())
    assert writers.note_visits() == 1
    assert writers.note_visits() == 0
    assert found(Client()) == ["early", "late"]
    profiles.write_profile(late, {"bio": "here"})
    assert found(Client()) == ["late", "early"]


def test_finding_costs_the_same_for_one_person_and_for_three(cast: Cast) -> None:
    member, visitor = cast.client("stranger"), Client()
    counts = []
    for names in (("mia",), ("mio", "miu")):
        for name in names:
            musician(name, instruments=[("harp", 3), ("oud", 1)], genres=["jazz"])
        for client in (member, visitor):
            for path in ("/find/?instrument=harp&genre=jazz", "/api/v1/people/?q=mi"):
                for _ in range(2):
                    cache.clear()
                    with CaptureQueriesContext(connection) as queries:
                        assert client.get(path).status_code == 200
                counts.append(len(queries))
    assert counts[:4] == counts[4:] == [6, 5, 3, 3]


@pytest.mark.clause("finding")
def test_no_search_is_kept(cast: Cast) -> None:
    """Not even by those who agreed to statistics; and no engine is to list what was found."""
    from privacy import consent

    consent.give(cast["stranger"], "analytics", channel=consent.Channel.SETTINGS)
    answer = cast.client("stranger").get("/find/?q=marksought&instrument=harp")
    assert answer["X-Robots-Tag"] == "noindex"
    kept = [f"{one.name}" for one in UsageEvent.objects.all()]
    assert not [one for one in kept if "marksought" in one or "harp" in one]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'select count(*) from "{table}" t where t::text like %s', ["%marksough%"]
            )
            assert cursor.fetchone() == (0,), table


def test_bad_input_is_told_beside_the_field_and_nothing_is_lost(cast: Cast) -> None:
    page = Client().get("/find/?q=%3F%21&instrument=harp&town=Berlin")
    assert page.status_code == 422
    errors = page.context["form"].errors
    assert set(errors) == {"q", "town"}
    assert page.context["form"]["instrument"].value() == "harp"
    for query in (
        "?instrument=kazoo",
        "?level=9",
        "?within=12",
        "?country=XX",
        "?town=Berlin",
        "?q=%3F%21",
    ):
        assert Client().get(f"/find/{query}").status_code == 422
        assert Client().get(f"/api/v1/people/{query}").status_code == 400
    assert "Nobody found" in Client().get("/find/?genre=noise").content.decode()


def test_searches_are_counted_for_members_and_for_visitors(cast: Cast) -> None:
    client = cast.client("stranger")
    for _ in range(118):
        count_search(SimpleNamespace(user=cast["stranger"]))  # what pages and API count by
    assert [client.get("/find/").status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/api/v1/people/").status_code == 429
    assert cast.client("owner").get("/find/").status_code == 200


@pytest.mark.promise("VJ-31")
def test_open_to_jam_is_one_tap_and_ends_by_itself(cast: Cast) -> None:
    one = musician("ada", available_until=None)
    client = as_member(one)
    path = reverse("open_to_jam")
    from_jam = {"Referer": "http://testserver/jam/?a=1#top"}
    assert found(Client(), "?open=on") == []
    for hours in ("1", "2", "4"):
        assert client.post(path, {"hours": hours}, headers=from_jam)["Location"] == "/jam/?a=1"
        until = Profile.objects.get(user=one).available_until
        assert until is not None
        left = until - timezone.now()
        assert (
            timedelta(hours=int(hours)) - timedelta(minutes=1) < left <= timedelta(hours=int(hours))
        )
    assert found(Client(), "?open=on") == ["ada"]
    assert "Open to jam until" in client.get("/jam/").content.decode()
    ends = timezone.now() - timedelta(seconds=1)
    Profile.objects.filter(user=one).update(available_until=ends)
    Findable.objects.filter(user=one).update(open_until=ends)
    assert found(Client(), "?open=on") == []
    assert "Open to jam until" not in client.get("/jam/").content.decode()
    client.post(path, {"hours": "1"})
    client.post(path, {"hours": "0"})
    assert Profile.objects.get(user=one).available_until is None
    assert found(Client(), "?open=on") == []
    for odd in ("", "3", "-1", "1000000", "x"):
        client.post(path, {"hours": odd})
    assert Profile.objects.get(user=one).available_until is None
    for before in ("http://evil.example/jam/", "http://testserver//evil.example/", "", "x"):
        answer = client.post(path, {"hours": "0"}, headers={"Referer": before})
        assert answer["Location"] == "/find/", before


@pytest.mark.clause("finding", "apps-and-search")
def test_an_app_finds_people_who_keep_apps_out_by_what_is_public() -> None:
    inside = musician("ada", instruments_audience="members")
    outside = musician("bo", instruments_audience="members")
    plain = musician("cy")
    User.objects.filter(pk__in=[outside.pk, plain.pk]).update(api_access=False)
    viewer = Viewer(person("looker").pk, app="tuner")

    def keys(who: Viewer) -> list[int]:
        return list(seekers.found(who, Wanted(instrument="harp"), None).items)

    assert keys(viewer) == [plain.pk, inside.pk]
    assert keys(Viewer(viewer.user_id)) == [plain.pk, outside.pk, inside.pk]
    assert keys(NOBODY) == [plain.pk]


def test_words_that_are_a_moment_old_find_nobody(cast: Cast) -> None:
    """Whatever the words still say, the profile is asked once more before a person is shown."""
    one = musician("ada", genres=["jazz"])
    Profile.objects.filter(user=one).update(genres_audience="me")
    assert found(Client(), "?genre=jazz") == []
    assert found(Client(), "?instrument=harp") == ["ada"]


def test_the_words_of_a_search_stand_where_its_form_is_folded_away() -> None:
    page = as_member(person("seeker")).get("/find/?instrument=harp&level=3&genre=jazz&open=on&q=ad")
    told = re.search(r'class="find__fold">\s*<summary>.*?<span>(.*?)</span>', page.content.decode())
    assert told and told[1] == "ad · Harp · advanced · Jazz · Open to jam now"
    assert 'class="find__fold" open' in Client().get("/find/").content.decode()
