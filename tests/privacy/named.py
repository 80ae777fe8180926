"""Whom and what each answer names to whom, as the table of rights has it."""

from tests.privacy.expectations import seen_by
from tests.privacy.world import PHOTOS


def me(role: str) -> set[str]:
    """Every page links to one's own, and shows one's own face; of who is leaving only the name."""
    if role == "anonymous":
        return set()
    if role == "leaving":
        return {"@leaving"}
    photos = {f"photo:{key}" for key, name in PHOTOS.items() if name == role}
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


def on_air(key: str, role: str) -> set[str]:
    """Return what the page of a session's listeners names: nobody of the cast is inside."""
    return card(key, role) | me(role)


def said(key: str, role: str) -> set[str]:
    """Return what the page of a room's chat names: who said something, and each line.

    Every line here has a file, which is saved from the line's address; one's own has a button too.
    """
    lines = {"owner", "participant"} if key == "participants" else set()
    faces = set().union(*(face(name, role) for name in lines))
    title_of = {f"session:{key}"} | title("session", key)
    return title_of | me(role) | faces | {f"chatline:{name}" for name in lines}


def said_api(key: str, role: str) -> set[str]:
    """Return what the API's list of it names: lines, who said them, and where files are saved."""
    if key != "participants":  # nothing is said there
        return set()
    lines = {"owner", "participant"}
    authors = {f"@{name}" for name in lines}
    return {f"session:{key}"} | authors | {f"chatline:{name}" for name in lines}


def said_now(key: str, role: str) -> set[str]:
    """Return what the API answers whoever says something: their own line, with their own name."""
    return {"mark-said"}


def set_list(key: str, role: str) -> set[str]:
    songs = {"sheet:owner"} if key == "participants" else set()
    return {f"session:{key}"} | title("session", key) | me(role) | songs


def chart(key: str, role: str) -> set[str]:
    """The owner's song is of the session for participants."""
    return {"session:participants"} | title("session", "participants") | me(role)


def session_api(key: str, role: str) -> set[str]:
    host = set() if key.startswith("leaving") else {"@owner"}
    return {f"session:{key}"} | title("session", key) | host


def plan(key: str, role: str) -> set[str]:
    """Return what a page shows of a planned session: whose it is."""
    return {f"plan:{key}"} | face("owner", role)


def plan_page(key: str, role: str) -> set[str]:
    """The host alone sees who asks for a seat."""
    asks = {"rsvp:participant"} | face("participant", role)
    return plan(key, role) | me(role) | (asks if (key, role) == ("public", "owner") else set())


def plan_api(key: str, role: str) -> set[str]:
    return {f"plan:{key}", "@owner"}


def plan_file(key: str, role: str) -> set[str]:
    return {f"plan:{key}"}


def answers_api(key: str, role: str) -> set[str]:
    """A seat that was asked for is between who asked and the host."""
    return {"rsvp:participant"} if key == "public" and role in {"owner", "participant"} else set()


def own_answer(key: str, role: str) -> set[str]:
    return {"rsvp:participant"}


def coming(role: str) -> set[str]:
    return set().union(*(plan(key, role) for key in seen_by("plan", "see", role)))


def my_plans(role: str) -> set[str]:
    """Return the planned sessions that somebody hosts or asked for a seat in."""
    mine = {"owner": ("public", "participants"), "participant": ("public",)}.get(role, ())
    return set().union(*(plan(key, role) for key in mine))


def coming_api(role: str) -> set[str]:
    return set().union(*(plan_api(key, role) for key in seen_by("plan", "see", role)))


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
    return shown | (coming(role) if name == "owner" else set())


def room(key: str, role: str) -> set[str]:
    """Return what the room's page shows before its socket opens: it has no header, but oneself."""
    invited = {"invite:owner"} if role == "owner" and key == "participants" else set()
    oneself = me(role) - {f"@{role}"}
    return {f"session:{key}"} | title("session", key) | invited | oneself


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


def track(key: str, role: str) -> set[str]:
    """Return what a room's page is told of what it plays: title, mix, stems and their players."""
    heard = {one for one in seen_by("stem", "hear", role) if one.startswith(f"{key}/")}
    names = {f"mark-stage-{one.rpartition('/')[2]}" for one in heard}
    return {f"mix:{key}"} | title("title", key) | {f"stem:{one}" for one in heard} | names


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


def live(role: str) -> set[str]:
    return set().union(*(card(key, role) for key in seen_by("session", "see", role)))


def found_sessions(role: str) -> set[str]:
    """Return the live sessions as they are looked for: with who has a seat."""
    return live(role).union(*(players(key, role) for key in seen_by("session", "see", role)))


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
