"""What templates are given: plain values, the same names on every page."""

from collections import Counter
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.identity.queries import shown_person
from accounts.profile.faces import Faces
from accounts.profile.vocabulary import GENRES, INSTRUMENTS
from foundation.addresses import absolute, path_of
from privacy.gate.viewer import Viewer
from privacy.sharing.media import save_url_for, url_for
from privacy.sharing.previews import Preview
from sessions_app import titles
from sessions_app.downloads import may_save
from sessions_app.models import Mix, Stem
from sessions_app.models.latency import Grade
from sessions_app.permissions import OPEN

LATENCY = {grade.value: {"key": grade.name.lower(), "words": grade.label} for grade in Grade}
SOUND = ("audio_url", "aac_url", "peaks_url", "refresh_url")


def recording_card(recording: Any, viewer: Viewer, faces: Faces) -> dict[str, Any]:
    """Return what a list shows of a recording (from `queries.listed`)."""
    owner = shown_person(recording, "owner")
    title = recording.title if owner or recording.owner is None else ""
    return {
        **sound(recording, next(iter(recording.in_force), None), viewer),
        "public_id": recording.public_id,
        "title": titles.of_recording(title),
        "url": recording.get_absolute_url(),
        "owner": faces.of(owner) if owner else None,
        **band_chip(recording),
        "players": [faces.of(credit.player) for credit in getattr(recording, "credits", [])],
        "duration_ms": recording.duration_ms,
        "audience": recording.audience,
        "state": recording.state,
        "created_at": recording.created_at,
    }


def band_chip(row: Any) -> dict[str, str]:
    """Return the band whose thing this is, where the viewer may see the band."""
    band = row.of_band or {}
    return {
        "band_name": band.get("name", ""),
        "band_url": path_of("band", band["slug"]) if band else "",
    }


def sound(recording: Any, mix: Mix | None, viewer: Viewer) -> dict[str, Any]:
    """Return the addresses that a player needs; all None while there is no mix."""
    if mix is None:
        return dict.fromkeys(SOUND)
    return {
        "audio_url": url_for(mix, "opus", viewer),
        "aac_url": url_for(mix, "aac", viewer) if mix.aac else None,
        "peaks_url": path_of("recording_peaks", recording.public_id),
        "refresh_url": path_of("recording_audio", recording.public_id),
    }


def recording_page(recording: Any, viewer: Viewer, faces: Faces) -> dict[str, Any]:
    """Return what the recording's own page shows."""
    mix = next(iter(recording.in_force), None)
    return {
        **recording_card(recording, viewer, faces),
        "download_url": save_url_for(mix, "flac", viewer) if mix else None,
        "download_aac_url": save_url_for(mix, "aac", viewer) if mix and mix.aac else None,
        "is_owner": viewer.is_member and recording.owner_id == viewer.user_id,
        "progress": 0,
    }


def stem_row(stem: Stem, viewer: Viewer, faces: Faces) -> dict[str, Any]:
    """Return one player's sound (from `queries.stems_of`); nameless behind a deny rule."""
    player = shown_person(stem, "player")
    return {
        "player": faces.of(player) if player else None,
        "label": player.username if player else _("A player you can't see"),
        "audio_url": url_for(stem, "flac", viewer),
        "save_url": save_url_for(stem, "flac", viewer) if may_save(stem, viewer) else None,
        "peaks_url": path_of("stem_peaks", stem.public_id),
        "mine": stem.player_id == viewer.user_id,
    }


def recording_preview(recording: Any) -> Preview:
    """Return what link previews tell of a recording that anybody may hear."""
    owner = shown_person(recording, "owner")
    author_path = path_of("profile", owner.username) if owner else ""
    theirs = owner is not None or recording.owner is None  # whose words aren't shown either
    title = titles.of_recording(recording.title if theirs else "")
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "MusicRecording",
        "name": title,
        "url": absolute(recording.get_absolute_url()),
        "datePublished": recording.created_at.date().isoformat(),
    }
    if recording.duration_ms:
        data["duration"] = f"PT{recording.duration_ms / 1000:.1f}S"
    if owner:
        url = absolute(author_path)
        data["byArtist"] = {"@type": "Person", "name": owner.username, "url": url}
    return Preview(
        title=title,
        text=_("A recording on %(site)s. Listen without an account.")
        % {"site": settings.SITE_NAME},
        path=recording.get_absolute_url(),
        author=owner.username if owner else "",
        author_path=author_path,
        kind="music.song",
        data=data,
    )


def session_preview(session: Any) -> Preview:
    """Return what link previews tell of a session that anybody may find."""
    host = shown_person(session, "host")
    return Preview(
        title=titles.of_session(session, host),
        text=_("A jam session on %(site)s.") % {"site": settings.SITE_NAME},
        path=session.get_absolute_url(),
        author=host.username if host else "",
        author_path=path_of("profile", host.username) if host else "",
    )


def session_card(session: Any, faces: Faces) -> dict[str, Any]:
    """Return what a list shows of a session (from `queries.sessions`, best `with_inside`)."""
    host = shown_person(session, "host")
    theirs = host is not None or session.host is None  # who is leaving takes their words along
    return {
        "public_id": session.public_id,
        "title": titles.of_session(session, host),
        "about": session.about if theirs else "",
        "url": session.get_absolute_url(),
        "host": faces.of(host) if host else None,
        **band_chip(session),
        "player_count": session.player_count,
        "audience": session.audience,
        "is_open": session.is_open,
        "is_live": session.is_live,
        "is_standing": session.is_standing,
        "is_locked": session.is_locked,
        "asks_first": session.asks_first,
        "inside": [faces.of(peer) for peer in getattr(session, "inside", [])],
        "closes_at": session.closes_at,
        "kept_until": session.kept_until,
        "created_at": session.created_at,
        "latency": LATENCY.get(session.latency or 0),
        **plan_card(session, theirs=theirs),
    }


def plan_card(session: Any, *, theirs: bool) -> dict[str, Any]:
    """Return what a session is for and when; `theirs`: its host's words may be shown."""
    free = Counter(session.seats)
    free.subtract(slug for slug in session.taken if slug in free)
    return {
        "is_coming": session.is_coming,
        "is_over": session.is_over,
        "is_cancelled": session.cancelled_at is not None,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "opens_at": session.opens_at,
        "wall_time": session.clock,
        "wall_zone": session.zone.replace("_", " "),
        "minutes": session.minutes,
        "genre": str(GENRES.get(session.genre, "")),
        "tempo": session.tempo,
        "key": session.get_key_display(),
        "welcome": session.welcome if theirs else "",
        "recording_wish": session.recording_wish,
        "recording_wish_words": session.get_recording_wish_display(),
        "approval": session.approval,
        "weekly": session.weekly,
        "wanted": [str(INSTRUMENTS[slug]) for slug, number in free.items() if number > 0],
    }


def findable_card(session: Any, viewer: Viewer, faces: Faces) -> dict[str, Any]:
    """Return what the page for finding shows of a session (from `finding`, `with_seated`)."""
    seated = [
        {
            "face": faces.of(seat.user),
            "instrument": str(INSTRUMENTS.get(seat.instrument or "", "")),
        }
        for seat in session.seated
    ]
    card = session_card(session, faces)
    return {
        **card,
        "seated": seated,
        "free": free_of(session),
        "action": action_of(session, viewer),
    }


def free_of(session: Any) -> int:
    """Return how many seats are free: of those wanted, or places in the room."""
    in_room: int = max(0, session.room_places - int(session.player_count))
    if not session.seats:
        return in_room
    return min(in_room, (Counter(session.seats) - Counter(session.taken)).total())


def action_of(session: Any, viewer: Viewer) -> dict[str, str] | None:
    """Return the one thing to do with a session from a list, none that would be refused.

    `words`, `url`, and `how`: "post" for a seat that is taken at once.
    """
    if not viewer.is_member or viewer.real is not None:
        return None
    here = session.get_absolute_url()
    room = path_of("room", session.public_id)
    if session.has_seat:
        return _action(_("Enter the room"), room) if session.is_open else None
    if session.is_removed or session.is_locked or session.audience not in OPEN:
        return None
    if session.starts_at is not None:
        return _action(_("See the seats"), here)
    if session.player_count >= session.room_places:
        return None
    join = path_of("join_jam", session.public_id)
    words = _("Ask to come in") if session.asks_first else _("Take a seat")
    return _action(words, join, how="post")


def _action(words: str, url: str, how: str = "link") -> dict[str, str]:
    return {"words": words, "url": url, "how": how}
