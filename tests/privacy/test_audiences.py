"""All seven audiences, and the walls above them, on one recording with a changing audience."""

from dataclasses import replace
from typing import Any

import pytest

from accounts.connections import services
from accounts.models import User
from privacy.gate import access, decision, rules
from privacy.gate.audiences import Audience
from privacy.gate.rules import Rule
from privacy.gate.viewer import NOBODY, SEARCH_ENGINE, Viewer
from privacy.sharing import links
from schools.services import guardianship
from sessions_app.models import Recording, Stem
from sessions_app.services import publishing
from tests.cast import Cast, person, recorded
from tests.school import consent_for


class Circle:
    """An owner with a recording, and one person for each relation to them."""

    NAMES = ("owner", "player", "follower", "asker", "partner", "member", "blocked", "blocker")

    def __init__(self) -> None:
        self.people = {name: person(name) for name in self.NAMES}
        self.owner = self["owner"]
        self.recording = recorded(self.owner, [self.owner, self["player"]], audience="me")
        for name in ("follower", "blocked", "blocker"):
            services.accept(services.follow(self[name], self.owner))
        services.follow(self["asker"], self.owner)
        services.remember_jam([self.owner.pk, self["partner"].pk])
        services.remember_jam([self.owner.pk, self["blocked"].pk, self["blocker"].pk])
        services.block(self.owner, self["blocked"])
        services.block(self["blocker"], self.owner)
        self.link = links.make(self.recording, self.owner)

    def __getitem__(self, name: str) -> User:
        return self.people[name]

    def viewers(self) -> dict[str, Viewer]:
        found = {name: Viewer.of(one) for name, one in self.people.items()}
        holder = NOBODY.holding(self.link.pk)
        barred = Viewer.of(self["blocked"]).holding(self.link.pk)
        return {**found, "anonymous": NOBODY, "holder": holder, "blocked holder": barred}

    def seeing(self) -> set[str]:
        return {name for name, one in self.viewers().items() if access.can_see(one, self.recording)}

    def change(self, audience: str) -> None:
        publishing.change_audience(self.recording, audience)


@pytest.fixture
def circle(db: None) -> Circle:
    return Circle()


ALWAYS = {"owner", "player"}
SIGNED_IN = {"follower", "asker", "partner", "member"}
SEES = {
    "public": ALWAYS | SIGNED_IN | {"anonymous", "holder"},
    "link": ALWAYS | {"holder"},
    "members": ALWAYS | SIGNED_IN,
    "followers": ALWAYS | {"follower"},
    "jammed": ALWAYS | {"partner"},
    "participants": ALWAYS,
    "fans": ALWAYS,  # of no band: nobody else
    "band": ALWAYS,
    "me": {"owner"},
}


@pytest.mark.clause("who-sees", "blocks")
@pytest.mark.promise("JK-11", "JK-34", "VJ-31", "VJ-32")
def test_each_audience_means_what_it_says_and_a_block_stands_above_all(circle: Circle) -> None:
    found = {}
    for audience in Audience:
        circle.change(audience)
        found[audience.value] = circle.seeing()
        fanned = {row.username for row in access.audience_of(circle.recording)}
        assert fanned == found[audience.value] - {"anonymous", "holder"}, audience
    assert found == SEES


@pytest.mark.clause("blocks")
def test_a_block_ends_follows_both_ways_and_taking_it_back_restores_none(circle: Circle) -> None:
    row = services.block(circle["follower"], circle.owner)
    assert row == services.block(circle["follower"], circle.owner)
    services.unblock(row)
    circle.change("followers")
    assert circle.seeing() == ALWAYS
    with pytest.raises(services.Refused):
        services.follow(circle["blocked"], circle.owner)
    with pytest.raises(services.Refused):
        services.follow(circle.owner, circle["blocked"])
    assert access.can_see(Viewer.of(circle["follower"]), circle.owner)
    assert not access.can_see(Viewer.of(circle["blocked"]), circle.owner)
    assert not access.can_see(Viewer.of(circle.owner), circle["blocked"])


@pytest.mark.clause("blocks")
def test_players_of_one_recording_keep_it_and_no_longer_meet_beside_it(circle: Circle) -> None:
    """Each has their own sound in it; what is beside it (profile, words, name) is apart."""
    circle.change("public")
    services.block(circle["player"], circle.owner)
    player = Viewer.of(circle["player"])
    assert access.can_see(player, circle.recording)
    assert not access.can_see(player, circle.owner)
    page = _client(circle["player"]).get(circle.recording.get_absolute_url())
    assert page.status_code == 200
    assert (page.context["recording"]["owner"], page.context["recording"]["title"]) == (
        None, "Untitled take",
    )  # fmt: skip
    names = {one.username for one in page.context["recording"]["players"]}
    assert names == {"player"}
    rows = _client(circle["player"]).get("/api/v1/recordings/?mine=1").json()["results"]
    assert [(one["owner"], one["title"], one["players"]) for one in rows] == [
        (None, "", ["player"])
    ]


def _client(user: User) -> Any:
    from django.test import Client

    from tests.cast import BACKEND

    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.mark.clause("share-links")
def test_a_link_opens_one_thing_until_it_is_taken_back_or_over(circle: Circle) -> None:
    other = recorded(circle.owner, [circle.owner], audience="link")
    holder = NOBODY.holding(circle.link.pk)
    circle.change("link")
    assert access.can_see(holder, circle.recording)
    assert not access.can_see(holder, other)
    links.revoke(circle.link)
    assert not access.can_see(holder, circle.recording)
    assert links.find(links.key_of(circle.link)) is None
    fresh = links.make(circle.recording, circle.owner)
    assert access.can_see(NOBODY.holding(fresh.pk), circle.recording)
    # Who inherits a recording doesn't inherit links: they were another's decision.
    Recording.objects.filter(pk=circle.recording.pk).update(owner=circle["player"])
    assert not access.can_see(NOBODY.holding(fresh.pk), circle.recording)


@pytest.mark.clause("apps-and-search")
@pytest.mark.promise("JK-13")
def test_an_app_sees_nothing_of_who_switched_apps_off_but_the_public_profile(
    circle: Circle,
) -> None:
    circle.change("public")
    ways = {name: replace(one, app="tuner") for name, one in circle.viewers().items()}

    def seen() -> set[str]:
        return {name for name, one in ways.items() if access.can_see(one, circle.recording)}

    assert seen() == SEES["public"]
    for name in ("player", "owner"):  # one's own sound in another's recording counts as well
        _switch(circle[name], api_access=False)
        assert seen() == set()
        assert access.can_see(ways["member"], circle[name])
        _switch(circle[name])
    assert seen() == SEES["public"]


def _switch(user: User, **changes: bool) -> None:
    values = {"approves_followers": True, "api_access": True, "indexed": True, **changes}
    services.switch(user, **values)


@pytest.mark.clause("apps-and-search")
def test_search_engines_are_shown_what_is_public_of_people_who_let_them(circle: Circle) -> None:
    shown = {}
    for audience in Audience:
        circle.change(audience)
        shown[audience.value] = access.can_see(SEARCH_ENGINE, circle.recording)
    assert shown == {one.value: one == "public" for one in Audience}
    circle.change("public")
    for name in ("owner", "player"):
        _switch(circle[name], indexed=False)
        assert not access.can_see(SEARCH_ENGINE, circle.recording)
        assert access.can_see(NOBODY, circle.recording)
        assert not access.can_see(SEARCH_ENGINE, circle[name])
        _switch(circle[name])


@pytest.mark.clause("children-seen")
@pytest.mark.promise("JK-24")
def test_a_childs_things_stay_in_the_childs_circle(circle: Circle) -> None:
    guardian = person("guardian")
    consent_for(circle.owner)
    tie = guardianship.answer_for(guardian, circle.owner)
    circle.people["guardian"] = guardian
    mine = {"owner", "guardian"}
    found = {}
    for audience in Audience:
        circle.change(audience)
        found[audience.value] = circle.seeing()
        fanned = {row.username for row in access.audience_of(circle.recording)}
        assert fanned == found[audience.value] - {"anonymous", "holder"}, audience
    assert found == {
        "public": mine,
        "link": mine,
        "members": mine,
        "followers": mine,
        "jammed": mine,
        "participants": mine,
        "fans": mine,
        "band": mine,
        "me": mine,
    }
    seen = {name for name, one in circle.viewers().items() if access.can_see(one, circle.owner)}
    assert seen == mine
    guardianship.end(tie, by="guardian")
    assert circle.seeing() == {"owner"}


@pytest.mark.clause("children-seen")
@pytest.mark.promise("JK-24")
def test_a_recording_with_a_childs_sound_is_shown_to_no_strangers(circle: Circle) -> None:
    guardian = person("guardian")
    consent_for(circle["player"])
    guardianship.answer_for(guardian, circle["player"])
    circle.people["guardian"] = guardian
    found = {}
    for audience in ("public", "link", "members", "followers"):
        circle.change(audience)
        found[audience] = circle.seeing()
    wide = {"player", "guardian"}  # not even its owner, who is a stranger to the child
    assert found == {
        "public": wide,
        "link": {"player"},
        "members": wide,
        "followers": {"player"},
    }
    Stem.objects.filter(player=circle["player"]).update(state=Stem.State.WITHDRAWN)
    circle.change("public")
    assert circle.seeing() == SEES["public"] - {"player"} | {"player", "guardian"}


def test_a_rule_without_a_way_in_shows_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Recording.objects.filter(decision.rows_for(Recording, NOBODY)).exists()
    declared: dict[Any, Rule] = rules._rules
    monkeypatch.setitem(declared, Recording, Rule())
    for viewer in (NOBODY, cast.viewer("owner")):
        assert not Recording.objects.filter(decision.rows_for(Recording, viewer)).exists()
    assert not access.audience_of(cast.recordings["public"]).exists()
