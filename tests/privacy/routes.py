"""Every address of the site, placed. A new route fails `test_routes` until it stands here.

A `Surface` shows or changes one thing, a `Listing` shows many, `OWN` holds pages about oneself,
`school_routes` those of schools and parents, and `exempt` says why a route shows nobody's things.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.privacy import band_routes
from tests.privacy.expectations import seen_by
from tests.privacy.named import (
    answers_api,
    asked_to_join,
    band_api,
    band_page,
    chart,
    coming,
    coming_api,
    export_file,
    followed,
    found_by_harp,
    found_sessions,
    heard_api,
    invitation,
    kept,
    kept_by,
    live,
    live_api,
    me,
    mine,
    mine_api,
    mix_sound,
    my_plans,
    on_air,
    own_answer,
    person_api,
    photo,
    plan_api,
    plan_file,
    plan_page,
    profile_page,
    published,
    recording_api,
    recording_page,
    refreshed,
    room,
    said,
    said_api,
    said_now,
    session_api,
    session_page,
    set_list,
    stem_sound,
    talk,
    talks,
    to_be_found,
    track,
    without_sound,
)

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


# What somebody who is leaving may still do: take along what is theirs.
WHILE_LEAVING = {"export_download", "exports"}


MESSAGE = {"text": "new", "ref": "3f0e6f0c-5d1f-4c55-9f5e-0d6a1f6c1c11"}
LATER = {"title": "new", "about": "", "audience": "public", "time": "20:00", "zone": "UTC",
         "date": (timezone.localdate() + timedelta(days=9)).isoformat()}  # fmt: skip
CHUNK = b"mark-chunk"
SENT = {"Content-Type": "application/octet-stream",
        "X-Chunk-SHA256": hashlib.sha256(CHUNK).hexdigest()}  # fmt: skip
WHOLE = {"chunks": 1, "frames": 1, "sample_rate": 48000, "channels": 1, "clock": [[0, 0], [1, 1]]}

SURFACES = [
    Surface("recording", "recording", {"GET": Way("see", sign_in=False, shows=recording_page)}),
    Surface("recording_audio", "recording", {"GET": Way("see", sign_in=False, shows=refreshed)}),
    Surface("recording_track", "recording", {"GET": Way("see", sign_in=False, shows=track)}),
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
    Surface("listen", "session", {"GET": Way("listen", sign_in=False, shows=on_air)}),
    Surface("listen_live", "session", {"GET": Way("listen", sign_in=False)}),
    Surface("listen_beginning", "session", {"GET": Way("listen", sign_in=False)}),
    Surface("listen_part", "session", {"GET": Way("listen", sign_in=False)}),
    Surface("listen_segment", "session", {"GET": Way("listen", sign_in=False)}),
    Surface("react", "session", {"POST": Way("react", 302, data={"kind": "fire"})}),
    Surface("stream_parts", "session", {"GET": Way("send")}),
    Surface("stream_part", "session", {"PUT": Way("send", 422)}),  # nothing is no part
    Surface("join_jam", "session", {"POST": Way("join", 302)}),
    Surface("jam_audience", "session", {"POST": Way("host", 302, data={"audience": "public"})}),
    Surface("jam_who", "session", {"GET": Way("host")}),
    Surface("make_jam_link", "session", {"POST": Way("host", 302)}),
    Surface("keep_jam", "session", {"POST": Way("host", 302, data={"days": "1"})}),
    # Nobody of the cast waits: who may see the session is led to its page, who has a seat inside.
    Surface("wait_at_jam", "session", {"GET": Way("wait", 302), "POST": Way("wait", 302)}),
    Surface("answer_jam_offer", "session", {"POST": Way("wait", 302, data={"answer": "yes"})}),
    Surface("jam_door", "session", {"POST": Way("host", 302, data={"action": "lock"})}),
    Surface(
        "jam_person",
        "session",
        {"POST": Way("host", 302, data={"action": "remove", "person": "nobody"})},
    ),
    Surface("jam_songs", "session", {"GET": Way("play from", shows=set_list)}),
    Surface("jam_song", "sheet", {"GET": Way("read", shows=chart)}),
    Surface("jam_chat", "session", {"GET": Way("reread", shows=said)}),
    Surface("chat_file", "chatline", {"GET": Way("read")}),
    Surface("delete_chat_line", "chatline", {"POST": Way("delete", 302)}),
    Surface(
        "api_session_chat",
        "session",
        {
            "GET": Way("reread", shows=said_api),
            "POST": Way("reread", 201, data={"text": "mark-said"}, shows=said_now),
        },
    ),
    Surface("close_jam", "session", {"POST": Way("host", 302)}),
    Surface("delete_jam", "session", {"POST": Way("host", 302)}),
    Surface("make_invite", "session", {"POST": Way("host", 302)}),
    Surface("revoke_invite", "invite", {"POST": Way("revoke", 302)}),
    Surface(
        "api_session",
        "session",
        {
            "GET": Way("see", sign_in=False, shows=session_api),
            "PATCH": Way("host", data={"title": "new"}),
            "DELETE": Way("host", 204),
        },
    ),
    Surface("jam", "plan", {"GET": Way("see", sign_in=False, shows=plan_page)}),
    Surface("jam_calendar", "plan", {"GET": Way("see", sign_in=False, shows=plan_file)}),
    Surface("edit_jam", "plan", {"GET": Way("host"), "POST": Way("host", 302, data=LATER)}),
    Surface("cancel_jam", "plan", {"POST": Way("host", 302)}),
    Surface("open_jam", "plan", {"POST": Way("host", 302)}),
    Surface("answer_jam", "plan", {"POST": Way("answer", 302, data={"says": "maybe"})}),
    Surface("decide_rsvp", "rsvp", {"POST": Way("decide", 302, data={"decision": "accept"})}),
    Surface(
        "api_session",
        "plan",
        {
            "GET": Way("see", sign_in=False, shows=plan_api),
            "PATCH": Way("host", data={"title": "new"}),
            "DELETE": Way("host", 204),
        },
    ),
    Surface("api_session_answers", "plan", {"GET": Way("see", sign_in=False, shows=answers_api)}),
    Surface(
        "api_session_answer",
        "plan",
        {"GET": Way("answered", shows=own_answer), "PUT": Way("answer", data={"says": "maybe"})},
    ),
    Surface("api_session_cancel", "plan", {"POST": Way("host", 204)}),
    Surface("api_session_open", "plan", {"POST": Way("host", 204)}),
    Surface("api_session_decision", "rsvp", {"PATCH": Way("decide", data={"decision": "accept"})}),
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


LISTINGS = [
    Listing("home", lambda role: live(role) | published(role) | me(role) | my_plans(role)),
    Listing("jams", lambda role: live(role) | me(role) | coming(role)),
    Listing("find_jams", lambda role: found_sessions(role) | coming(role) | me(role)),
    Listing("planned_jams", lambda role: coming(role) | me(role)),
    Listing("planned_jams", lambda role: my_plans(role) | me(role), query="?mine=1"),
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
    Listing("api_sessions", coming_api, query="?planned=1"),
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
    "access_log": "GET",
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
    "calendar_settings": "GET",
    "direct_settings": "GET",
    "blocks": "GET",
    "mutes": "GET",
    "open_to_jam": "POST",
    "play_tonight": "POST",
    "followers": "GET",
    "sharing": "GET",
    "networks": "GET",
    "favourites_audience": "POST",
}

SOCKETS = {"jam-socket": ("session", "enter"), "messages-socket": ("conversation", "read")}
