"""One table of who may do what to whose thing; every surface is held against it.

Things are named as in the cast: a recording by its audience, with `leaving-` before what belongs
to the person who is leaving. A role that isn't named gets the answer for missing things.
"""

Table = dict[str, set[str]]

MEMBERS = {"owner", "participant", "former", "stranger"}
EVERYBODY = MEMBERS | {"leaving", "anonymous"}
BOTH = {"owner", "participant"}

# recording of the cast → the roles that see it
RECORDINGS: Table = {
    "public": EVERYBODY,
    "participants": BOTH,
    "me": {"owner"},
    "leaving-public": {"participant"},
    "leaving-participants": {"participant"},
    "leaving-me": set(),
}
SESSIONS: Table = {
    "public": EVERYBODY,
    "participants": BOTH,
    "leaving-public": {"participant"},
    "leaving-participants": {"participant"},
    "leaving-me": {"participant"},
}
# planned session by its audience; the participant asked for a seat in the public one
PLANS: Table = {"public": EVERYBODY, "participants": {"owner"}}
# stem, as recording/player → the roles that hear it alone
STEMS: Table = {
    "public/owner": BOTH,
    "public/participant": BOTH,
    "public/former": set(),
    "participants/owner": BOTH,
    "participants/participant": BOTH,
    "participants/former": set(),
    "me/owner": {"owner"},
    "me/participant": {"participant"},
    "me/former": set(),
    "leaving-public/leaving": set(),
    "leaving-public/participant": {"participant"},
    "leaving-participants/leaving": set(),
    "leaving-participants/participant": {"participant"},
    "leaving-me/leaving": set(),
    "leaving-me/participant": {"participant"},
}
PEOPLE: Table = dict.fromkeys(sorted(MEMBERS), EVERYBODY) | {"leaving": set()}
# band by its audience; `owner` alone is in each, and doesn't say so to others
BANDS: Table = {"public": EVERYBODY, "members": MEMBERS, "band": {"owner"}}


def _only(table: Table, role_of: dict[str, set[str]]) -> Table:
    return {key: role_of.get(key, set()) for key in table}


def _among(table: Table, roles: set[str]) -> Table:
    return {key: who & roles for key, who in table.items()}


# (kind of thing, right) → thing → the roles that have it
RIGHTS: dict[tuple[str, str], Table] = {
    ("recording", "see"): RECORDINGS,
    ("recording", "keep"): _among(RECORDINGS, MEMBERS),
    ("recording", "own"): _only(RECORDINGS, {key: {"owner"} for key in list(RECORDINGS)[:3]}),
    ("recording", "withdraw"): _among(RECORDINGS, BOTH),
    ("recording", "retry"): _only(RECORDINGS, {}),  # none of them has failed
    ("session", "see"): SESSIONS,
    # The room of a host who is leaving is closed.
    ("session", "enter"): _only(SESSIONS, {"public": BOTH, "participants": BOTH}),
    # One of them is on the air, sent by its owner.
    ("session", "listen"): _only(SESSIONS, {"public": EVERYBODY}),
    ("session", "react"): _only(SESSIONS, {"public": MEMBERS}),
    ("session", "send"): _only(SESSIONS, {"public": {"owner"}}),
    ("session", "join"): _only(SESSIONS, {"public": MEMBERS}),
    ("session", "wait"): _among(SESSIONS, MEMBERS),
    ("session", "host"): _only(SESSIONS, {"public": {"owner"}, "participants": {"owner"}}),
    # What was said is for who was inside, whoever left since.
    ("session", "reread"): _among(SESSIONS, BOTH),
    ("session", "play from"): _among(SESSIONS, BOTH),
    ("sheet", "read"): {"owner": BOTH},
    ("chatline", "read"): {"owner": BOTH, "participant": BOTH},
    ("chatline", "delete"): {"owner": {"owner"}, "participant": {"participant"}},
    ("plan", "see"): PLANS,
    ("plan", "host"): {key: {"owner"} for key in PLANS},
    ("plan", "answer"): {"public": MEMBERS - {"owner"}, "participants": set()},
    ("plan", "answered"): {"public": {"participant"}, "participants": set()},
    ("rsvp", "decide"): {"participant": {"owner"}},
    ("invite", "revoke"): {"owner": {"owner"}, "leaving": set()},
    ("link", "open"): {"owner": EVERYBODY, "leaving": set(), "revoked": set()},
    # Nobody without an account is asked to sign in first.
    ("link", "take"): {"owner": MEMBERS | {"anonymous"}, "leaving": set(), "revoked": set()},
    ("stem", "hear"): STEMS,
    ("stem", "send"): {key: who & {key.split("/")[1]} for key, who in STEMS.items()},
    ("mix", "hear"): RECORDINGS,
    ("photo", "see"): {"public": EVERYBODY, "members": MEMBERS, "me": {"owner"}, "leaving": set()},
    ("person", "see"): PEOPLE,
    ("person", "meet"): _among(PEOPLE, MEMBERS),
    ("block", "undo"): {"owner": {"owner"}},
    ("mute", "undo"): {"owner": {"owner"}},
    ("follow", "end"): {"owner": {"owner"}},
    ("sharelink", "revoke"): {"owner": {"owner"}},
    ("conversation", "read"): {"owner-participant": BOTH, "participant-leaving": {"participant"}},
    ("recording", "unband"): _only(RECORDINGS, {}),  # none is a band's: see tests/bands
    ("session", "unband"): _only(SESSIONS, {}),
    ("band", "see"): BANDS,
    ("band", "follow"): _among(BANDS, MEMBERS),
    ("band", "belong"): _only(BANDS, {key: {"owner"} for key in BANDS}),
    ("band", "run"): _only(BANDS, {key: {"owner"} for key in BANDS}),
    ("bandmember", "change"): {"owner": {"owner"}},
    ("bandinvite", "answer"): {"participant": BOTH},
    ("bandfollow", "end"): {"stranger": {"owner", "stranger"}},
    ("request", "follow"): {"owner": {"owner"}, "leaving": set()},
    ("export", "fetch"): {"owner": {"owner"}, "leaving": {"leaving"}},
}


def seen_by(kind: str, right: str, role: str) -> set[str]:
    """Return the things of a kind that a role has this right to."""
    return {key for key, roles in RIGHTS[kind, right].items() if role in roles}


# What the owner of `tests/privacy/circle.py` shows: audience → who sees it. `player`, whose own
# sound or seat is in it, comes on top wherever it isn't for the owner alone.
_SIGNED_IN = {"player", "follower", "asker", "jammed", "member", "child", "guardian", "teacher",
              "coordinator", "classmate", "ward", "app"}  # fmt: skip
AUDIENCES: Table = {
    "public": {"owner", "anonymous", "holder"} | _SIGNED_IN,
    "link": {"owner", "holder"},
    "members": {"owner"} | _SIGNED_IN,
    "followers": {"owner", "follower"},
    "jammed": {"owner", "jammed"},
    "participants": {"owner"},
    "fans": {"owner"},  # of no band: nobody (for bands, see tests/bands/test_who_sees.py)
    "band": {"owner"},
    "me": {"owner"},
}
# The same of `ward`, who is a child: the guardian sees it all, the class what is shown to members;
# followers, people played with and whoever else sees nothing, whatever was chosen. What a child
# would show to anyone, or by a link, is for the class.
_CLASS = {"ward", "guardian", "teacher", "coordinator", "classmate"}
AUDIENCES_OF_A_CHILD: Table = {
    "public": _CLASS,
    "link": _CLASS,
    "members": _CLASS,
    "followers": {"ward", "guardian"},
    "jammed": {"ward", "guardian"},
    "participants": {"ward", "guardian"},
    "fans": {"ward", "guardian"},
    "band": {"ward", "guardian"},
    "me": {"ward", "guardian"},
}
