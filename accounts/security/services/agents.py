"""What a sign-in tells of its machine, in words: browser, system, device, app, rough place.

No outside service is asked. The place is the time zone that the browser names itself, and, where
the operator put a database of addresses (GEOIP_DATABASE), the town or country it knows.
"""

import functools
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.http import HttpRequest

LONGEST = 60  # characters of any of the words
ZONE_FIELD = "zone"  # hidden field of the forms that people come in by
ZONE_HEADER, APP_HEADER = "X-Time-Zone", "X-App-Version"  # of clients that are no browsers


def words_of(request: HttpRequest, address: str) -> dict[str, str]:
    """Return what the request says of its machine; what it doesn't say is left out."""
    words = {
        **_of_agent(request.headers.get("User-Agent", "")),
        "app": _plain(request.headers.get(APP_HEADER, "")),
        "zone": zone_of(request),
        "place": place_of(address),
    }
    return {key: value for key, value in words.items() if value}


def zone_of(request: HttpRequest) -> str:
    """Return the time zone that the form, the app, or an earlier step of this sign-in named."""
    given: Any = (
        request.POST.get(ZONE_FIELD)
        or request.headers.get(ZONE_HEADER)
        or request.session.get(ZONE_FIELD, "")
    )
    return given if given in _zones() and "/" in given else ""


def region(words: dict[str, str]) -> str:
    """Return the rough place in words: the town of the operator's database, or the zone's."""
    if words.get("place"):
        return words["place"]
    area, _, town = words.get("zone", "").partition("/")
    if not town or area == "Etc":
        return ""
    return f"{town.rpartition('/')[2].replace('_', ' ')}, {area}"


def machine(words: dict[str, str]) -> str:
    """Return one line: "Firefox 128 on Ubuntu"."""
    browser = words.get("app") or words.get("browser", "")
    system = words.get("device") or words.get("system", "")
    if browser and system:
        return f"{browser} · {system}"
    return browser or system


def place_of(address: str) -> str:
    """Return town and country of an address from the operator's database, or nothing."""
    reader = _reader(settings.GEOIP_DATABASE)
    if reader is None:
        return ""
    try:
        place: Any = reader.get(address)
    except ValueError:
        return ""
    if not isinstance(place, dict):
        return ""
    names = [place.get(part, {}).get("names", {}).get("en", "") for part in ("city", "country")]
    return _plain(", ".join(name for name in names if name))


def _of_agent(agent: str) -> dict[str, str]:
    from ua_parser import parse  # noqa: PLC0415  (its patterns take 0.25 s to load)

    result = parse(agent[:500])
    browser, system, device = result.user_agent, result.os, result.device
    names = {}
    if browser is not None:
        names["browser"] = _plain(f"{browser.family} {browser.major or ''}")
    if system is not None:
        names["system"] = _plain(f"{system.family} {system.major or ''}")
    if device is not None and not device.family.startswith("Generic"):
        names["device"] = _plain(device.family)
    return names


def _plain(text: str) -> str:
    """Return printable text, short: it is shown, and anybody may send anything."""
    return "".join(character for character in text if character.isprintable()).strip()[:LONGEST]


@functools.cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


@functools.cache
def _reader(path: str) -> Any:
    if not path:
        return None
    import maxminddb  # noqa: PLC0415  (where an operator has a file alone)

    return maxminddb.open_database(path)
