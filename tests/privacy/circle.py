"""An owner, a child, and one person for each relation to the owner: the cast of audiences.

`player` plays on what the owner owns; `asker` waits for an answer; `jammed` has played with the
owner; `ward` is the cast's child, who owns the same things, with its guardian, class and
coordinator, and `child` one of another school, who knows nobody here; `holder` has no account and
opened the links; `app` is a third-party app that `member` lets act for them.
"""

from typing import Any

from django.test import Client

from accounts.connections import services
from accounts.models import Follow, Profile, User
from accounts.profile.services import profiles
from community import services as community
from foundation.clients import OUTSIDE
from privacy.gate.viewer import NOBODY, Viewer
from privacy.models import ShareLink
from privacy.sharing import links
from sessions_app.models import JamSession, Mix, Participant, Recording
from sessions_app.services import publishing, sessions
from tests.cast import BACKEND, OWN_PAGE, app_of, person, recorded
from tests.presence import come_in
from tests.school import School

GROWN_UP = ("owner", "player", "follower", "asker", "jammed", "member", "blocked", "blocker")
# role here → role in the cast
AT_SCHOOL = {
    "child": "far-child", "guardian": "guardian", "teacher": "teacher", "classmate": "classmate",
    "coordinator": "coordinator", "ward": "child",
}  # fmt: skip
PEOPLE = (*GROWN_UP, *AT_SCHOOL)
ROLES = (*PEOPLE, "anonymous", "holder", "app")


class Circle:
    """Owner's and ward's recording and session, whose audiences change; and who may look."""

    def __init__(self) -> None:
        school = School()
        self.people = {name: person(name) for name in GROWN_UP}
        self.people |= {name: school[role] for name, role in AT_SCHOOL.items()}
        for name in ("owner", "ward"):
            for other in ("follower", "blocked", "blocker", "asker"):
                # Nobody outside its circle can follow a child: rows from before would show nothing.
                state = "requested" if other == "asker" else "accepted"
                Follow.objects.create(follower=self[other], followee=self[name], state=state)
            for other in ("jammed", "blocked", "blocker"):
                services.remember_jam([self[name].pk, self[other].pk])
            services.block(self[name], self["blocked"])
            services.block(self["blocker"], self[name])
        self._seen: dict[tuple[str, str], Any] = {}
        self.recordings: dict[str, Recording] = {}
        self.sessions: dict[str, JamSession] = {}
        for name in ("owner", "ward"):
            self._own(name)
        owners = (self.recordings["owner"], self.sessions["owner"])
        self.links = [links.make(one, self["owner"]) for one in owners]
        # A child makes no links; rows of another time would open nothing.
        self.links += [
            ShareLink.objects.create(
                made_by=self["ward"], item_model=one._meta.label_lower, item_id=one.public_id
            )
            for one in (self.recordings["ward"], self.sessions["ward"])
        ]
        self.clients = {role: self._client(role) for role in ROLES}

    def _own(self, name: str) -> None:
        owner, player = self[name], self["player"]
        session = JamSession.objects.create(host=owner, title=f"jam-{name}", audience="link")
        for one in (owner, player):
            Participant.objects.create(session=session, user=one)
        take = recorded(owner, [owner, player], audience="link", session=session)
        community.keep(owner, take)
        self.recordings[name], self.sessions[name] = take, session

    def __getitem__(self, name: str) -> User:
        return self.people[name]

    def profile(self, name: str) -> str:
        return f"/@{self[name].username}/"

    def _client(self, role: str) -> Client:
        if role == "app":
            return app_of(self["member"])
        client = Client(headers=OWN_PAGE)
        if role in PEOPLE:
            client.force_login(self[role], backend=BACKEND)
        if role == "holder":
            for link in self.links:
                client.get(f"/shared/{links.key_of(link)}/")
        return client

    def viewer(self, role: str) -> Viewer:
        if role == "app":
            return Viewer(self["member"].pk, app=OUTSIDE)
        if role == "holder":
            return Viewer(links=frozenset(link.pk for link in self.links))
        return Viewer.of(self[role]) if role in PEOPLE else NOBODY

    def change(self, audience: str) -> None:
        """Give everything of the owner and the ward an audience, as far as it offers that."""
        self._seen.clear()
        for name in ("owner", "ward"):
            come_in(self.sessions[name], self[name])
        for name in ("owner", "ward"):
            publishing.change_audience(self.recordings[name], audience)
            if audience != "me":
                sessions.change_audience(self.sessions[name], audience)
            if audience not in {"link", "participants"}:
                Profile.objects.filter(user=self[name]).update(
                    bio_audience=audience, favourites_audience=audience
                )
                profiles.write_profile(
                    self[name],
                    {"findable": True, "instruments_audience": audience},
                    instruments=[("theremin", 2)],
                )

    def mix(self, name: str) -> Mix:
        return Mix.objects.get(recording=self.recordings[name])

    def get(self, role: str, path: str) -> Any:
        """Fetch a page once for each audience: lists show the things of both owners."""
        if (role, path) not in self._seen:
            self._seen[role, path] = self.clients[role].get(path)
        return self._seen[role, path]
