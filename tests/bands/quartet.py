"""A band and the people around it: who owns it, runs it, plays in it, follows it, or doesn't."""

from typing import Any

from django.test import Client

from accounts.models import User
from bands.models import Band, BandFollow, BandMember
from bands.services import bands, follows, members
from privacy.gate.viewer import NOBODY, Viewer
from tests.cast import BACKEND, person

PEOPLE = ("owner", "admin", "player", "fan", "asker", "stranger")
Role = BandMember.Role


def join(band: Band, by: User, user: User, role: str = Role.MEMBER, **values: Any) -> BandMember:
    """Have somebody asked and say yes."""
    seat = members.accept(members.invite(band, by, user), user, **values)
    if role != Role.MEMBER:
        members.change_role(seat, by, role)
        seat.refresh_from_db()
    return seat


class Quartet:
    """`owner`, `admin` and `player` are in it; `fan` follows, `asker` would like to."""

    def __init__(self, audience: str = "public") -> None:
        self.people = {name: person(name) for name in PEOPLE}
        self.band = bands.found(
            self["owner"], name="mark-band-quartet", slug="quartet", audience=audience
        )
        Band.objects.filter(pk=self.band.pk).update(
            about="mark-about-quartet", genres=["jazz"], links=["https://quartet.example/"]
        )
        join(self.band, self["owner"], self["admin"], Role.ADMIN)
        join(self.band, self["owner"], self["player"], plays="mark-plays-player")
        for name in ("fan", "asker"):
            follows.follow(self.band, self[name])
        row = BandFollow.objects.get(follower=self["fan"])
        follows.answer(row, self["admin"], yes=True)
        self.band.refresh_from_db()

    def __getitem__(self, name: str) -> User:
        return self.people[name]

    def seat(self, name: str) -> BandMember:
        return BandMember.objects.get(band=self.band, user=self[name])

    def viewer(self, name: str) -> Viewer:
        return NOBODY if name == "anonymous" else Viewer.of(self[name])

    def client(self, name: str) -> Client:
        client = Client()
        if name != "anonymous":
            client.force_login(self[name], backend=BACKEND)
        return client

    def roles(self) -> dict[str, str]:
        rows = BandMember.objects.filter(band=self.band)
        return dict(rows.values_list("user__username", "role"))
