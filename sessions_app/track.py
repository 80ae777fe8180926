"""A room's backing track: where it stands on the session's clock, and who may hear it.

A track is a recording of the site, its mix or some of its stems, which each browser fetches for
itself and plays by the clock (`frontend/jam/track/`). What is kept is where it stands, in Valkey,
for as long as somebody is in the room. Contract: docs/realtime.md.
"""

from typing import Any

from django.utils.translation import gettext as _

from foundation import limits
from foundation.sockets import Refused
from privacy.gate.access import visible
from privacy.gate.viewer import Viewer
from sessions_app.frames import Track
from sessions_app.models import Mix, Recording, Stem

BEGINS_IN = 500  # ms from a start to its first sound: everybody has been told by then
TOLD_BEFORE = 300  # ms before a track that runs is changed
SHORTEST_LOOP = 500  # ms

State = dict[str, Any]


def mix_for(viewer: Viewer, recording: str | None, stems: list[str]) -> Mix | None:
    """Return the mix of a track (also where it is stems); None for who may not hear all of it."""
    mixes = visible(Mix, viewer).filter(recording__public_id=recording or "")
    heard = visible(Recording, viewer).filter(state=Recording.State.READY).values("pk")
    mix = mixes.filter(recording__in=heard).only("public_id", "recording", "duration_ms").first()
    if mix is None or mix.duration_ms is None:
        return None
    if stems:
        sound = visible(Stem, viewer).filter(recording=mix.recording_id, state=Stem.State.ALIGNED)
        if sound.filter(public_id__in=stems).count() != len(set(stems)):
            return None
    return mix


def check(viewer: Viewer, frame: Track) -> int:
    """Return how long the track of a frame is, in ms.

    Raises Refused for one that its sender may not hear, for one that is too long, and for a loop
    that isn't in it.
    """
    mix = mix_for(viewer, frame.recording, frame.stems)
    if mix is None:
        raise Refused("missing", _("There is no such recording that you can hear."))
    duration = int(mix.duration_ms or 0)
    if duration > limits.TRACK_SECONDS * 1000:
        said = _("A backing track is at most %(n)d minutes long. Choose a shorter recording.")
        raise Refused("length", said % {"n": limits.TRACK_SECONDS // 60})
    if frame.loop is not None:
        begin, end = frame.loop
        if end > duration or end - begin < SHORTEST_LOOP:
            said = _("A loop lies within the track and is at least half a second long.")
            raise Refused("refused", said)
    return duration


def position_at(track: State, now: float) -> float:
    """Return where in its sound a track is at a session time, in ms.

    Before it begins (`from`) it is where it begins; in a loop it goes round, else it stays at its
    end.
    """
    gone: float = max(0.0, now - track["from"]) * track["tempo"] / 100 if track["playing"] else 0.0
    place: float = track["position"] + gone
    if track["loop"] is not None:
        begin, end = map(float, track["loop"])
        return place if place < end else begin + (place - begin) % (end - begin)
    return min(place, float(track["duration"]))


def track_of(frame: Track, duration: int, now: float, before: State | None) -> State:
    """Return the track that a frame asks for, with `from` (session ms) and `rev`.

    Without a `position` it goes on where it is, which a change of tempo doesn't move. `rev` counts
    the changes: of two that cross on their way the greater holds.
    """
    wish: State = frame.model_dump()
    same = before is not None and before["recording"] == frame.recording
    runs = before is not None and same and before["playing"]
    # What comes after a pause, or is another track, is told first and begins then.
    wish["from"] = now + (TOLD_BEFORE if runs else BEGINS_IN)
    if frame.position is None:
        wish["position"] = position_at(before, wish["from"]) if before and same else 0.0
    if wish["loop"] is not None and wish["position"] >= wish["loop"][1]:
        wish["position"] = wish["loop"][0]
    wish["position"] = min(wish["position"], duration)
    return {**wish, "duration": duration, "rev": before["rev"] + 1 if before else 1}


def gone(before: State | None) -> State:
    """Return what is kept of a track that was taken away: that it is newer than what was."""
    return {"recording": None, "rev": before["rev"] + 1 if before else 1}
