"""The gate: who sees which recording, session, stem, mix, profile. One table, every question."""

from typing import Any

import pytest
from django.http import Http404

from accounts.models import Profile
from foundation.problems import Gone
from privacy.gate import access
from privacy.gate.viewer import Via, Viewer
from sessions_app.models import JamSession, Mix, Recording, Stem
from tests.cast import ROLES, Cast
from tests.privacy.expectations import RECORDINGS, SESSIONS


@pytest.mark.clause("who-sees")
@pytest.mark.promise("JK-11", "JK-34")
@pytest.mark.parametrize("role", ROLES)
def test_each_sees_what_the_table_says(cast: Cast, role: str) -> None:
    viewer = cast.viewer(role)
    seen = {
        name for name, recording in cast.recordings.items() if access.can_see(viewer, recording)
    }
    assert seen == {name for name, roles in RECORDINGS.items() if role in roles}
    sessions = {name for name, session in cast.sessions.items() if access.can_see(viewer, session)}
    assert sessions == {name for name, roles in SESSIONS.items() if role in roles}


@pytest.mark.parametrize("role", ROLES)
def test_lists_objects_and_fan_out_agree(cast: Cast, role: str) -> None:
    viewer = cast.viewer(role)
    for model in (Recording, JamSession, Stem, Mix):
        listed = set(access.visible(model, viewer).values_list("pk", flat=True))
        for row in model.objects.all():
            one_by_one = access.can_see(viewer, row)
            assert one_by_one == (row.pk in listed)
            if viewer.is_member:
                fanned_out = access.audience_of(row).filter(pk=viewer.user_id).exists()
                assert fanned_out == one_by_one, (model, row.pk)


def test_a_mix_is_seen_by_whoever_sees_its_recording(cast: Cast) -> None:
    for role in ROLES:
        viewer = cast.viewer(role)
        for name, recording in cast.recordings.items():
            mix = Mix.objects.get(recording=recording)
            assert access.can_see(viewer, mix) == (role in RECORDINGS[name]), (role, name)


def test_a_withdrawn_mix_is_seen_by_nobody(cast: Cast) -> None:
    Mix.objects.update(withdrawn_at="2026-01-01T00:00Z")
    for role in ROLES:
        assert not access.visible(Mix, cast.viewer(role)).exists()


def test_stems_are_heard_by_those_who_play_on_them(cast: Cast) -> None:
    def heard(role: str, name: str) -> set[str]:
        rows = access.visible(Stem, cast.viewer(role)).filter(recording=cast.recordings[name])
        return set(rows.values_list("player__username", flat=True))

    assert heard("owner", "public") == {"owner", "participant"}
    assert heard("participant", "public") == {"owner", "participant"}
    assert heard("stranger", "public") == set()
    assert heard("anonymous", "public") == set()
    assert heard("former", "public") == set()
    # "Only me" hides the others' sound, and leaves each player their own.
    assert heard("participant", "me") == {"participant"}
    # Who is leaving can't be heard by anybody.
    assert heard("participant", "leaving-public") == {"participant"}


def test_hidden_and_missing_are_one_answer(cast: Cast) -> None:
    stranger = cast.viewer("stranger")
    hidden = cast.recordings["participants"].public_id
    for public_id in (hidden, "1" * 22):
        with pytest.raises(Http404) as answer:
            access.get_visible_or_404(Recording, stranger, public_id=public_id)
        assert not isinstance(answer.value, Gone)


def test_a_profile_field_shows_itself_to_its_audience(cast: Cast) -> None:
    from accounts.profile.queries import profile_for

    profile = Profile.objects.get(user=cast["owner"])
    expected = {
        ("public", "anonymous"): True, ("public", "stranger"): True, ("public", "owner"): True,
        ("members", "anonymous"): False, ("members", "stranger"): True, ("members", "owner"): True,
        ("me", "anonymous"): False, ("me", "stranger"): False, ("me", "owner"): True,
    }  # fmt: skip
    for (audience, role), sees in expected.items():
        profile.bio_audience = audience
        profile.save()
        found: Any = profile_for(cast.viewer(role), "Owner")
        assert found.bio == ("mark-bio-owner" if sees else ""), (audience, role)


def test_a_leaving_person_looks_as_nobody(cast: Cast) -> None:
    assert cast.viewer("leaving").user_id is None


def test_whoever_looks_says_through_what(cast: Cast) -> None:
    """Of somebody who is leaving no key is left, and the surface is still told."""
    assert {via: Viewer.of(cast["owner"], via) for via in Via} == {
        via: Viewer(user_id=cast["owner"].pk, via=via) for via in Via
    }
    assert {via: Viewer.of(cast["leaving"], via) for via in Via} == {
        via: Viewer(user_id=None, via=via) for via in Via
    }
