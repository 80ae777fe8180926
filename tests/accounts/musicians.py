"""Musicians who want to be found, and who is."""

from typing import Any

from django.test import Client

from accounts.models import User
from accounts.profile.services import profiles
from tests.cast import person


def musician(name: str, *, instruments: Any = (("harp", 3),), **values: Any) -> User:
    """Make a person who wants to be found and shows everything to everybody."""
    one = person(name)
    shown = {
        f"{field}_audience": "public"
        for field in ("stage_name", "instruments", "genres", "languages", "place", "available")
    }
    profiles.write_profile(one, {"findable": True, **shown, **values}, instruments=instruments)
    return one


def found(client: Client, query: str = "") -> list[str]:
    """Return who is found, which page and API agree on."""
    page, api = client.get(f"/find/{query}"), client.get(f"/api/v1/people/{query}")
    assert (page.status_code, api.status_code) == (200, 200)
    names = [one["username"] for one in page.context["people"]]
    assert [one["username"] for one in api.json()["results"]] == names
    return names
