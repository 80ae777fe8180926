"""A recording can be kept; the list is its owner's alone and shows what they may still hear."""

from typing import Any

import pytest

from accounts.connections import services
from community.models import Favourite
from sessions_app.services import publishing
from tests.cast import Cast, recorded


def keep(cast: Cast, role: str, recording: str, value: str = "1", **headers: str) -> Any:
    path = f"{cast.recordings[recording].get_absolute_url()}favourite/"
    return cast.client(role).post(path, {"keep": value}, headers=headers)


def titles(cast: Cast, role: str) -> list[str]:
    page = cast.client(role).get("/favourites/")
    return [one["title"] for one in page.context["recordings"]]


@pytest.mark.clause("favourites")
def test_keep_look_and_drop(cast: Cast) -> None:
    path = cast.recordings["public"].get_absolute_url()
    assert keep(cast, "stranger", "public")["Location"] == path
    assert keep(cast, "stranger", "public").status_code == 302  # again changes nothing
    assert titles(cast, "stranger") == ["mark-title-owner-public"]
    assert Favourite.objects.count() == 1
    keep(cast, "stranger", "public", "0")
    assert titles(cast, "stranger") == []


def test_one_is_taken_off_where_the_list_is_shown(cast: Cast) -> None:
    other = recorded(cast["participant"], [cast["participant"]], audience="members")
    keep(cast, "stranger", "public")
    cast.client("stranger").post(f"{other.get_absolute_url()}favourite/", {"keep": "1"})
    client = cast.client("stranger")
    page = client.get("/favourites/").content.decode()
    path = f"{cast.recordings['public'].get_absolute_url()}favourite/"
    assert page.count(f'action="{path}"') == 1
    assert client.post(path, {"keep": "0", "from": "list"})["Location"] == "/favourites/"
    assert titles(cast, "stranger") == ["mark-title-participant-members"]


@pytest.mark.clause("favourites")
def test_the_list_is_shown_to_its_owner_alone(cast: Cast) -> None:
    keep(cast, "stranger", "public")
    for role in ("owner", "participant"):
        assert titles(cast, role) == []
    assert cast.client("anonymous").get("/favourites/").status_code == 302


@pytest.mark.clause("favourites", "who-sees")
@pytest.mark.promise("JK-11")
def test_what_can_not_be_heard_any_more_leaves_the_list_and_returns(cast: Cast) -> None:
    keep(cast, "stranger", "public")
    publishing.change_audience(cast.recordings["public"], "participants")
    assert titles(cast, "stranger") == []
    publishing.change_audience(cast.recordings["public"], "public")
    assert titles(cast, "stranger") == ["mark-title-owner-public"]


@pytest.mark.clause("favourites", "who-sees")
def test_what_can_not_be_heard_can_not_be_kept(cast: Cast) -> None:
    for recording in ("participants", "me", "leaving-public"):
        for value in ("1", "0"):
            assert keep(cast, "stranger", recording, value).status_code == 404
    assert Favourite.objects.count() == 0


@pytest.mark.clause("favourites")
@pytest.mark.promise("JK-35")
def test_the_list_has_its_own_audience_and_shows_what_each_may_hear(cast: Cast) -> None:
    for recording in ("public", "participants"):
        keep(cast, "owner", recording)

    def seen(role: str) -> list[str]:
        page = cast.client(role).get("/@owner/favourites/")
        assert page.status_code == 200
        linked = b"/@owner/favourites/" in cast.client(role).get("/@owner/").content
        found = [one["title"] for one in page.context["recordings"]]
        assert linked == bool(found)
        return found

    def show_to(audience: str) -> None:
        form = {"favourites_audience": audience}
        assert cast.client("owner").post("/favourites/audience/", form).status_code == 302

    both = ["mark-title-owner-participants", "mark-title-owner-public"]
    roles = ("owner", "participant", "stranger", "anonymous")
    assert [seen(role) for role in roles] == [both, [], [], []]
    show_to("members")
    assert [seen(role) for role in roles] == [both, both, both[1:], []]
    show_to("link")  # no audience for a list: nothing changes
    assert seen("stranger") == both[1:]
    show_to("public")
    assert seen("anonymous") == both[1:]
    show_to("jammed")
    assert seen("stranger") == []
    services.remember_jam([cast["owner"].pk, cast["stranger"].pk])
    assert seen("stranger") == both[1:]


def test_a_button_for_htmx_says_what_is_so_now(cast: Cast) -> None:
    answer = keep(cast, "stranger", "public", **{"HX-Request": "true"})
    assert (answer.status_code, Favourite.objects.count()) == (200, 1)
    assert 'value="0"' in answer.content.decode()
