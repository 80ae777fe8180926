"""Audience × cast × surface, against one table."""

import pytest
from django.core.cache import cache

from accounts.connections import services
from tests.privacy.circle import Circle
from tests.privacy.expectations import AUDIENCES, AUDIENCES_OF_A_CHILD
from tests.privacy.surfaces import SURFACES, Surface


@pytest.fixture
def circle(db: None) -> Circle:
    return Circle()


def answers(circle: Circle, one: Surface, audience: str, whose: str) -> set[str]:
    cache.clear()
    return {role for role in one.roles if one.ask(circle, role, whose)}


@pytest.mark.clause("who-sees", "blocks", "share-links", "children-seen", "media-urls")
@pytest.mark.promise("JK-11", "JK-34", "JK-36", "JK-24", "VJ-31", "VJ-32")
@pytest.mark.parametrize("one", [pytest.param(one, id=one.name) for one in SURFACES])
def test_each_surface_shows_what_the_table_says(circle: Circle, one: Surface) -> None:
    found, want = {}, {}
    for audience in one.audiences:
        circle.change(audience)
        for whose, table in (("owner", AUDIENCES), ("ward", AUDIENCES_OF_A_CHILD)):
            found[whose, audience.value] = answers(circle, one, audience, whose)
            kept = {"player"} if one.kind != "field" and whose == "owner" else set()
            seen = table[audience.value] | (kept if audience != "me" else set())
            want[whose, audience.value] = seen & set(one.roles)
    assert found == want


@pytest.mark.clause("apps-and-search")
@pytest.mark.promise("JK-13")
def test_an_app_gets_nothing_of_who_switched_apps_off_and_the_website_everything(
    circle: Circle,
) -> None:
    path = f"/api/v1/recordings/{circle.recordings['owner'].public_id}/"
    jam = f"/api/v1/sessions/{circle.sessions['owner'].public_id}/"
    for switch, status in ((True, 200), (False, 404)):
        services.switch(circle["owner"], approves_followers=True, api_access=switch, indexed=True)
        circle.change("public")
        for one in (path, jam):
            assert circle.get("app", one).status_code == status
            assert circle.get("member", one).status_code == 200
        listed = circle.get("app", "/api/v1/recordings/").json()["results"]
        assert [row["owner"] for row in listed] == (["owner"] if switch else [])
