"""Sessions, takes and stems from somebody's copy: their own sound alone, mixed anew.

Others' sound stays behind: they agreed to a mix elsewhere, not here. What came through a copy is
decoded to the last sample and encoded anew before it is stored.
"""

import math
import uuid
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.profile.vocabulary import GENRES, INSTRUMENTS
from foundation.moments import zones
from privacy.gate.audiences import Audience
from privacy.portability.export.values import HIDDEN
from privacy.portability.importing import Incoming, Result, files
from privacy.portability.importing.run import audience, moment, text_for
from sessions_app.models import (
    ChatLine,
    JamSession,
    Participant,
    Recording,
    RecordingConsent,
    Stem,
)
from sessions_app.models.planning import FASTEST, LONGEST, SHORTEST, SLOWEST
from sessions_app.models.recordings import LONGEST_MS
from sessions_app.models.sessions import LARGE_SEATS, SEATS
from sessions_app.services import chat, mixing
from sessions_app.shared_files.cleaning import NotShareable, clean
from sessions_app.vocabulary import Key

ELSEWHERE = "elsewhere"  # the wording that was shown is the other installation's


def bring_session(incoming: Incoming, row: dict[str, Any], result: Result) -> None:
    """Bring a hosted session, closed; who took part isn't here, so it is the host's alone."""
    if incoming.find(JamSession.objects.all(), row["public_id"]):
        result.there += 1
        return
    created = moment(row["created_at"]) or timezone.now()
    is_public = row["audience"] == Audience.PUBLIC
    session = JamSession.objects.create(
        public_id=incoming.id_for(row["public_id"]),
        host=incoming.user,
        title=text_for(JamSession, "title", row["title"]),
        about=text_for(JamSession, "about", row["about"]),
        audience=Audience.PUBLIC if is_public else Audience.PARTICIPANTS,
        created_at=created,
        closed_at=moment(row["closed_at"]) or created,
        **_plan(row),
    )
    Participant.objects.create(
        session=session, user=incoming.user, joined_at=created, came_at=created
    )
    result.made += 1


def _plan(row: dict[str, Any]) -> dict[str, Any]:
    """Return what a session was planned to be; what isn't of our words or limits stays behind."""
    places = _whole(row.get("places"), SEATS, LARGE_SEATS) or SEATS
    zone, genre, key = (str(row.get(name) or "") for name in ("zone", "genre", "key"))
    return {
        "starts_at": moment(row.get("starts_at")),
        "zone": zone if zone in zones() else "",
        "minutes": _whole(row.get("minutes"), SHORTEST, LONGEST),
        "genre": genre if genre in GENRES else "",
        "tempo": _whole(row.get("tempo"), SLOWEST, FASTEST),
        "key": key if key in Key.values else "",
        "welcome": text_for(JamSession, "welcome", row.get("welcome")),
        "places": places,
        "seats": [slug for slug in row.get("seats") or [] if slug in INSTRUMENTS][: places - 1],
    }


def _whole(value: Any, least: int, most: int) -> int | None:
    return value if isinstance(value, int) and least <= value <= most else None


def bring_recording(incoming: Incoming, row: dict[str, Any], result: Result) -> None:
    """Bring a take, as yet without sound: its stem comes next and orders a mix."""
    if incoming.find(Recording.objects.all(), row["public_id"]):
        result.there += 1
        return
    Recording.objects.create(
        public_id=incoming.id_for(row["public_id"]),
        owner=incoming.user,
        session=incoming.find(JamSession.objects.all(), row["session"]),
        title=text_for(Recording, "title", row["title"]),
        audience=audience(row["audience"]),
        state=Recording.State.FAILED,
        created_at=moment(row["created_at"]),
    )
    result.made += 1


def bring_stem(incoming: Incoming, row: dict[str, Any], result: Result) -> None:
    """Bring one's own sound; of a take that somebody else owns it becomes a take of one's own."""
    if incoming.find(Stem.objects.all(), row["public_id"]):
        result.there += 1
        return
    path = incoming.media(row["file"])
    if path is None:
        result.skip(_("stems without their sound"))
        return
    from sessions_app.audio import AudioError, peaks, remake  # noqa: PLC0415  (sound libraries)

    clean = path.with_name("stem.flac")
    try:
        info = remake(path, clean)
        drawn = peaks(clean)
    except (AudioError, ValueError):
        result.skip(_("stems whose sound can't be read"))
        return
    stem = Stem(
        public_id=incoming.id_for(row["public_id"]),
        recording=_take_of(incoming, row),
        player=incoming.user,
        state=Stem.State.ALIGNED,
        created_at=moment(row["created_at"]),
        frames=info.frames,
        sample_rate=info.sample_rate,
        channels=info.channels,
        start_ms=_within(row["start_ms"], 0.0, 1e12),
        drift_ppm=_within(row["drift_ppm"], 0.0, 500.0),
        slips=_slips(row.get("slips")),
        size=clean.stat().st_size,
        gain=abs(_within(row["gain"], 1.0, 16.0)),
        pan=_within(row["pan"], 0.0, 1.0),
        peaks=drawn,
    )
    stem.file = files.store(mixing.stem_file_name(stem), clean)
    stem.save()
    mixing.mix_again(stem.recording)
    result.made += 1


def _take_of(incoming: Incoming, row: dict[str, Any]) -> Recording:
    old = row["recording"] if row["recording"] not in (None, HIDDEN) else f"of {row['public_id']}"
    recording: Recording | None = incoming.find(Recording.objects.all(), old)
    return recording or Recording.objects.create(
        public_id=incoming.id_for(old),
        owner=incoming.user,
        audience=Audience.ME,
        created_at=moment(row["created_at"]),
    )


def _within(value: Any, default: float, limit: float) -> float:
    number = default if value is None else float(value)
    return number if math.isfinite(number) and abs(number) <= limit else default


def _slips(rows: Any) -> list[list[float]]:
    """What is a list of a few pairs of numbers stays; anything else says nothing."""
    try:
        slips = [[abs(int(frame)), abs(float(ms))] for frame, ms in (rows or [])[:2000]]
    except (TypeError, ValueError, OverflowError):
        return []
    return slips if sum(ms for _frame, ms in slips) < LONGEST_MS else []


def bring_consent(incoming: Incoming, row: dict[str, Any], result: Result) -> None:
    """Bring what the person answered for a take that came along."""
    recording = incoming.find(Recording.objects.all(), row["recording"])
    if recording is None:
        result.skip(_("answers about takes of others"))
        return
    _answer, new = RecordingConsent.objects.get_or_create(
        recording=recording,
        user=incoming.user,
        defaults={
            "answer": row["answer"],
            "asked_at": moment(row["asked_at"]),
            "answered_at": moment(row["answered_at"]),
            "text_version": ELSEWHERE,
        },
    )
    _count(result, new=new)


def bring_chat_line(incoming: Incoming, row: dict[str, Any], result: Result) -> None:
    """Bring what the person said in rooms of their own."""
    session = incoming.find(JamSession.objects.all(), row["session"])
    if session is None:
        result.skip(_("lines said in rooms of others"))
        return
    public_id = incoming.id_for(row["public_id"])
    if ChatLine.objects.filter(public_id=public_id).exists():
        result.there += 1
        return
    file = _chat_file(incoming, row, public_id, result)
    if not row["text"] and not file:
        return
    ChatLine.objects.create(
        public_id=public_id,
        session=session,
        author=incoming.user,
        ref=uuid.uuid5(uuid.NAMESPACE_OID, public_id),
        text=text_for(ChatLine, "text", row["text"]),
        created_at=moment(row["created_at"]),
        **file,
    )
    result.made += 1


def _chat_file(
    incoming: Incoming, row: dict[str, Any], public_id: str, result: Result
) -> dict[str, Any]:
    """Return a line's file, judged and cleaned as if it were shared now; nothing without one."""
    if not row.get("file"):
        return {}
    path = incoming.media(row["file"])
    try:
        if path is None:
            raise NotShareable
        with path.open("rb") as upload:
            cleaned = clean(upload, row.get("file_name") or path.name)
    except NotShareable:
        result.skip(_("files in rooms that can't be shared here"))
        return {}
    anew = path.with_name(f"shared.{cleaned.ending}")
    anew.write_bytes(cleaned.data)
    stored = files.store(f"{chat.FOLDER}/{public_id}.{cleaned.ending}", anew)
    return {"file": stored, **chat.told(cleaned)}


def _count(result: Result, *, new: bool) -> None:
    if new:
        result.made += 1
    else:
        result.there += 1
