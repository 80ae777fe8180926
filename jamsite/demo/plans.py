"""What is planned in the demo world: days ahead, by the wall clock of where its host lives."""

from datetime import time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from privacy import consent
from sessions_app.models import JamSession
from sessions_app.services import latency, rsvps, sessions
from sessions_app.wall_time import moment_of

# host, title, days ahead, hour, zone, what it says; who answers what: the third waits for a seat
PLANNED: list[tuple[str, str, int, int, str, dict[str, Any], list[tuple[str, str, str]]]] = [
    (
        "hazel-hammond", "Thursday standards", 3, 20, "Europe/London",
        {
            "about": "Three tunes, four choruses each. Charts are in the chat.",
            "welcome": "Headphones, please, and a cable instead of Wi-Fi. We start on time.",
            "genre": "jazz", "tempo": 132, "key": "f-major", "minutes": 90,
            "recording_wish": "wanted", "seats": ["double-bass", "drums", "voice"],
        },
        [
            ("otis-upright", "going", "double-bass"), ("brushwork", "going", "drums"),
            ("lumen", "going", "double-bass"), ("pelagia", "maybe", ""),
        ],
    ),
    (
        "saoirse-reel", "Slow session", 5, 19, "Europe/Dublin",
        {
            "about": "Reels at walking pace. Nobody is left behind.",
            "welcome": "New here? Come in, listen to one round, then join the next.",
            "genre": "celtic", "tempo": 90, "key": "d-major", "minutes": 60, "approval": True,
            "weekly": True, "recording_wish": "none",
        },
        [("lumen", "going", "acoustic-guitar")],
    ),
]  # fmt: skip


# Who agreed that the delay between them is remembered, and the round trip in milliseconds.
NEAR = [
    ("lumen", "hazel-hammond", 30), ("lumen", "otis-upright", 44), ("lumen", "saoirse-reel", 90)
]  # fmt: skip


def load(people: dict[str, User]) -> None:
    """Plan what isn't planned yet, and have people answer; remember how near some are."""
    for one, other, trip in NEAR:
        for name, partner in ((one, other), (other, one)):
            consent.give(people[name], latency.PURPOSE, channel=consent.Channel.SETTINGS)
            latency.note(people[name], people[partner], trip)
    for host, title, days, hour, zone, says, answers in PLANNED:
        if not JamSession.objects.filter(host=people[host], title=title).exists():
            _plan(people, host, title, days, hour, zone, says, answers)


@transaction.atomic
def _plan(
    people: dict[str, User],
    host: str,
    title: str,
    days: int,
    hour: int,
    zone: str,
    says: dict[str, Any],
    answers: list[tuple[str, str, str]],
) -> None:
    day = timezone.localdate() + timedelta(days=days)
    made = sessions.open_session(
        people[host], title=title, audience="public", zone=zone,
        starts_at=moment_of(day, time(hour), zone), **says,
    )  # fmt: skip
    for name, said, instrument in answers:
        rsvps.answer(made, people[name], said, instrument=instrument)
