"""The cast: people with roles, who appear in every test of who sees what.

`owner` owns a public, a shared and a private recording of a session in which `participant`
played. `former` withdrew from them. `stranger` is signed in and knows nobody. `leaving` owns the
same things and has asked to be erased. `anonymous` has no account.

`child` sits in a class with `classmate` and `teacher`; `guardian` answers for it, `coordinator` for
its school. `other-…` are of another class, `far-…` of another school. They come when they are asked
for: a story without children doesn't wait for a school.
"""

import time
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from accounts.identity.services import tokens
from accounts.models import Connection, NetworkFact, Profile, RealName, User
from messaging import services as messaging
from privacy.gate.viewer import NOBODY, Viewer
from sessions_app.models import (
    JamSession,
    Mix,
    Participant,
    Recording,
    RecordingConsent,
    Stem,
)

if TYPE_CHECKING:
    from tests.school import School

PASSWORD = "a stave has five lines"
BACKEND = "accounts.sign_in.backends.Backend"
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}  # what a browser says of requests of our own pages
OWN_CLIENT = "a client of ours, named in the settings"  # see the `own_client` fixture
ROLES = ("owner", "participant", "former", "stranger", "leaving", "anonymous")
AT_SCHOOL = ("child", "classmate", "guardian", "teacher", "coordinator", "other-child",
             "other-teacher", "far-child", "far-teacher", "far-coordinator")  # fmt: skip


def person(name: str, **values: Any) -> User:
    """Create a person whose address is confirmed, with a mark in every field of theirs."""
    user = User.objects.create_user(name, f"{name}@mail.example", PASSWORD, **values)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    mark(user)
    RealName.objects.create(user=user, name=f"mark-real-{name}")  # which no page ever shows
    return user


def mark(user: User) -> None:
    """Put a mark in what somebody's profile says."""
    name = user.username
    Profile.objects.filter(user=user).update(
        bio=f"mark-bio-{name}", status=f"mark-status-{name}", stage_name=f"mark-stage-{name}",
        country="DE", town=f"mark-town-{name}", gender=f"mark-gender-{name}",
    )  # fmt: skip


def networked(user: User, network: str = "choir") -> Connection:
    """Connect a network to somebody, who kept one thing from it."""
    account = SocialAccount.objects.create(
        user=user, provider=network, uid=f"uid-{user.username}-{network}"
    )
    made = Connection.objects.create(user=user, account=account)
    NetworkFact.objects.create(
        user=user, connection=made, name="likes", value=f"mark-fact-{user.username}"
    )
    return made


def recorded(
    owner: User, players: list[User], *, audience: str, session: JamSession | None = None
) -> Recording:
    """Create a finished recording with one stem a player and a mix in force."""
    if session is None:
        session = JamSession.objects.create(
            host=owner, title=f"mark-session-{owner.username}-{audience}", audience="participants"
        )
    recording = Recording.objects.create(
        session=session,
        owner=owner,
        title=f"mark-title-{owner.username}-{audience}",
        audience=audience,
        state=Recording.State.READY,
        starts_at_ms=0.0,
        stops_at_ms=1000.0,
    )
    stems = []
    for player in players:
        Participant.objects.get_or_create(session=session, user=player)
        RecordingConsent.objects.create(
            recording=recording, user=player, answer="yes", answered_at=timezone.now(),
            text_version="test",
        )  # fmt: skip
        stem = Stem(
            recording=recording, player=player, state=Stem.State.ALIGNED, frames=48000,
            sample_rate=48000, channels=1, start_ms=0.0, drift_ppm=0.0,
            clock=[[0, 0], [48000, 1000]],
            peaks={"version": 1, "rate": 100, "channels": 1, "min": [0], "max": [1]},
        )  # fmt: skip
        stem.file.save(
            f"{stem.public_id}.flac", ContentFile(f"mark-sound-{player.username}".encode())
        )
        stems.append(stem)
    mix = Mix(
        recording=recording, status=Mix.Status.DONE, duration_ms=1000, start_ms=0.0,
        peaks={"version": 1, "rate": 100, "channels": 1, "min": [0], "max": [1]},
    )  # fmt: skip
    marks = " ".join(f"mark-mix-{player.username}" for player in players).encode()
    mix.opus.save(f"{mix.public_id}.ogg", ContentFile(marks), save=False)
    mix.aac.save(f"{mix.public_id}.m4a", ContentFile(marks), save=False)
    mix.flac.save(f"{mix.public_id}.flac", ContentFile(marks))
    mix.stems.set(stems)
    return recording


def just_signed_in(client: Client, seconds_ago: float = 0) -> None:
    """Note in a web session that its person signed in, as the form does."""
    session = client.session
    record = {"method": "password", "at": time.time() - seconds_ago}
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [record]
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = session["_auth_user_id"]
    session.save()


def signed_in(user: User) -> Client:
    """Return a browser with our pages in it, in which somebody signed in."""
    client = Client(headers=OWN_PAGE)
    client.force_login(user, backend=BACKEND)
    just_signed_in(client)
    return client


def app_of(user: User, *, by: str = "session", ours: bool = False) -> Client:
    """Return an app that holds a token of somebody's sign-in: `session` or `access`, no cookie."""
    session = signed_in(user).session
    if by == "session":
        shown = {"X-Session-Token": str(session.session_key)}
    else:
        shown = {"Authorization": f"Bearer {tokens.access_token(user, session)}"}
    return Client(headers={**shown, **({"X-Client-Id": OWN_CLIENT} if ours else {})})


@dataclass
class Cast:
    people: dict[str, User]
    sessions: dict[str, JamSession] = field(default_factory=dict)
    recordings: dict[str, Recording] = field(default_factory=dict)

    @classmethod
    def assemble(cls) -> "Cast":
        names = [name for name in ROLES if name != "anonymous"]
        cast = cls({name: person(name) for name in names})
        owner, participant = cast.people["owner"], cast.people["participant"]
        former, leaving = cast.people["former"], cast.people["leaving"]
        for audience in ("public", "participants"):
            # It is committed once for a whole run, which may be longer than a room stays open.
            session = JamSession.objects.create(
                host=owner, title=f"mark-session-owner-{audience}", audience=audience,
                closes_at=timezone.now() + timedelta(days=1),
            )  # fmt: skip
            for one in (owner, participant):
                Participant.objects.create(session=session, user=one)
            cast.sessions[audience] = session
        for audience in ("public", "participants", "me"):
            recording = recorded(
                owner, [owner, participant, former], audience=audience,
                session=cast.sessions["participants"],
            )  # fmt: skip
            Stem.objects.filter(recording=recording, player=former).update(
                state=Stem.State.WITHDRAWN
            )
            cast.recordings[audience] = recording
        Participant.objects.filter(user=former).delete()
        for audience in ("public", "participants", "me"):
            cast.recordings[f"leaving-{audience}"] = recorded(
                leaving, [leaving, participant], audience=audience
            )
            theirs = cast.recordings[f"leaving-{audience}"].session
            assert theirs is not None
            cast.sessions[f"leaving-{audience}"] = theirs
        networked(owner)
        leaving.leave()
        return cast

    @cached_property
    def school(self) -> "School":
        from tests.school import School

        return School()

    def __getitem__(self, role: str) -> User:
        return self.school[role] if role in AT_SCHOOL else self.people[role]

    def viewer(self, role: str) -> Viewer:
        return NOBODY if role == "anonymous" else Viewer.of(self[role])

    def user(self, role: str) -> Any:
        return AnonymousUser() if role == "anonymous" else self[role]

    def client(self, role: str, *, headers: Any = None, **kwargs: Any) -> Client:
        client = Client(headers={**OWN_PAGE, **(headers or {})}, **kwargs)
        if role != "anonymous":
            client.force_login(self[role], backend=BACKEND)
            just_signed_in(client)
        return client

    def conversation(self, one: str, other: str) -> Any:
        return messaging.conversation_between(self[one], self[other])
