"""The demo world: loaded once, whole, and never where people are at home."""

from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from allauth.account.models import EmailAddress
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.core.serializers import serialize
from django.test import Client

from accounts.models import Profile, User
from community.models import Favourite
from jamsite.demo import sound, tunes, world
from messaging.models import Conversation, Member, Message
from privacy.gate.access import can_see
from privacy.gate.viewer import NOBODY, Viewer
from schools.models import (
    ClassSeat,
    Enrolment,
    Guardianship,
    ParentalConsent,
    Partner,
    PartnerStaff,
    SchoolClass,
)
from sessions_app.audio import probe_audio
from sessions_app.models import (
    DirectChoice,
    JamSession,
    Mix,
    Participant,
    Recording,
    RecordingConsent,
    Rsvp,
    Stem,
    StreamConsent,
)

SOME = ("The long reel", "Night bus")
MODELS = [
    User, Profile, JamSession, Participant, Recording, RecordingConsent, Stem, Mix, Favourite,
    Conversation, Member, Message, Partner, PartnerStaff, SchoolClass, ClassSeat, Enrolment,
    ParentalConsent, Guardianship, Rsvp, DirectChoice, StreamConsent,
]  # fmt: skip


def everything() -> str:
    return "".join(serialize("json", model._default_manager.order_by("pk")) for model in MODELS)


@pytest.mark.django_db
def test_loading_twice_changes_nothing() -> None:
    world.load(SOME)
    first = everything()
    world.load(SOME)
    assert everything() == first
    heard = StreamConsent.objects.filter(yes=True).order_by("user__username")
    assert list(heard.values_list("user__username", flat=True)) == ["lumen", "otis-upright"]
    direct = DirectChoice.objects.filter(known=True).order_by("user__username")
    assert list(direct.values_list("user__username", flat=True)) == ["lumen", "otis-upright"]


@pytest.mark.django_db
def test_recordings_are_mixed_from_stems_and_seen_by_their_audience() -> None:
    world.load(SOME)
    reel, sketch = (Recording.objects.get(title=title) for title in SOME)
    assert (reel.state, sketch.state) == ("ready", "ready")
    assert [stem.state for stem in reel.stems.all()] == ["aligned"] * 3
    mix = reel.mixes.get(withdrawn_at=None)
    assert mix.status == "done"
    assert mix.peaks
    assert 15_000 < (mix.duration_ms or 0) < 25_000
    about = probe_audio(Path(default_storage.path(reel.stems.all()[0].file.name)))
    assert (about.sample_rate, about.channels) == (48_000, 1)
    looking = Viewer(User.objects.get(username="lumen").pk)
    assert can_see(looking, reel)
    assert not can_see(looking, sketch)
    assert not can_see(NOBODY, reel)


@pytest.mark.django_db
def test_what_is_planned_has_a_free_seat_and_somebody_who_waits() -> None:
    world.load(())
    trio = JamSession.objects.get(title="Thursday standards")
    assert trio.is_coming and trio.seats == ["voice", "double-bass", "drums"]
    states = Rsvp.objects.filter(session=trio).values_list("user__username", "state")
    assert dict(states) == {
        "otis-upright": "going", "brushwork": "going", "lumen": "waiting", "pelagia": "maybe",
    }  # fmt: skip
    slow = JamSession.objects.get(title="Slow session")
    assert (slow.weekly, [one.state for one in slow.rsvps.all()]) == (True, ["pending"])
    page = Client().get("/jam/planned/").content.decode()
    assert page.index("Thursday standards") < page.index("Slow session")
    assert "wanted: Voice" in page


@pytest.mark.django_db
def test_everybody_can_sign_in(monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setattr(world.load, "__defaults__", ((),))  # no music: that is tested above
    out = StringIO()
    call_command("demo", stdout=out)
    call_command("demo", "--tell", str(tmp_path / "told"))  # what `up` shows, and no line of a log
    assert (tmp_path / "told").read_text() == out.getvalue().rstrip("\n")
    assert world.PASSWORD in out.getvalue()
    assert max(map(len, out.getvalue().splitlines())) <= 76
    for user in User.objects.all():
        assert user.check_password(world.PASSWORD)
        assert EmailAddress.objects.filter(user=user, verified=True, primary=True).count() == 1
        assert user.username in out.getvalue()
    assert User.objects.filter(is_staff=True).count() == 1
    client = Client()
    given = {"login": "lumen@demo.example", "password": world.PASSWORD}
    assert client.post("/account/login/", given).status_code == 302
    assert client.get("/api/v1/me/").json()["username"] == "lumen"


@pytest.mark.django_db
def test_the_school_shows_its_children_to_those_who_answer_for_them() -> None:
    world.load(())
    one = Client()
    told = {}
    for name, path in (
        ("tomas-bowing", "/school/"), ("mara-brook", "/school/"), ("grete-linden", "/children/"),
        ("little-finch", "/@river-otter/"), ("lumen", "/@river-otter/"),
    ):  # fmt: skip
        one.post("/account/login/", {"login": name, "password": world.PASSWORD})
        told[name] = one.get(path, follow=True)
        one.logout()
    assert {name: answer.status_code for name, answer in told.items()} == {
        "tomas-bowing": 200, "mara-brook": 200, "grete-linden": 200, "little-finch": 200,
        "lumen": 404,
    }  # fmt: skip
    assert b"3 children" in told["tomas-bowing"].content
    assert b"little-finch" in told["grete-linden"].content
    assert b"river-otter" not in told["grete-linden"].content


def test_not_on_a_site_where_people_are_at_home(settings: Any) -> None:
    settings.DEVELOPMENT_PAGES = False
    with pytest.raises(CommandError, match="not on this site"):
        call_command("demo")


@pytest.mark.parametrize("title", tunes.TUNES)
def test_a_tune_is_music_of_a_fair_length(title: str) -> None:
    parts = tunes.TUNES[title]()
    assert 12 <= len(parts[0].sound) / sound.RATE <= 25
    assert len({part.player for part in parts}) == len(parts) <= 4
    for part in parts:
        assert len(part.sound) == len(parts[0].sound)
        assert np.isfinite(part.sound).all()
        assert np.abs(part.sound).max() <= 0.5 + 1e-9
        assert np.sqrt((part.sound**2).mean()) > 0.02


@pytest.mark.parametrize("instrument", [sound.pluck, sound.nylon, sound.harp, sound.bass,
                                        sound.electric_piano, sound.whistle])  # fmt: skip
def test_instruments_are_in_tune(instrument: Any) -> None:
    for name in ("E2", "A3", "D4", "E5"):
        pitch = sound.frequency(sound.midi(name))
        played = instrument(sound.midi(name), 2.5)
        spectrum = np.abs(np.fft.rfft(played * np.hanning(len(played)), 1 << 20))
        at = np.fft.rfftfreq(1 << 20, 1 / sound.RATE)
        near = (at > pitch * 0.94) & (at < pitch * 1.06)
        cents = 1200 * np.log2(at[near][spectrum[near].argmax()] / pitch)
        assert abs(cents) < 4
