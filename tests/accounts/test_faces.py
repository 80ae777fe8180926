"""Faces wherever people are named: what a viewer may not see of somebody isn't in them."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.connections import services
from accounts.models import Profile
from accounts.profile.faces import Faces
from accounts.profile.services import profiles
from privacy.gate.viewer import NOBODY, Viewer
from tests.cast import Cast, recorded


def looks(viewer: Viewer, *users: Any) -> list[tuple[str, str, bool, str]]:
    faces = Faces(viewer)
    shown = [faces.of(user) for user in users]
    return [(one.name, one.handle, bool(one.photo_url), one.instrument) for one in shown]


@pytest.fixture
def harpist(cast: Cast) -> Any:
    """Return the owner: stage name and photo for members, instruments for followers."""
    one = cast["owner"]
    profiles.write_profile(
        one,
        {"stage_name": "Ada Ünal", "instruments_audience": "followers"},
        instruments=[("harp", 3), ("voice", 1)],
    )
    profile = Profile.objects.get(user=one)
    profile.photo.save("ada.webp", ContentFile(b"mark-photo"))
    return one


def test_each_part_of_a_face_goes_to_its_own_audience(cast: Cast, harpist: Any) -> None:
    follower = cast["participant"]
    services.accept(services.follow(follower, harpist))
    bare, known = ("owner", "", False, ""), ("Ada Ünal", "owner", True, "")
    assert looks(NOBODY, harpist) == [bare]
    assert looks(Viewer(cast["stranger"].pk), harpist) == [known]
    assert looks(Viewer(follower.pk), harpist) == [("Ada Ünal", "owner", True, "Harp")]
    assert looks(Viewer(harpist.pk), harpist) == [("Ada Ünal", "owner", True, "Harp")]


def test_any_number_of_faces_takes_one_query(cast: Cast, harpist: Any) -> None:
    people = [harpist, cast["participant"], cast["former"]]
    with CaptureQueriesContext(connection) as captured:
        looks(Viewer(cast["stranger"].pk), *people)
    assert len(captured) == 1
    with CaptureQueriesContext(connection) as captured:
        Faces(NOBODY).of(harpist)
    assert len(captured) == 0


@pytest.mark.clause("who-sees")
def test_a_take_stands_on_the_page_of_everybody_who_plays_on_it(cast: Cast) -> None:
    take = recorded(cast["owner"], [cast["owner"], cast["participant"]], audience="public")
    hidden = recorded(cast["owner"], [cast["owner"], cast["participant"]], audience="participants")
    gone = recorded(cast["owner"], [cast["owner"], cast["participant"]], audience="public")
    gone.stems.filter(player=cast["participant"]).update(state="withdrawn")
    cast["participant"].profile.refresh_from_db()
    for role, shows in {"anonymous": [take], "stranger": [take], "owner": [take, hidden]}.items():
        page = cast.client(role).get("/@participant/").context["recordings"]
        new = {one.public_id for one in (take, hidden, gone)}
        assert {one["public_id"] for one in page} & new == {one.public_id for one in shows}, role


def test_the_header_shows_the_own_face_and_a_row_those_of_the_players(
    cast: Cast, harpist: Any
) -> None:
    take = recorded(harpist, [harpist, cast["participant"]], audience="public")
    mine = cast.client("owner").get("/recordings/").content.decode()
    assert '<bdi class="menu__name">Ada Ünal</bdi>' in mine
    seen = cast.client("stranger").get(take.get_absolute_url()).content.decode()
    assert '<bdi class="person__name">Ada Ünal</bdi>' in seen and "@owner" in seen
    visitor = cast.client("anonymous").get(take.get_absolute_url()).content.decode()
    assert "Ada Ünal" not in visitor and '<bdi class="person__name">owner</bdi>' in visitor
