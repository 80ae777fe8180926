"""The addresses of bands, for `routes`: route, kind, and (method, right, ok, sign in, data)."""

from typing import Any

BARE = {"sent": "1"}  # and nothing that the form asks for

PLACED: list[tuple[str, str, list[tuple[Any, ...]]]] = [
    ("recording_off_band", "recording", [("POST", "unband", 302)]),
    ("jam_off_band", "session", [("POST", "unband", 302)]),
    (
        "band_members",
        "band",
        [("GET", "belong"), ("POST", "run", 302, True, {"username": "former"})],
    ),
    ("follow_band", "band", [("POST", "follow", 302, True, {"follow": "1"})]),
    ("band_place", "band", [("POST", "belong", 302, True, {"audience": "public"})]),
    ("band_room", "band", [("POST", "belong", 302)]),
    ("leave_band", "band", [("POST", "belong", 302)]),
    ("edit_band", "band", [("GET", "run"), ("POST", "run", 422, True, BARE)]),
    ("end_band", "band", [("GET", "run"), ("POST", "run", 422, True, BARE)]),
    ("band_member", "bandmember", [("POST", "change", 302, True, {"role": "admin"})]),
    ("band_invite", "bandinvite", [("POST", "answer", 302)]),
    ("change_band_follow", "bandfollow", [("POST", "end", 302)]),
]
