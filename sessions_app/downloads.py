"""What saved sound is called, and what is written into it, as far as who saves it may know."""

from typing import Any

from django.conf import settings

from accounts.identity.queries import naming, shown_person
from accounts.profile.faces import Faces
from foundation.addresses import absolute
from foundation.tagging import Tags
from privacy.gate.viewer import Viewer
from privacy.sharing.media import Download
from sessions_app import cover, lists, queries, titles
from sessions_app.models import Mix, Recording, Stem


def of_mix(mix: Mix, viewer: Viewer) -> Download | None:
    """Return name and tags of a mix: title, and all players whom the viewer may know."""
    recording = _seen(mix.recording_id, viewer)
    if recording is None:
        return None
    faces = Faces(viewer)
    players = [faces.of(credit.player) for credit in recording.credits]
    return _download(recording, tuple(player.name for player in players), mix.peaks)


def of_stem(stem: Stem, viewer: Viewer) -> Download | None:
    """Return name and tags of one player's sound; None where they didn't agree to it.

    It names nobody whom a deny rule keeps apart from who saves it.
    """
    recording = _seen(stem.recording_id, viewer)
    if recording is None or not may_save(stem, viewer):
        return None
    row = naming(Stem.objects.filter(pk=stem.pk), viewer, "player").get()
    player = shown_person(row, "player")
    names = (Faces(viewer).of(player).name,) if player else ()
    return _download(recording, names, stem.peaks)


def may_save(stem: Stem, viewer: Viewer) -> bool:
    """Return whether a stem that the viewer hears may be saved: their own, or with a yes to it."""
    return stem.others_may_save or stem.player_id == viewer.user_id


def _seen(key: int, viewer: Viewer) -> Any:
    rows = queries.recordings(viewer).filter(pk=key)
    return next(iter(lists.with_players(rows, viewer)), None)


def _download(recording: Any, players: tuple[str, ...], peaks: Any) -> Download:
    named = shown_person(recording, "owner") or recording.owner_id is None
    title = titles.of_recording(recording.title if named else "")
    tags = Tags(
        title=title,
        artists=players,
        day=recording.created_at.date(),
        album=str(settings.SITE_NAME),
        url=absolute(Recording.get_absolute_url(recording)),
        cover=cover.draw(peaks),
    )
    return Download(f"{title} – {', '.join(players)}" if players else title, tags)
