"""Every address of the site, placed. A new route fails `test_routes` until it stands here.

A `Surface` shows or changes one thing, a `Listing` shows many, `OWN` holds pages about oneself,
`school_routes` those of schools and parents, and `exempt` says why a route shows nobody's things.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.privacy import band_routes
from tests.privacy.expectations import seen_by
from tests.privacy.world import PHOTOS

Names = Callable[[str, str], set[str]]  # (key, role) → things, marks and people in the answer


@dataclass(frozen=True)
class Way:
    """One method of a surface: the right it takes, and what who has it gets."""

    right: str
    ok: int = 200
    sign_in: bool = True
    data: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    shows: Names | None = None
    sound: Callable[[str, str], bytes] | None = None


@dataclass(frozen=True)
class Surface:
    """An address of one kind of thing."""

    route: str
    kind: str
    ways: Mapping[str, Way]

    @property
    def is_api(self) -> bool:
        return self.route.startswith("api_")


@dataclass(frozen=True)
class Listing:
    """An address that shows whatever the viewer may see."""

    route: str
    shows: Callable[[str], set[str]]
    query: str = ""
    sign_in: bool = False

    @property
    def name(self) -> str:
        return self.route + self.query


def me(role: str) -> set[str]:
    """Every page links to one's own, and shows one's own face; no photo of who is leaving."""
    if role == "anonymous":
        return set()
    photos = {f"photo:{key}" for key, name in PHOTOS.items() if name == role != "leaving"}
    return {f"@{role}", f"mark-stage-{role}"} | photos


def face(name: str, role: str) -> set[str]:
    """Return how somebody looks where they are named: stage names are for members."""
    photos = {f"photo:{key}" for key in seen_by("photo", "see", role) if PHOTOS[key] == name}
    stage = set() if role == "anonymous" else {f"mark-stage-{name}"}
    return {f"@{name}"} | stage | photos


def taken_with(key: str) -> str:
    """Return the session in which a recording of the cast was made."""
    return key if key.startswith("leaving") else "participants"


def players(key: str, role: str) -> set[str]:
    playing = ["participant"] if key.startswith("leaving") else ["owner", "participant"]
    return set().union(*(face(name, role) for name in playing))


def title(kind: str, key: str) -> set[str]:
    """Who is leaving takes their words along; the others' stay."""
    return set() if key.startswith("leaving") else {f"mark-{kind}-owner-{key}"}


def row(key: str, role: str) -> set[str]:
    """Return what a page's list shows of a recording: title, players, the address of its sound."""
    return {f"recording:{key}", f"mix:{key}"} | title("title", key) | players(key, role)


def row_api(key: str) -> set[str]:
    """Return what the API's list shows of a recording: title, owner and its sound."""
    owner = set() if key.startswith("leaving") else {"@owner"}
    return {f"recording:{key}", f"mix:{key}"} | title("title", key) | owner


def card(key: str, role: str) -> set[str]:
    """Return what a page shows of a session: title, and its host where there is one to show."""
    host = set() if key.startswith("leaving") else face("owner", role)
    return {f"session:{key}"} | title("session", key) | host


def recording_page(key: str, role: str) -> set[str]:
    stems = {f"stem:{one}" for one in seen_by("stem", "hear", role) if one.startswith(f"{key}/")}
    return (
        {f"recording:{key}", f"mix:{key}"}
        | title("title", key)
        | players(key, role)
        | stems
        | me(role)
    )


def recording_api(key: str, role: str) -> set[str]:
    return row_api(key)


def session_page(key: str, role: str) -> set[str]:
    shown = card(key, role) | players(key, role) | me(role)
    for take in seen_by("recording", "see", role):
        if taken_with(take) == key:
            shown |= row(take, role)
    if role == "owner" and key == "participants":
        shown.add("invite:owner")
    return shown


def session_api(key: str, role: str) -> set[str]:
    host = set() if key.startswith("leaving") else {"@owner"}
    return {f"session:{key}"} | title("session", key) | host


def told_of(name: str, role: str) -> set[str]:
    """Return what members see of a person, and what only they see of themselves."""
    if role == "anonymous":
        return set()
    marks = {f"mark-{what}-{name}" for what in ("bio", "status", "stage", "town")}
    return marks | ({f"mark-gender-{name}"} if role == name else set())


def person_api(name: str, role: str) -> set[str]:
    """Return what the API says of a person; a real name is in none of it."""
    shown = {f"photo:{key}" for key in seen_by("photo", "see", role) if PHOTOS[key] == name}
    return shown | told_of(name, role)


def profile_page(name: str, role: str) -> set[str]:
    shown = {f"photo:{key}" for key in seen_by("photo", "see", role) if PHOTOS[key] == name}
    shown |= me(role) | {f"@{name}"}
    shown |= told_of(name, role)
    for key in seen_by("recording", "see", role):
        if name == "participant" or (name == "owner" and not key.startswith("leaving")):
            shown |= row(key, role)
    if name in {"owner", "participant"}:
        theirs = seen_by("session", "see", role)
        if name == "owner":
            theirs = {key for key in theirs if not key.startswith("leaving")}
        for key in theirs:
            shown |= card(key, role)
    return shown


def room(key: str, role: str) -> set[str]:
    """Return what the room's page shows before its socket opens: it has no header."""
    invited = {"invite:owner"} if role == "owner" and key == "participants" else set()
    return {f"session:{key}"} | title("session", key) | invited


def kept_by(name: str, role: str) -> set[str]:
    return {f"@{name}"} | me(role)


def talk(key: str, role: str) -> set[str]:
    there = [name for name in key.split("-") if name != "leaving"]
    faces = set().union(*(face(name, role) for name in there)) if there else set()
    return {f"conversation:{key}", *(f"mark-message-{name}" for name in there)} | faces | me(role)


def band_api(key: str, role: str) -> set[str]:
    return {f"band:{key}"}


def band_page(key: str, role: str) -> set[str]:
    """The owner alone is in it, which they show to nobody else."""
    return me(role) | ({"photo:me"} if role == "owner" else set())


def refreshed(key: str, role: str) -> set[str]:
    return {f"mix:{key}"}


def invitation(key: str, role: str) -> set[str]:
    again = {"invite:owner"} if role == "anonymous" else set()  # back here after signing in
    return {"mark-session-owner-participants"} | again | me(role)


def followed(key: str, role: str) -> set[str]:
    return {f"request:{key}", f"mark-request-{key}"} | me(role)


def export_file(key: str, role: str) -> bytes:
    return f"mark-export-{key}".encode()


def stem_sound(key: str, role: str) -> bytes:
    return f"mark-sound-{key.split('/')[1]}".encode()


def photo(key: str, role: str) -> bytes:
    return f"mark-photo-{PHOTOS[key]}".encode()


def mix_sound(key: str, role: str) -> bytes:
    theirs = key.startswith("leaving")
    names = ["leaving", "participant"] if theirs else ["owner", "participant", "former"]
    return " ".join(f"mark-mix-{name}" for name in names).encode()


MESSAGE = {"text": "new", "ref": "3f0e6f0c-5d1f-4c55-9f5e-0d6a1f6c1c11"}
CHUNK = b"mark-chunk"
SENT = {"Content-Type": "application/octet-stream",
        "X-Chunk-SHA256": hashlib.sha256(CHUNK).hexdigest()}  # fmt: skip
WHOLE = {"chunks": 1, "frames": 1, "sample_rate": 48000, "channels": 1, "clock": [[0, 0], [1, 1]]}

SURFACES = [
    Surface("recording", "recording", {"GET": Way("see", sign_in=False, shows=recording_page)}),
    Surface("recording_audio", "recording", {"GET": Way("see", sign_in=False, shows=refreshed)}),
    Surface("recording_peaks", "recording", {"GET": Way("see", sign_in=False)}),
    Surface("recording_audience", "recording", {"POST": Way("own", 302, data={"audience": "me"})}),
    Surface("recording_who", "recording", {"GET": Way("own")}),
    Surface("make_recording_link", "recording", {"POST": Way("own", 302)}),
    Surface("rename_recording", "recording", {"POST": Way("own", 302, data={"title": "new"})}),
    Surface("withdraw_stem", "recording", {"POST": Way("withdraw", 302)}),
    Surface("share_stem", "recording", {"POST": Way("withdraw", 302)}),
    Surface("delete_recording", "recording", {"POST": Way("own", 302)}),
    Surface("mix_again", "recording", {"POST": Way("retry", 302)}),
    Surface("favourite", "recording", {"POST": Way("keep", 302, data={"keep": "1"})}),
    Surface(
        "api_recording",
        "recording",
        {
            "GET": Way("see", sign_in=False, shows=recording_api),
            "PATCH": Way("own", data={"audience": "me"}),
            "DELETE": Way("own", 204),
        },
    ),
    Surface("stem_peaks", "stem", {"GET": Way("hear", sign_in=False)}),
    Surface("api_stem", "stem", {"GET": Way("send")}),
    # The cast's stems are whole already: a chunk more is a conflict, completing again is not.
    Surface("api_chunk", "stem", {"PUT": Way("send", 409, data=CHUNK, headers=SENT)}),
    Surface("api_complete", "stem", {"POST": Way("send", data=WHOLE)}),
    Surface("jam", "session", {"GET": Way("see", sign_in=False, shows=session_page)}),
    Surface("room", "session", {"GET": Way("enter", shows=room)}),
    Surface("join_jam", "session", {"POST": Way("join", 302)}),
    Surface("jam_audience", "session", {"POST": Way("host", 302, data={"audience": "public"})}),
    Surface("jam_who", "session", {"GET": Way("host")}),
    Surface("make_jam_link", "session", {"POST": Way("host", 302)}),
    Surface("keep_jam", "session", {"POST": Way("host", 302, data={"days": "1"})}),
    Surface("close_jam", "session", {"POST": Way("host", 302)}),
    Surface("delete_jam", "session", {"POST": Way("host", 302)}),
    Surface("make_invite", "session", {"POST": Way("host", 302)}),
    Surface("revoke_invite", "invite", {"POST": Way("revoke", 302)}),
    Surface(
        "api_session",
        "session",
        {"GET": Way("see", sign_in=False, shows=session_api), "DELETE": Way("host", 204)},
    ),
    Surface(
        "invite",
        "link",
        {
            "GET": Way("open", sign_in=False, shows=invitation),
            "POST": Way("take", 302, sign_in=False),
        },
    ),
    Surface("profile", "person", {"GET": Way("see", sign_in=False, shows=profile_page)}),
    Surface("api_person", "person", {"GET": Way("see", sign_in=False, shows=person_api)}),
    Surface("favourites_of", "person", {"GET": Way("see", sign_in=False, shows=kept_by)}),
    Surface("follow", "person", {"POST": Way("meet", 302, data={"follow": "1"})}),
    Surface("block", "person", {"POST": Way("meet", 302)}),
    Surface("band", "band", {"GET": Way("see", sign_in=False, shows=band_page)}),
    Surface("api_band", "band", {"GET": Way("see", sign_in=False, shows=band_api)}),
    *(
        Surface(route, kind, {method: Way(*rest) for method, *rest in ways})
        for route, kind, ways in band_routes.PLACED
    ),
    Surface("unblock", "block", {"POST": Way("undo", 302)}),
    Surface("mute", "person", {"POST": Way("meet", 302, data={"mute": "1"})}),
    Surface("unmute", "mute", {"POST": Way("undo", 302)}),
    Surface("change_follow", "follow", {"POST": Way("end", 302, data={"accept": "1"})}),
    Surface("revoke_link", "sharelink", {"POST": Way("revoke", 302)}),
    Surface(
        "conversation",
        "conversation",
        {"GET": Way("read", shows=talk), "POST": Way("read", 302, data=MESSAGE)},
    ),
    Surface("delete_message", "conversation", {"POST": Way("read", 302, data={"message": "x"})}),
    Surface("export_download", "export", {"GET": Way("fetch", sound=export_file)}),
    Surface("request", "request", {"GET": Way("follow", shows=followed)}),
    Surface("request_report", "request", {"GET": Way("follow")}),
    Surface("write_request", "request", {"POST": Way("follow", 302, data={"withdraw": "1"})}),
    Surface("media", "mix", {"GET": Way("hear", sign_in=False, sound=mix_sound)}),
    Surface("media", "stem", {"GET": Way("hear", sign_in=False, sound=stem_sound)}),
    Surface("media", "photo", {"GET": Way("see", sign_in=False, sound=photo)}),
]


def live(role: str) -> set[str]:
    return set().union(*(card(key, role) for key in seen_by("session", "see", role)))


def live_api(role: str) -> set[str]:
    return set().union(*(session_api(key, role) for key in seen_by("session", "see", role)))


def heard(role: str) -> set[str]:
    return set().union(*(row(key, role) for key in seen_by("recording", "see", role)))


def heard_api(role: str) -> set[str]:
    return set().union(*(row_api(key) for key in seen_by("recording", "see", role)))


def published(role: str) -> set[str]:
    """Return what is public; a player finds their own public takes even when the owner leaves."""
    theirs = row("leaving-public", role) if role == "participant" else set()
    return row("public", role) | theirs


def mine(role: str) -> set[str]:
    """Return the recordings that a person owns or plays on, and may see."""
    if role in {"owner", "participant"}:
        return heard(role)
    return row("public", role) if role == "former" else set()


def mine_api(role: str) -> set[str]:
    if role in {"owner", "participant"}:
        return heard_api(role)
    return row_api("public") if role == "former" else set()


def without_sound(names: set[str]) -> set[str]:
    return {name for name in names if not name.startswith("mix:")}


def talks(role: str) -> set[str]:
    """Return conversations with their last words: in both, `participant` can be heard last."""
    shown = seen_by("conversation", "read", role)
    last = {"mark-message-participant"} if shown else set()
    there = {name for key in shown for name in key.split("-") if name not in {"leaving", role}}
    stage = {f"mark-stage-{name}" for name in there}
    photos = {f"photo:{key}" for key in seen_by("photo", "see", role) if PHOTOS[key] in there}
    return {f"conversation:{key}" for key in shown} | last | stage | photos


def kept(role: str) -> set[str]:
    """Everybody keeps everything (the test sees to it), and sees of it what they may."""
    return heard(role)


def musician(name: str, role: str) -> set[str]:
    """Return what a list of musicians shows of one: the rest is for members."""
    shown = {f"@{name}"}
    shown |= {f"photo:{key}" for key in seen_by("photo", "see", role) if PHOTOS[key] == name}
    if role not in {"anonymous", "leaving"}:
        shown |= {f"mark-{what}-{name}" for what in ("status", "stage", "town")}
    return shown


def to_be_found(role: str) -> set[str]:
    """Return those of the world who want to be found; nobody finds themselves, or who leaves."""
    return set().union(*(musician(name, role) for name in {"owner", "participant"} - {role}))


def found_by_harp(role: str) -> set[str]:
    """The owner shows what they play to members, the participant to nobody."""
    return musician("owner", role) if role not in {"owner", "anonymous", "leaving"} else set()


def asked_to_join(role: str) -> set[str]:
    return {"bandinvite:participant"} if role == "participant" else set()


LISTINGS = [
    Listing("home", lambda role: live(role) | published(role) | me(role)),
    Listing("jams", lambda role: live(role) | me(role)),
    Listing("recordings", lambda role: published(role) | me(role)),
    Listing("recordings", lambda role: mine(role) | me(role), query="?mine=1"),
    Listing("find", lambda role: to_be_found(role) | me(role)),
    Listing("find", lambda role: found_by_harp(role) | me(role), query="?instrument=harp"),
    Listing("api_people", to_be_found),
    Listing("api_people", found_by_harp, query="?instrument=harp"),
    Listing("favourites", lambda role: kept(role) | me(role), sign_in=True),
    Listing("conversations", lambda role: talks(role) | me(role), sign_in=True),
    Listing(
        "exports",
        lambda role: {f"export:{k}" for k in seen_by("export", "fetch", role)} | me(role),
        sign_in=True,
    ),
    Listing("bands", lambda role: asked_to_join(role) | me(role)),
    Listing("api_bands", lambda role: {f"band:{key}" for key in seen_by("band", "see", role)}),
    Listing("api_sessions", live_api),
    Listing("api_recordings", lambda role: without_sound(heard_api(role))),
    Listing("api_recordings", lambda role: without_sound(mine_api(role)), query="?mine=1"),
]

# Pages about oneself: they address nothing and nobody else. Method → what a member gets.
OWN = {
    "settings": "GET",
    "account_settings": "GET",
    "change_username": "GET",
    "security_settings": "GET",
    "notification_settings": "GET",
    "privacy_home": "GET",
    "notices": "GET",
    "seen": "GET",
    "disclosures": "GET",
    "requests": "GET",
    "lift_restriction": "POST",
    "looks": "GET",
    "schools": "GET",
    "wards": "GET",
    "suspended": "GET",
    "edit_profile": "GET",
    "preview_bio": "POST",
    "consent": "GET",
    "usage": "GET",
    "confirm_by_mail": "GET",
    "sign_ins": "GET",
    "safety_log": "GET",
    "end_other_sign_ins": "POST",
    "held": "GET",
    "leave": "GET",
    "leave_cancel": "POST",
    "create_jam": "GET",
    "found_band": "GET",
    "api_me": "GET",
    "api_storage": "GET",
    "storage": "GET",
    "blocks": "GET",
    "mutes": "GET",
    "open_to_jam": "POST",
    "followers": "GET",
    "sharing": "GET",
    "networks": "GET",
    "favourites_audience": "POST",
}

SOCKETS = {"jam-socket": ("session", "enter"), "messages-socket": ("conversation", "read")}
