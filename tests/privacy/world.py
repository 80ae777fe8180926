"""The cast with one of everything around it, and how each thing is addressed and recognised."""

import io
import re
import time
import uuid
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.connections import services
from accounts.models import Profile
from accounts.profile.services import profiles
from bands.models import BandMember
from bands.services import bands, follows, members
from foundation import limits
from foundation.ids import new_public_id
from messaging import services as messaging
from privacy.gate.viewer import Viewer
from privacy.models import Export
from privacy.sharing import links, media
from privacy.subject_requests import fulfilment
from sessions_app.live import packets, store
from sessions_app.models import JamSession, Mix, Sheet, Stem, StreamConsent
from sessions_app.services import chat, rsvps, sessions, sheets
from tests.cast import Cast, person
from tests.planned import planned

PHOTOS = {"public": "participant", "members": "former", "me": "owner", "leaving": "leaving"}
OF_SESSIONS = {"invite", "rsvp", "chatline", "sheet"}  # addressed behind their session
MARK = re.compile(r"mark-[\w-]*\w")


class Clients(dict[str, Client]):
    """A browser for each role, in which somebody signed in when it was first asked for."""

    def __init__(self, cast: Cast) -> None:
        super().__init__()
        self.cast = cast

    def __missing__(self, role: str) -> Client:
        made = self[role] = self.cast.client(role)
        return made


class World:
    """Things by kind and key; the keys are those of `expectations`."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.clients = Clients(cast)
        self.things: dict[str, dict[str, Any]] = {
            "recording": dict(cast.recordings),
            "session": dict(cast.sessions),
            "mix": {key: Mix.objects.get(recording=one) for key, one in cast.recordings.items()},
            "stem": {
                f"{key}/{stem.player.username}": stem
                for key, one in cast.recordings.items()
                for stem in Stem.objects.filter(recording=one).select_related("player")
            },
            "person": dict(cast.people),
            "photo": self._photos(),
            "conversation": self._conversations(),
            "export": self._exports(),
            "request": {
                name: fulfilment.file_and_serve(cast[name], "know", text=f"mark-request-{name}")
                for name in ("owner", "leaving")
            },
        }
        self.things |= self._ties()
        self._found()
        # Somebody is in each room: lists show what is live.
        JamSession.objects.update(occupied_until=timezone.now() + timedelta(hours=1))
        self._agreed_to_listeners(cast.sessions["public"])
        self.things |= self._bands()
        self.things |= self._plans()
        self.things["sheet"] = {"owner": self._song()}
        self.things["chatline"] = {
            name: chat.share(
                cast.sessions["participants"],
                cast[name],
                upload=io.BytesIO(b"A | D"),
                name="chart.txt",
                text="Again?",
                ref=str(uuid.uuid4()),
            )[0]
            for name in ("owner", "participant")
        }
        self.things["invite"] = self.things["link"] = {
            "owner": sessions.invite(cast.sessions["participants"], cast["owner"]),
            "leaving": sessions.invite(cast.sessions["leaving-me"], cast["leaving"]),
        }
        revoked = sessions.invite(cast.sessions["participants"], cast["owner"])
        sessions.revoke(revoked)
        self.things["link"] = {**self.things["invite"], "revoked": revoked}

    def _agreed_to_listeners(self, session: JamSession) -> None:
        JamSession.objects.filter(pk=session.pk).update(listeners=True)
        for name in ("owner", "participant"):
            StreamConsent.objects.create(
                session=session, user=self.cast[name], yes=True, text_version="1"
            )

    def on_air(self) -> int:
        """Have the public session be heard live, if it isn't yet; return the stream's version."""
        session = self.cast.sessions["public"]
        keys = [self.cast[name].pk for name in ("owner", "participant")]
        if store.of(session.pk) is None:
            store.begin(session.pk, keys[0], keys, session.created_at.timestamp())
        stream = store.of(session.pk)
        assert stream is not None
        for n in range(stream.have, store.SEGMENT):
            store.add(stream, n, b"mark-live", time.time() + n * packets.PART_MS / 1000)
        for key in limits.valkey().scan_iter(f"stream:{session.pk}*"):
            limits.valkey().persist(key)
        return stream.version

    def _photos(self) -> dict[str, Profile]:
        found = {}
        for audience, name in PHOTOS.items():
            profile = Profile.objects.get(user=self.cast[name])
            profile.photo_audience = "public" if audience == "leaving" else audience
            profile.photo.save(
                f"{new_public_id()}.webp", ContentFile(f"mark-photo-{name}".encode())
            )
            found[audience] = profile
        return found

    def _conversations(self) -> dict[str, Any]:
        found = {}
        for one, other in (("owner", "participant"), ("participant", "leaving")):
            talk = self.cast.conversation(one, other)
            for name in (one, other):
                messaging.write(
                    talk, self.cast[name], text=f"mark-message-{name}", ref=str(uuid.uuid4())
                )
            found[f"{one}-{other}"] = talk
        return found

    def _ties(self) -> dict[str, dict[str, Any]]:
        """Two people beside the cast, so that its own expectations stay as they are."""
        owner = self.cast["owner"]
        return {
            "block": {"owner": services.block(owner, person("barred"))},
            "mute": {"owner": services.mute(owner, person("loud"))},
            "follow": {"owner": services.follow(person("fan"), owner)},
            "sharelink": {"owner": links.make(self.cast.recordings["me"], owner)},
        }

    def _found(self) -> None:
        for name, audience in (("owner", "members"), ("participant", "me"), ("leaving", "public")):
            profiles.write_profile(
                self.cast[name],
                {"findable": True, "instruments_audience": audience},
                instruments=[("harp", 3)],
            )

    def _bands(self) -> dict[str, dict[str, Any]]:
        """A band for each audience; their names bear no mark, so that profiles stay as they are."""
        owner = self.cast["owner"]
        made = {
            audience: bands.found(
                owner, name="A band", slug=f"the-band-{audience}", audience=audience
            )
            for audience in ("public", "members", "band")
        }
        BandMember.objects.update(audience="band")
        asked = members.invite(made["members"], owner, self.cast["participant"])
        return {
            "band": made,
            "bandmember": {"owner": BandMember.objects.get(band=made["public"])},
            "bandinvite": {"participant": asked},
            "bandfollow": {"stranger": follows.follow(made["public"], self.cast["stranger"])},
        }

    def _plans(self) -> dict[str, dict[str, Any]]:
        """The owner plans sessions; the participant asks for a seat in the public one."""
        owner = self.cast["owner"]
        made = {
            audience: planned(owner, audience=audience, title="A plan", about="", approval=True)
            for audience in ("public", "participants")
        }
        asked = rsvps.answer(made["public"], self.cast["participant"], "going")
        return {"plan": made, "rsvp": {"participant": asked}}

    def _song(self) -> Sheet:
        """A song that the owner put on the list of the session for participants."""
        about: dict[str, Any] = {
            "title": "A song",
            "key": "",
            "tempo": None,
            "ref": str(uuid.uuid4()),
        }
        jam, owner = self.cast.sessions["participants"], self.cast["owner"]
        return sheets.add_song(jam, owner, **about)

    def _exports(self) -> dict[str, Export]:
        found = {}
        for name in ("owner", "leaving"):
            export = Export(
                user=self.cast[name], status=Export.Status.DONE, percent=100,
                expires_at=timezone.now() + timedelta(days=7),
            )  # fmt: skip
            export.file.save(f"{export.public_id}.zip", ContentFile(f"mark-export-{name}".encode()))
            found[name] = export
        return found

    def args(self, kind: str, key: str, role: str) -> list[Any]:
        """Return what addresses a thing in a URL; media addresses are made for the role."""
        return self._args(kind, self.things[kind][key], role)

    def missing(self, kind: str, role: str) -> list[Any]:
        """Return the address of a thing that never was, as well-formed as a real one."""
        thing: Any = next(iter(self.things[kind].values()))
        ghost = type(thing)(public_id=new_public_id())
        if kind == "person":
            ghost.username = "nobody-here"
        if kind == "band":
            ghost.slug = "no-band-here"
        if kind == "bandmember":
            ghost.band = self.things["band"]["public"]
        if kind in OF_SESSIONS:
            ghost.session = self.cast.sessions["participants"]
        return self._args(kind, ghost, role)

    def _args(self, kind: str, thing: Any, role: str) -> list[Any]:
        viewer = Viewer.of(self.cast.user(role))
        if kind == "person":
            return [thing.username]
        if kind == "band":
            return [thing.slug]
        if kind in {"bandmember", *OF_SESSIONS}:
            of = thing.band.slug if kind == "bandmember" else thing.session.public_id
            return [of, thing.public_id]
        if kind == "link":
            return [sessions.token_of(thing)]
        if kind in {"mix", "photo"}:
            part = {"mix": "opus", "photo": "photo"}[kind]
            return [media.url_for(thing, part, viewer).removeprefix("/media/")]
        return [thing.public_id]

    def stem_sound(self, key: str | None, role: str) -> list[Any]:
        viewer = Viewer.of(self.cast.user(role))
        stem = self.things["stem"][key] if key else Stem(public_id=new_public_id())
        url = media.url_for(stem, "flac", viewer)
        return [url.removeprefix("/media/")]

    def recognise(self, body: str) -> set[str]:
        """Return every thing and every mark that an answer names."""
        found = {
            f"{kind}:{key}"
            for kind, things in self.things.items()
            if kind not in {"person", "link"}
            for key, thing in things.items()
            if thing.public_id in body
        }
        people = re.findall(r'/@([\w-]+)/|"(?:owner|host|author)":"([\w-]+)"', body)
        return found | set(MARK.findall(body)) | {f"@{one or other}" for one, other in people}


class Undone:
    """Take back what happens inside, so that one world serves many requests."""

    def __enter__(self) -> None:
        self._block = transaction.atomic()
        self._block.__enter__()

    def __exit__(self, *error: Any) -> None:
        transaction.set_rollback(True)
        self._block.__exit__(None, None, None)
