"""Who may be asked for a camera or a screen: who is in a room, and no child."""

from typing import Any

import pytest
from django.urls import reverse

from sessions_app.models import JamSession, Participant
from tests.cast import BACKEND, Cast
from tests.school import School


def asked(page: Any) -> tuple[list[str], bool]:
    """Return what the browser may open, and whether the room offers it."""
    parts = page.headers["Permissions-Policy"].split(", ")
    devices = sorted(one for one in parts if one.startswith(("camera", "display-capture")))
    return devices, 'data-pictures="yes"' in page.content.decode()


@pytest.mark.clause("pictures-in-rooms")
def test_a_room_may_open_them_and_the_page_before_it_may_not(cast: Cast) -> None:
    jam, client = cast.sessions["public"], cast.client("participant")
    opened = (["camera=(self)", "display-capture=(self)"], True)
    closed = (["camera=()", "display-capture=()"], False)
    assert asked(client.get(reverse("room", args=[jam.public_id]))) == opened
    assert asked(client.get(jam.get_absolute_url())) == closed


@pytest.mark.django_db
@pytest.mark.clause("pictures-in-rooms")
def test_a_childs_page_asks_for_neither(client: Any) -> None:
    school = School()
    teacher, child = school["teacher"], school["child"]
    client.force_login(child, backend=BACKEND)
    jam = JamSession.objects.create(host=teacher, title="Lesson", audience="participants")
    for one in (teacher, child):
        Participant.objects.create(session=jam, user=one)
    page = client.get(reverse("room", args=[jam.public_id]))
    assert page.status_code == 200
    assert asked(page) == (["camera=()", "display-capture=()"], False)
    assert 'data-pictures="no"' in page.content.decode()
