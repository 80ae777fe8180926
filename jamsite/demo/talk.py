"""What is said and played from in the demo's rooms, and what is noted of it afterwards."""

import io
import uuid

from django.db import transaction

from accounts.models import User
from jamsite.demo.charts import chart
from privacy import consent
from privacy.consent import Channel
from sessions_app.models import JamSession
from sessions_app.services import chat, sheets, stays

NAMESPACE = uuid.UUID("0f5c6f0e-4f3c-4f0b-8f5f-9d6b7f1f2a31")
# host, title of the room; who said what
SAID = {
    ("lumen", "Porch hours"): [
        ("lumen", "We start in D. Capo where you like."),
        ("otis-upright", "I'm on the low string all evening, so take your time."),
    ],
    ("hazel-hammond", "Kitchen quartet"): [
        ("hazel-hammond", "Bridge twice tonight?"),
        ("brushwork", "Twice. I'll drop to brushes the second time."),
        ("lumen", "Chart is on the list, I moved the B7."),
    ],
}
# host, title of the room; who shared a chart, words with it, its name, what stands on it
SHARED = [
    (
        "hazel-hammond", "Kitchen quartet", "hazel-hammond", "For the stand, if you print.",
        "Two past midnight.pdf",
        (
            "Two past midnight", "F major, 132, swing; second ending without the tag",
            [
                ("A", ["Fmaj7", "Gm7  C7", "Fmaj7", "Cm7  F7"]),
                ("Bridge", ["Bm7b5", "E7", "Am7", "D7", "Gm7", "C7", "Fmaj7", "Gm7  C7"]),
            ],
        ),
    )
]  # fmt: skip
# host, title of the room: who added a song, title, key, tempo; who wrote which line of its chart
PLAYED = {
    ("lumen", "Porch hours"): [
        (
            "lumen", "Swallow in the gutter", "d-major", 96,
            [
                ("lumen", "[Verse]"),
                ("lumen", "[D]Swallow in the gutter with a [G]feather and a [D]straw"),
                ("otis-upright", "[Bm7]Built it up in April, in [Em7]May a little [A7]more"),
                ("lumen", "[Chorus]"),
                ("lumen", "| D | G | D | A7 |"),
            ],
        ),
        ("otis-upright", "Rain on tin", "g-major", 84, [("otis-upright", "| G | Em7 | C | D7 |")]),
    ],
    ("hazel-hammond", "Kitchen quartet"): [
        (
            "hazel-hammond", "Two past midnight", "f-major", 132,
            [
                ("hazel-hammond", "[Part A]"),
                ("hazel-hammond", "| Fmaj7 | Gm7 C7 | Fmaj7 | Cm7 F7 |"),
                ("hazel-hammond", "[Bridge]"),
                ("lumen", "| Bm7b5 | E7 | Am7 | D7 |"),
            ],
        ),
    ],
}  # fmt: skip
NOTES = [
    ("hazel-hammond", "Kitchen quartet", "brushwork", "Count-in: two bars, second one louder.")
]


def load(people: dict[str, User]) -> None:
    """Say and write what isn't there yet."""
    for (host, title), lines in SAID.items():
        room = _room(people[host], title)
        for n, (name, text) in enumerate(lines if room else []):
            chat.say(room, people[name], text=text, ref=_ref(host, title, "said", n))  # type: ignore[arg-type]
    _share_charts(people)
    for (host, title), songs in PLAYED.items():
        room = _room(people[host], title)
        if room is not None and not room.sheets.filter(is_notes=False).exists():
            for n, (name, song, key, tempo, lines) in enumerate(songs):
                about = {"title": song, "key": key, "tempo": tempo}
                _song(room, people, name, about, lines, _ref(host, title, "song", n))
    for host, title, name, text in NOTES:
        room = _room(people[host], title)
        if room is not None:
            _note(room, people[name], text, _ref(host, title, "notes", 0))


def _share_charts(people: dict[str, User]) -> None:
    for host, title, name, text, file, page in SHARED:
        room = _room(people[host], title)
        if room is not None:
            upload = io.BytesIO(chart(*page))
            ref = _ref(host, title, "shared", file)
            chat.share(room, people[name], upload=upload, name=file, text=text, ref=ref)


def _note(room: JamSession, by: User, text: str, ref: str) -> None:
    notes = sheets.notes_of(room)
    if not notes.lines.exists():
        sheets.write_line(notes, by, ref=ref, version=0, text=text, after=None)


def afterwards(people: dict[str, User]) -> None:
    """Have some of those who played agree that it is noted for how long, and note it."""
    for n, name in enumerate(("lumen", "otis-upright")):
        if not consent.has(people[name], stays.KEY):
            consent.give(people[name], stays.KEY, channel=Channel.SETTINGS)
        over = JamSession.objects.filter(
            closed_at__isnull=False, participants__user=people[name],
            participants__inside_seconds__isnull=True,
        )  # fmt: skip
        for session in over:
            stays.note(session, people[name], (42 - 7 * n) * 60)


@transaction.atomic
def _song(
    room: JamSession,
    people: dict[str, User],
    name: str,
    about: dict[str, object],
    lines: list[tuple[str, str]],
    ref: str,
) -> None:
    song = sheets.add_song(room, people[name], ref=ref, **about)  # type: ignore[arg-type]
    after = None
    for n, (author, text) in enumerate(lines):
        line = str(uuid.uuid5(NAMESPACE, f"{ref}:{n}"))
        sheets.write_line(song, people[author], ref=line, version=0, text=text, after=after)
        after = line


def _room(host: User, title: str) -> JamSession | None:
    rooms = JamSession.objects.filter(host=host, title=title, closed_at__isnull=True)
    return next((room for room in rooms if room.is_open), None)


def _ref(*parts: object) -> str:
    return str(uuid.uuid5(NAMESPACE, ":".join(map(str, parts))))
