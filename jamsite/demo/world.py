"""Builds the demo world through the site's own services. What is there already is left alone."""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.models import Profile, User
from accounts.profile import checks
from accounts.profile.fields import PROFILE_FIELDS
from accounts.profile.services.profiles import clean_photo, replace_photo, write_profile
from bands.models import Band
from bands.services import bands, follows, members
from community import services as community
from jamsite.demo import plans, school, talk
from jamsite.demo.people import PEOPLE, Person, emblem, portrait
from jamsite.demo.sound import RATE, pcm24
from jamsite.demo.tunes import TUNES, Part
from messaging import services as messaging
from sessions_app.direct_queries import goes_direct
from sessions_app.models import JamSession, Mix, Participant, Recording, RecordingConsent, Stem
from sessions_app.services import recording as recordings
from sessions_app.services import rendering, streams, uploads
from sessions_app.services import sessions as rooms
from sessions_app.services.direct import choose
from sessions_app.services.rooms import keep_open

PASSWORD = "play it again"  # noqa: S105  (the demo's, printed by the command)
STAFF = "stagehand"
NAMESPACE = uuid.UUID("6f2b1c7e-2b55-4e0a-9a53-0d3d1f6c9a11")

# title: owner, audience, days ago
TAKES = {
    "Sunday porch": ("lumen", "public", 2),
    "Two past midnight": ("hazel-hammond", "public", 5),
    "Tide tables": ("pelagia", "public", 9),
    "Kettle's on": ("lumen", "public", 12),
    "The long reel": ("saoirse-reel", "participants", 3),
    "Take three, almost": ("otis-upright", "participants", 7),
    "Night bus": ("pelagia", "me", 1),
}
# host, title, about, audience, who else is in
OPEN_ROOMS = [
    (
        "lumen", "Porch hours",
        "Anything with strings. We start in D and see where it goes.", "public", ["otis-upright"],
    ),
    (
        "brushwork", "Odd metres, slowly",
        "Seven until it feels like four. Listeners welcome, clappers more so.", "public", [],
    ),
    (
        "hazel-hammond", "Kitchen quartet", "Only us. Bring the bridge.", "participants",
        ["lumen", "otis-upright", "brushwork"],
    ),
]  # fmt: skip
ON_AIR = {"Porch hours"}  # open rooms that may have listeners
# address, name, audience, genres, about; who is in it, and what each plays there; its takes
BAND = (
    "porch-light", "Porch Light", "public", ["folk", "jazz"],
    "Strings and low notes, mostly outdoors.\n\nWe play on Sundays and whenever it rains.",
)  # fmt: skip
IN_BAND = {"lumen": "guitar", "otis-upright": "upright bass"}
BAND_PLAYS = ("Sunday porch", "Kettle's on")
FAVOURITES = [
    ("hazel-hammond", "Tide tables"), ("hazel-hammond", "Sunday porch"),
    ("lumen", "Two past midnight"), ("otis-upright", "Kettle's on"),
    ("saoirse-reel", "Tide tables"), ("pelagia", "Two past midnight"),
]  # fmt: skip
LETTERS = [
    ("saoirse-reel", "Did you hear the whistle on the last take? I came in a bar early."),
    ("lumen", "I did. Keep it in, it sounds like you were chasing us."),
    ("saoirse-reel", "I was. Same time on Sunday?"),
    ("lumen", "Porch hours from four. I'll leave the room open."),
]


def load(titles: Sequence[str] = tuple(TUNES)) -> None:
    """Bring the demo world about; what is there already stays as it is."""
    password = make_password(PASSWORD)  # one hash for all: it is printed anyway
    everybody = [*PEOPLE, *school.ADULTS]
    people = {person.username: _person(person, password) for person in everybody}
    _staff(password)
    school.load(people, User.objects.get(username=STAFF), password)
    for host, title, about, audience, others in OPEN_ROOMS:
        _room(people[host], title, about, audience, [people[name] for name in others])
    plans.load(people)
    talk.load(people)
    for title in titles:
        _take(people, title)
    talk.afterwards(people)
    _band(people)
    for name in IN_BAND:  # who play together as a band meet without the relay's detour
        if not goes_direct(people[name]):
            choose(people[name], known=True)
    for name, title in FAVOURITES:
        kept = Recording.objects.filter(title=title, owner=people[TAKES[title][0]]).first()
        if kept is not None:
            community.keep(people[name], kept)
    _letters(people["saoirse-reel"], people["lumen"])


def sign_ins() -> list[str]:
    """Return what to tell whoever wants to look around."""
    rows = [(person.username, person.email, person.plays) for person in PEOPLE]
    rows += [*school.sign_ins(), (STAFF, f"{STAFF}@demo.example", "staff, for /admin/")]
    width = max(len(name) for name, _address, _who in rows)
    return [
        f"Sign in as anybody below; the password is always: {PASSWORD}",
        *(f"  {name:<{width}}  {address:<22}  {who}" for name, address, who in rows),
    ]


@transaction.atomic
def _account(username: str, email: str, password: str, *, staff: bool = False) -> User | None:
    """Create an account whose address is confirmed, or return None if there is one."""
    if User.objects.filter(username__iexact=username).exists():
        return None
    user = User.objects.create_user(username, email, is_staff=staff, is_superuser=staff)
    user.password = password
    user.save(update_fields=["password"])
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _person(person: Person, password: str) -> User:
    user = _account(person.username, person.email, password)
    if user is not None:
        write_profile(user, _told(person), instruments=person.instruments)
        replace_photo(Profile.objects.get(user=user), clean_photo(portrait(person)))
    return User.objects.get(username__iexact=person.username)


def _told(person: Person) -> dict[str, Any]:
    """Return what a person of the demo tells of themselves, as columns of a profile."""
    country, town_id, town = checks.place(*person.place)
    hours = timedelta(hours=person.open_hours)
    return {
        "stage_name": person.stage_name, "bio": person.bio, "status": person.status,
        "roles": list(person.roles), "genres": list(person.genres),
        "languages": list(person.languages), "links": list(person.links),
        "country": country, "town_id": town_id, "town": town, "findable": person.findable,
        "available_until": timezone.now() + hours if person.open_hours else None,
        "photo_audience": person.photo_audience, "bio_audience": person.bio_audience,
        "status_audience": person.status_audience,
        **{f"{name}_audience": "public" for name in person.public},
        **_examples(person),
    }  # fmt: skip


def _examples(person: Person) -> dict[str, Any]:
    """Return columns of the parts of a profile that bring examples; each person tells one."""
    turn = sum(person.username.encode())
    columns: dict[str, Any] = {}
    for field in PROFILE_FIELDS.values():
        if field.examples:
            columns |= field.take(field.examples[turn % len(field.examples)])
    return columns


def _staff(password: str) -> None:
    _account(STAFF, f"{STAFF}@demo.example", password, staff=True)


def _room(host: User, title: str, about: str, audience: str, others: Sequence[User]) -> JamSession:
    made = JamSession.objects.filter(host=host, title=title).first()
    if made is not None:
        return made
    with transaction.atomic():
        session = rooms.open_session(host, title=title, about=about, audience=audience)
        keep_open(session, settings.ROOM_KEPT_DAYS)
        for other in others:
            rooms.join(session, other)
    if title in ON_AIR:  # to be heard as soon as one of them sends it from a browser
        streams.allow(session, host, on=True)
        for player in (host, *others):
            streams.answer(session, player, yes=True)
    return session


def _take(people: dict[str, User], title: str) -> None:
    """Record a tune: everybody agrees, every player's sound is uploaded, the mix is rendered."""
    owner_name, audience, days = TAKES[title]
    owner = people[owner_name]
    recording = Recording.objects.filter(owner=owner, title=title).first()
    if recording is None:
        recording = _record(people, owner, title, audience, timezone.now() - timedelta(days=days))
    if recording.state == Recording.State.PROCESSING:
        mix = Mix.objects.filter(recording=recording, withdrawn_at__isnull=True).first()
        rendering.run((mix or Mix.objects.create(recording=recording)).pk)


@transaction.atomic
def _record(
    people: dict[str, User], owner: User, title: str, audience: str, at: datetime
) -> Recording:
    parts = TUNES[title]()
    session = JamSession.objects.create(
        host=owner, title=title, audience="participants", created_at=at - timedelta(minutes=20),
        closed_at=at + timedelta(minutes=30),
    )  # fmt: skip
    start = 20 * 60_000.0
    seconds = len(parts[0].sound) / RATE
    recording = Recording.objects.create(
        session=session, owner=owner, title=title, audience=audience, created_at=at,
        state=Recording.State.PROCESSING, starts_at_ms=start, stops_at_ms=start + seconds * 1000,
    )  # fmt: skip
    for part in parts:
        player = people[part.player]
        Participant.objects.create(
            session=session, user=player, joined_at=session.created_at, came_at=session.created_at,
        )  # fmt: skip
        RecordingConsent.objects.create(
            recording=recording, user=player, answer=RecordingConsent.Answer.YES, asked_at=at,
            answered_at=at, text_version=recordings.CONSENT_TEXT,
        )  # fmt: skip
        _upload(Stem.objects.create(recording=recording, player=player), part, start)
    return recording


def _upload(stem: Stem, part: Part, start: float) -> None:
    """Send a stem as a browser does: five-second chunks, then what it is made of."""
    size = uploads.CHUNK_SECONDS * RATE
    frames = len(part.sound)
    pieces = [part.sound[first : first + size] for first in range(0, frames, size)]
    for number, piece in enumerate(pieces):
        data = pcm24(piece)
        uploads.store_chunk(stem, number, data, hashlib.sha256(data).hexdigest())
    Stem.objects.filter(pk=stem.pk).update(
        state=Stem.State.STORED, chunk_count=len(pieces), frames=frames, sample_rate=RATE,
        channels=1, clock=[[0, start], [frames, start + frames * 1000 / RATE]],
        gain=part.gain, pan=part.pan,
    )  # fmt: skip


def _band(people: dict[str, User]) -> None:
    """Found the demo's band, and let it have what its members have recorded."""
    slug, name, audience, genres, about = BAND
    owner, *others = (people[username] for username in IN_BAND)
    band = Band.objects.filter(slug=slug).first()
    if band is None:
        band = bands.found(owner, name=name, slug=slug, audience=audience)
        band.about, band.genres = about, genres
        for field in ("about", "genres", "photo", "links"):
            setattr(band, f"{field}_audience", audience)
        bands.replace_photo(band, clean_photo(emblem()).sizes["photo"])
        for other in others:
            members.accept(members.invite(band, owner, other), other)
        for seat in band.memberships.select_related("user"):
            members.describe(seat, plays=IN_BAND[seat.user.username], audience=audience)
        follows.follow(band, people["hazel-hammond"])
    Recording.objects.filter(owner=owner, title__in=BAND_PLAYS, band=None).update(band=band)
    JamSession.objects.filter(host=owner, title="Porch hours", band=None).update(band=band)


def _letters(one: User, other: User) -> None:
    conversation = messaging.conversation_between(one, other)
    authors = {one.username: one, other.username: other}
    for number, (name, text) in enumerate(LETTERS):
        ref = str(uuid.uuid5(NAMESPACE, str(number)))
        messaging.write(conversation, authors[name], text=text, ref=ref)
