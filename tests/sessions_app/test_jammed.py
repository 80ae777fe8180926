"""Having jammed with somebody is kept from real sessions: a finished mix held the sound of both."""

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import JammedWith
from sessions_app.models import Mix, Participant, Recording, Stem
from sessions_app.services import mixing, rendering
from tests.cast import Cast


@pytest.fixture
def studio(monkeypatch: Any, tmp_path: Path) -> None:
    """Rendering with the sound left out: files of two bytes, everything around them real."""
    files = {kind: tmp_path / kind for kind in mixing.SUFFIXES}
    for path in files.values():
        path.write_bytes(b"la")
    made = SimpleNamespace(files=files, duration_ms=1000.0, start_ms=0.0)
    monkeypatch.setattr(rendering, "render", lambda *args, **options: made)
    monkeypatch.setattr(rendering, "peaks", lambda path: {"min": [], "max": []})
    monkeypatch.setattr(rendering, "_input", lambda *args: None)
    monkeypatch.setattr(rendering, "workshop", lambda: nullcontext(tmp_path))


def mix_of(take: Recording) -> Mix:
    """Order a new mix in place of the one that the cast has."""
    Mix.objects.filter(recording=take).update(withdrawn_at=timezone.now())
    return Mix.objects.create(recording=take)


def played_together() -> set[tuple[str, str]]:
    rows = JammedWith.objects.values_list("person__username", "partner__username")
    return {(one, other) for one, other in rows}


@pytest.mark.clause("who-sees")
@pytest.mark.promise("VJ-31")
def test_only_those_whose_sound_is_in_a_finished_mix_have_jammed(cast: Cast, studio: None) -> None:
    take = cast.recordings["public"]
    Participant.objects.get_or_create(session=take.session, user=cast["stranger"])
    mix = mix_of(take)
    assert played_together() == set()  # being in one room, and recording, is not enough
    rendering.run(mix.pk)
    mix.refresh_from_db()
    assert mix.status == Mix.Status.DONE
    # `former` took their sound back before, `stranger` was in the room and played nothing.
    assert played_together() == {("owner", "participant"), ("participant", "owner")}
    rendering.run(mix.pk)
    assert JammedWith.objects.count() == 2
    Stem.objects.filter(recording=take, player=cast["participant"]).update(state="withdrawn")
    assert len(played_together()) == 2  # taking sound back later doesn't undo it


def test_a_mix_that_was_withdrawn_on_its_way_ties_nobody(cast: Cast, studio: None) -> None:
    take = cast.recordings["public"]
    mix = mix_of(take)
    Stem.objects.filter(recording=take).update(state="withdrawn")
    rendering.run(mix.pk)
    assert played_together() == set()
    assert Recording.objects.filter(pk=take.pk).exists()
