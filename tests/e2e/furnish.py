"""Fills a running site with the demo world, for the tests that look at pages with something on."""

from typing import Any

from accounts.connections import services
from accounts.models import Follow, SafetyLink, User
from accounts.security.services import safety_links
from bands.models import Band
from bands.services import members
from jamsite.demo import school, world
from schools import parent_links
from schools.models import Enrolment, Guardianship, SchoolClass
from sessions_app.models import JamSession, Recording
from sessions_app.services import sessions

TAKE = "Kettle's on"


def load() -> dict[str, str]:
    """Load the demo world with one take; return the parts of addresses that are made by chance."""
    world.load((TAKE,))
    lumen, hazel, pelagia, otis = (
        User.objects.get(username=name)
        for name in ("lumen", "hazel-hammond", "pelagia", "otis-upright")
    )
    _have_something_to_decide(lumen, hazel, pelagia, otis)
    jam = JamSession.objects.get(host=lumen, title="Porch hours")
    places = {one.reference: one for one in Enrolment.objects.order_by("pk")}
    lock = safety_links.make(otis, SafetyLink.Does.LOCK, otis.email)
    return {
        "class": SchoolClass.objects.get(name=school.CLASS).public_id,
        "place": places["5b-01"].public_id,
        "place_without_account": places["5b-03"].public_id,
        "ward": Guardianship.objects.get().child.public_id,
        "connected_link": parent_links.token_of(places["5b-01"]),
        "parent_link": parent_links.token_of(places["5b-02"]),
        "lock_link": lock.partition("/lock/")[2],
        "jam": jam.public_id,
        "song": jam.sheets.get(title="Rain on tin").public_id,
        "invite": sessions.token_of(sessions.invite(jam, lumen)),
        "recording": Recording.objects.get(title=TAKE).public_id,
    }


def _have_something_to_decide(lumen: User, hazel: User, pelagia: User, otis: User) -> None:
    """Lists that aren't empty: invitations, requests, blocks, mutes."""
    services.switch(lumen, approves_followers=True)
    if not Follow.objects.filter(followee=lumen).exists():
        services.follow(hazel, lumen)
        services.accept(services.follow(otis, lumen))
    services.mute(lumen, hazel)
    band: Any = Band.objects.get(slug="porch-light")
    if not band.invites.exists():
        members.invite(band, lumen, pelagia)
    services.block(lumen, User.objects.get(username="brushwork"))
