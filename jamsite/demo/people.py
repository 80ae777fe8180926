"""Who lives in the demo world, and how they look: portraits are drawn, nobody is depicted."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw

EDGE = 640
SCALE = 2  # drawn larger, then made smaller: smooth edges
Colour = tuple[int, int, int]
Pen = ImageDraw.ImageDraw


@dataclass(frozen=True)
class Person:
    username: str
    plays: str
    status: str
    bio: str
    status_audience: str
    bio_audience: str
    photo_audience: str
    sky: Colour
    ground: Colour
    ink: Colour
    motif: Callable[[Pen, Colour], None] | None = None
    stage_name: str = ""
    instruments: tuple[tuple[str, int], ...] = ()
    genres: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    place: tuple[str, str] = ("", "")  # country and town
    links: tuple[str, ...] = ()
    roles: tuple[str, ...] = ("musician",)
    public: tuple[str, ...] = ()  # further fields that anybody sees
    open_hours: int = 0  # open to jam from when the world is made
    findable: bool = True

    @property
    def email(self) -> str:
        return f"{self.username.partition('-')[0]}@demo.example"


def _strings(pen: Pen, ink: Colour) -> None:
    """Six strings over a sound hole."""
    edge, middle = EDGE * SCALE, EDGE * SCALE // 2
    hole = edge // 4
    pen.ellipse([middle - hole, middle - hole, middle + hole, middle + hole], fill=(38, 24, 18))
    for ring in range(3):
        out = hole + 18 + ring * 26
        pen.arc([middle - out, middle - out, middle + out, middle + out], 0, 360, ink, 7)
    for string in range(6):
        place = middle + (string - 2.5) * edge / 14
        pen.line([place, 0, place, edge], fill=(244, 232, 208), width=4 + string)


def _keys(pen: Pen, ink: Colour) -> None:
    """A keyboard seen from above."""
    edge = EDGE * SCALE
    wide = edge / 7
    for key in range(7):
        box = [key * wide + 6, edge * 0.42, (key + 1) * wide - 6, edge + 40]
        pen.rounded_rectangle(box, radius=22, fill=(247, 243, 232))
    for key in (1, 2, 4, 5, 6):
        middle = key * wide
        box = [middle - wide * 0.29, edge * 0.42, middle + wide * 0.29, edge * 0.76]
        pen.rounded_rectangle(box, radius=16, fill=ink)


def _scroll(pen: Pen, ink: Colour) -> None:
    """The scroll of an upright bass."""
    edge = EDGE * SCALE
    points = []
    for step in range(36, 260, 2):
        angle, reach = step / 24, 30 + step * 1.55
        points.append((edge * 0.5 + reach * math.cos(angle), edge * 0.47 + reach * math.sin(angle)))
    pen.line(points, fill=ink, width=52, joint="curve")


def _rings(pen: Pen, ink: Colour) -> None:
    """A cymbal."""
    edge, middle = EDGE * SCALE, EDGE * SCALE // 2
    for ring in range(14):
        out = edge * 0.42 - ring * edge * 0.028
        shade = tuple(min(255, part + ring * 7) for part in ink)
        pen.ellipse([middle - out, middle - out, middle + out, middle + out], fill=shade)
    pen.ellipse([middle - 22, middle - 22, middle + 22, middle + 22], fill=(40, 34, 30))


def _hills(pen: Pen, ink: Colour) -> None:
    """Hills, and a sun that is either rising or setting."""
    edge = EDGE * SCALE
    pen.ellipse([edge * 0.56, edge * 0.16, edge * 0.8, edge * 0.4], fill=(255, 226, 150))
    for hill in range(4):
        shade = tuple(int(part * (1 - hill * 0.17)) for part in ink)
        ridge = [
            (x, edge * (0.52 + hill * 0.11) - 70 * math.sin(x / edge * (5 + hill) + hill * 1.7))
            for x in range(0, edge + 20, 20)
        ]
        pen.polygon([*ridge, (edge, edge), (0, edge)], fill=shade)


def _waves(pen: Pen, ink: Colour) -> None:
    """One wave after the other."""
    edge = EDGE * SCALE
    for row in range(11):
        shade = tuple(min(255, part + row * 9) for part in ink)
        line = [
            (x, edge * (0.1 + row * 0.08) + (18 + row * 5) * math.sin(x / 95 + row * 0.8))
            for x in range(-20, edge + 40, 12)
        ]
        pen.line(line, fill=shade, width=16 + row * 2, joint="curve")


def portrait(person: Person) -> BytesIO:
    """Draw a person's picture: a sky that turns into ground, and what they play."""
    edge = EDGE * SCALE
    column = Image.new("RGB", (1, edge))
    for y in range(edge):
        part = y / edge
        mixed = zip(person.sky, person.ground, strict=True)
        column.putpixel((0, y), tuple(round(a + (b - a) * part) for a, b in mixed))
    picture = column.resize((edge, edge))
    if person.motif is not None:
        person.motif(ImageDraw.Draw(picture), person.ink)
    out = BytesIO()
    picture.resize((EDGE, EDGE), Image.Resampling.LANCZOS).save(out, "PNG")
    out.seek(0)
    return out


def emblem() -> BytesIO:
    """Draw the picture of the demo's band: a lamp over a porch, at dusk."""
    edge = EDGE * SCALE
    column = Image.new("RGB", (1, edge))
    for y in range(edge):
        part = y / edge
        mixed = zip((24, 30, 58), (214, 120, 72), strict=True)
        column.putpixel((0, y), tuple(round(a + (b - a) * part) for a, b in mixed))
    picture = column.resize((edge, edge))
    pen = ImageDraw.Draw(picture)
    for ring in range(12):
        out = edge * (0.36 - ring * 0.026)
        shade = tuple(min(255, part + ring * 14) for part in (120, 76, 62))
        box = [edge / 2 - out, edge * 0.34 - out, edge / 2 + out, edge * 0.34 + out]
        pen.ellipse(box, fill=shade)
    pen.polygon([(0, edge * 0.74), (edge / 2, edge * 0.6), (edge, edge * 0.74), (edge, edge),
                 (0, edge)], fill=(30, 22, 26))  # fmt: skip
    for post in (0.14, 0.38, 0.62, 0.86):
        pen.rectangle([edge * post - 14, edge * 0.7, edge * post + 14, edge], fill=(94, 58, 44))
    pen.rectangle([0, edge * 0.9, edge, edge], fill=(58, 36, 32))
    out_file = BytesIO()
    picture.resize((EDGE, EDGE), Image.Resampling.LANCZOS).save(out_file, "PNG")
    out_file.seek(0)
    return out_file


PEOPLE = [
    Person(
        "lumen", "guitar and harp", "Nylon on weekdays, steel on Sundays.",
        "Two guitars, one harp, no car. I like tunes that leave room for somebody else.",
        "public", "public", "public", (244, 178, 96), (150, 74, 48), (92, 44, 30), _strings,
        stage_name="Lumen & the Long Way Home",
        instruments=(("classical-guitar", 4), ("acoustic-guitar", 3), ("harp", 2)),
        genres=("folk", "singer-songwriter", "celtic"), languages=("en", "de"),
        place=("DE", "Leipzig"), links=("https://lumen.example/", "https://music.example/lumen"),
        roles=("musician", "teacher"), open_hours=5,
        public=("stage_name", "instruments", "genres", "links", "place"),
    ),
    Person(
        "hazel-hammond", "keys", "Looking for a bass player who hates Mondays too.",
        "Electric piano, organ when the neighbours are out. Mostly jazz, always in the kitchen.",
        "public", "members", "public", (38, 50, 88), (196, 104, 124), (32, 28, 44), _keys,
        instruments=(("electric-piano", 4), ("organ", 3)), genres=("jazz", "soul", "funk"),
        languages=("en", "fr"), place=("GB", "Sheffield"), public=("instruments", "genres"),
    ),
    Person(
        "otis-upright", "bass", "Slow is a tempo.",
        "Forty years of low notes. I show up on time and leave last.",
        "members", "public", "public", (226, 208, 174), (122, 70, 40), (84, 40, 22), _scroll,
        stage_name="Otis Upright",
        instruments=(("double-bass", 4), ("bass-guitar", 3)), genres=("jazz", "swing", "blues"),
        languages=("en", "nl"), place=("NL", "Utrecht"), roles=("musician", "teacher", "parent"),
        open_hours=48, public=("stage_name", "instruments"),
    ),
    Person(
        "brushwork", "drums", "",
        "Brushes, frame drum, kitchen table. I count in quietly.",
        "members", "members", "members", (62, 66, 74), (24, 26, 30), (168, 128, 52), _rings,
        instruments=(("drums", 3), ("frame-drum", 2)), genres=("jazz", "fusion", "lo-fi"),
        languages=("en", "tr"), place=("TR", "Izmir"), findable=False,
    ),
    Person(
        "saoirse-reel", "whistle", "Learning the ones with four flats.",
        "Whistles in every key but yours. Ask me for a reel and clear an hour.",
        "public", "public", "members", (250, 190, 140), (92, 150, 150), (44, 110, 86), _hills,
        stage_name="Saoirse Reel", instruments=(("whistle", 3), ("flute", 2), ("voice", 1)),
        genres=("celtic", "folk"), languages=("en", "ga"), place=("IE", "Galway"),
        roles=("musician", "student"), open_hours=24, public=("instruments", "genres"),
    ),
    Person(
        "pelagia", "pads and weather", "Recording the harbour again.",
        "Synthesisers and tide tables. Long notes, short titles.",
        "public", "members", "public", (14, 34, 62), (20, 92, 110), (26, 96, 128), _waves,
        instruments=(("synthesizer", 4), ("sampler", 3)), genres=("ambient", "electronic", "dub"),
        languages=("en", "el", "it"), place=("GR", "Pátra"),
        links=("https://pelagia.example/tides",), public=("instruments", "links"),
    ),
]  # fmt: skip
