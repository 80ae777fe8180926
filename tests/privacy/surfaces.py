"""The surfaces that the table of audiences is held against, plugged in by a decorator.

A surface answers one question: does this role get this person's thing through it? It names the
kind of thing, and the audiences and roles it knows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import Profile
from privacy.gate import access
from privacy.gate.audiences import Audience
from privacy.sharing import media
from tests.privacy.circle import ROLES, Circle

Ask = Callable[[Circle, str, str], bool]  # (circle, role, whose) → seen?
BROWSERS = ROLES
FIELDS = tuple(one for one in Audience if one not in {"link", "participants"})
OF_SESSIONS = tuple(one for one in Audience if one != "me")


@dataclass(frozen=True)
class Surface:
    """One way of looking: the kind of thing it shows, and for which audiences and roles."""

    name: str
    kind: str
    ask: Ask
    roles: tuple[str, ...]
    audiences: tuple[Audience, ...]


SURFACES: list[Surface] = []


def surface(
    kind: str, *, roles: tuple[str, ...] = BROWSERS, audiences: Any = tuple(Audience)
) -> Callable[[Ask], Ask]:
    """Plug a surface into the table."""

    def plug(ask: Ask) -> Ask:
        name = ask.__name__.replace("_", " ")
        SURFACES.append(Surface(name, kind, ask, roles, tuple(audiences)))
        return ask

    return plug


@surface("recording", roles=ROLES)
def the_gate(circle: Circle, role: str, whose: str) -> bool:
    return access.can_see(circle.viewer(role), circle.recordings[whose])


@surface("recording")
def the_page(circle: Circle, role: str, whose: str) -> bool:
    return _there(circle.get(role, circle.recordings[whose].get_absolute_url()))


@surface("recording", roles=ROLES)
def the_api(circle: Circle, role: str, whose: str) -> bool:
    path = f"/api/v1/recordings/{circle.recordings[whose].public_id}/"
    return _there(circle.get(role, path))


@surface("recording", roles=ROLES)
def the_api_list(circle: Circle, role: str, whose: str) -> bool:
    rows = circle.get(role, "/api/v1/recordings/").json()["results"]
    return circle.recordings[whose].public_id in {row["id"] for row in rows}


@surface("recording")
def the_sound(circle: Circle, role: str, whose: str) -> bool:
    """An address made for the viewer, whatever the audience was then."""
    return _there(circle.get(role, media.url_for(circle.mix(whose), "opus", circle.viewer(role))))


@surface("recording")
def the_waveform(circle: Circle, role: str, whose: str) -> bool:
    return _there(circle.get(role, f"{circle.recordings[whose].get_absolute_url()}peaks/"))


@surface("recording")
def the_owners_profile(circle: Circle, role: str, whose: str) -> bool:
    """The list on a profile; who doesn't see the person doesn't see the list there."""
    page = circle.get(role, circle.profile(whose))
    if page.status_code == 404:
        return access.can_see(circle.viewer(role), circle.recordings[whose])
    url = circle.recordings[whose].get_absolute_url()
    return url in {one["url"] for one in page.context["recordings"]}


@surface("session", audiences=OF_SESSIONS)
def the_session(circle: Circle, role: str, whose: str) -> bool:
    return _there(circle.get(role, circle.sessions[whose].get_absolute_url()))


@surface("session", audiences=OF_SESSIONS, roles=ROLES)
def the_sessions_of_the_api(circle: Circle, role: str, whose: str) -> bool:
    rows = circle.get(role, "/api/v1/sessions/").json()["results"]
    return circle.sessions[whose].public_id in {row["id"] for row in rows}


@surface("session", audiences=OF_SESSIONS)
def the_list_of_sessions(circle: Circle, role: str, whose: str) -> bool:
    page = circle.get(role, "/jam/")
    url = circle.sessions[whose].get_absolute_url()
    return url in {one["url"] for one in page.context["sessions"]}


@surface("field", audiences=FIELDS)
def a_field_of_the_profile(circle: Circle, role: str, whose: str) -> bool:
    page = circle.get(role, circle.profile(whose))
    return _there(page) and page.context["person"]["bio"] == f"mark-bio-{circle[whose].username}"


@surface("field", audiences=FIELDS, roles=ROLES)
def a_field_by_the_gate(circle: Circle, role: str, whose: str) -> bool:
    profile = Profile.objects.get(user=circle[whose])
    return access.can_see_field(circle.viewer(role), profile, "bio")


@surface("field", audiences=FIELDS, roles=ROLES)
def finding_musicians_by_a_field(circle: Circle, role: str, whose: str) -> bool:
    """A search by what is in the field: it finds those who see it, and nobody else.

    A child is found by nobody, and finds whom it knows; there the field itself is asked.
    """
    if whose == "ward" or role in {whose, "child", "classmate", "ward"}:
        return a_field_by_the_gate(circle, role, whose)
    results = circle.get(role, "/api/v1/people/?instrument=theremin").json()["results"]
    return whose in {one["username"] for one in results}


def _there(answer: Any) -> bool:
    assert answer.status_code in {200, 404}, answer.status_code
    return bool(answer.status_code == 200)
