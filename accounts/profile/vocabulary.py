"""Words that people choose from about themselves: instruments, levels, genres, roles, languages.

What is stored are the slugs, which never change their meaning; names are translated when shown.
A slug that goes out of use stays here, or rows would name nothing.
"""

import functools
from collections.abc import Iterable, Mapping

from babel import Locale, UnknownLocaleError
from django.db.models import IntegerChoices, TextChoices
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, str | Promise]


def by_name(words: Words) -> list[tuple[str, str]]:
    """Return slugs with their names in the language that is active, by name."""
    return sorted(((slug, str(name)) for slug, name in words.items()), key=lambda pair: pair[1])


class Level(IntegerChoices):
    BEGINNER = 1, _("beginner")
    INTERMEDIATE = 2, _("intermediate")
    ADVANCED = 3, _("advanced")
    PROFESSIONAL = 4, _("professional")


class Role(TextChoices):
    """What somebody is here as; chosen freely, as many as fit, changed at any time."""

    MUSICIAN = "musician", _("Musician")
    TEACHER = "teacher", _("Teacher")
    STUDENT = "student", _("Student")
    PARENT = "parent", _("Parent")


INSTRUMENTS: Words = {
    "voice": _("Voice"),
    "acoustic-guitar": _("Acoustic guitar"),
    "electric-guitar": _("Electric guitar"),
    "classical-guitar": _("Classical guitar"),
    "bass-guitar": _("Bass guitar"),
    "double-bass": _("Double bass"),
    "ukulele": _("Ukulele"),
    "banjo": _("Banjo"),
    "mandolin": _("Mandolin"),
    "lute": _("Lute"),
    "oud": _("Oud"),
    "baglama": _("Bağlama"),
    "bouzouki": _("Bouzouki"),
    "sitar": _("Sitar"),
    "koto": _("Koto"),
    "harp": _("Harp"),
    "zither": _("Zither"),
    "kanun": _("Kanun"),
    "piano": _("Piano"),
    "electric-piano": _("Electric piano"),
    "organ": _("Organ"),
    "harpsichord": _("Harpsichord"),
    "synthesizer": _("Synthesizer"),
    "accordion": _("Accordion"),
    "harmonica": _("Harmonica"),
    "melodica": _("Melodica"),
    "bagpipes": _("Bagpipes"),
    "violin": _("Violin"),
    "viola": _("Viola"),
    "cello": _("Cello"),
    "kemenche": _("Kemençe"),
    "viola-da-gamba": _("Viola da gamba"),
    "flute": _("Flute"),
    "recorder": pgettext_lazy("the instrument", "Recorder"),
    "whistle": _("Tin whistle"),
    "ney": _("Ney"),
    "oboe": _("Oboe"),
    "clarinet": _("Clarinet"),
    "bassoon": _("Bassoon"),
    "saxophone": _("Saxophone"),
    "duduk": _("Duduk"),
    "didgeridoo": _("Didgeridoo"),
    "trumpet": _("Trumpet"),
    "flugelhorn": _("Flugelhorn"),
    "french-horn": _("French horn"),
    "trombone": _("Trombone"),
    "tuba": _("Tuba"),
    "drums": _("Drum kit"),
    "percussion": _("Percussion"),
    "frame-drum": _("Frame drum"),
    "cajon": _("Cajón"),
    "congas": _("Congas"),
    "djembe": _("Djembe"),
    "darbuka": _("Darbuka"),
    "tabla": _("Tabla"),
    "steelpan": _("Steelpan"),
    "handpan": _("Handpan"),
    "timpani": _("Timpani"),
    "vibraphone": _("Vibraphone"),
    "marimba": _("Marimba"),
    "turntables": _("Turntables"),
    "drum-machine": _("Drum machine"),
    "sampler": _("Sampler"),
    "live-coding": _("Live coding"),
    "theremin": _("Theremin"),
    "beatboxing": _("Beatboxing"),
}

GENRES: Words = {
    "afrobeat": _("Afrobeat"),
    "ambient": _("Ambient"),
    "baroque": _("Baroque"),
    "bluegrass": _("Bluegrass"),
    "blues": _("Blues"),
    "bossa-nova": _("Bossa nova"),
    "celtic": _("Celtic"),
    "chamber-music": _("Chamber music"),
    "choral": _("Choral"),
    "classical": _("Classical"),
    "contemporary": _("Contemporary classical"),
    "country": _("Country"),
    "cumbia": _("Cumbia"),
    "dance": _("Dance"),
    "drum-and-bass": _("Drum and bass"),
    "dub": _("Dub"),
    "early-music": _("Early music"),
    "electronic": _("Electronic"),
    "experimental": _("Experimental"),
    "film-music": _("Film music"),
    "flamenco": _("Flamenco"),
    "folk": _("Folk"),
    "free-improvisation": _("Free improvisation"),
    "funk": _("Funk"),
    "fusion": _("Fusion"),
    "game-music": _("Game music"),
    "gospel": _("Gospel"),
    "hip-hop": _("Hip hop"),
    "house": _("House"),
    "indian-classical": _("Indian classical"),
    "indie": _("Indie"),
    "jazz": _("Jazz"),
    "klezmer": _("Klezmer"),
    "latin": _("Latin"),
    "lo-fi": _("Lo-fi"),
    "maqam": _("Maqam"),
    "metal": _("Metal"),
    "musical-theatre": _("Musical theatre"),
    "noise": _("Noise"),
    "opera": _("Opera"),
    "pop": _("Pop"),
    "post-rock": _("Post-rock"),
    "punk": _("Punk"),
    "reggae": _("Reggae"),
    "rnb": _("R&B"),
    "rock": _("Rock"),
    "salsa": _("Salsa"),
    "samba": _("Samba"),
    "singer-songwriter": _("Singer-songwriter"),
    "ska": _("Ska"),
    "soul": _("Soul"),
    "swing": _("Swing"),
    "tango": _("Tango"),
    "techno": _("Techno"),
    "trip-hop": _("Trip hop"),
    "turkish-classical": _("Turkish classical"),
}

# Suggested, never asked: the field takes whatever words somebody has for themselves.
GENDERS = (_("woman"), _("man"), _("non-binary"), _("genderfluid"), _("agender"))

_FALLBACK = "en"


@functools.lru_cache(maxsize=16)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_FALLBACK)


@functools.cache
def language_codes() -> frozenset[str]:
    """Return the codes of languages that have a name in English: ISO 639, two or three letters."""
    return frozenset(
        code
        for code in map(str, _locale(_FALLBACK).languages)
        if code.isalpha() and len(code) in {2, 3} and code not in {"mul", "und", "zxx", "mis"}
    )


def language_name(code: str) -> str:
    """Return a language's name in the language of the page."""
    here = _locale(get_language() or _FALLBACK)
    return str(here.languages.get(code) or _locale(_FALLBACK).languages.get(code) or code)


def language_names() -> list[tuple[str, str]]:
    """Return all languages as (code, name), by name."""
    return _named(get_language() or _FALLBACK)


@functools.lru_cache(maxsize=16)
def _named(language: str) -> list[tuple[str, str]]:
    pairs = [(code, language_name(code)) for code in language_codes()]
    return sorted(pairs, key=lambda pair: pair[1].casefold())


def country_name(code: str) -> str:
    """Return a country's name in the language of the page."""
    here = _locale(get_language() or _FALLBACK)
    return str(here.territories.get(code) or _locale(_FALLBACK).territories.get(code) or code)


def names(words: Words, slugs: Iterable[str]) -> list[dict[str, str]]:
    """Return slugs with their names, for pages and the API; unknown ones are left out."""
    return [{"slug": slug, "name": str(words[slug])} for slug in slugs if slug in words]
