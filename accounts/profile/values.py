"""The plain values in which pages and the API show what people tell of themselves."""

from typing import Any
from urllib.parse import urlsplit

from accounts.profile.models import Profile
from accounts.profile.services.photos import SIZES
from accounts.profile.vocabulary import INSTRUMENTS, Level, country_name
from privacy.gate.viewer import Viewer
from privacy.sharing.media import url_for


def photo_urls(profile: Profile, viewer: Viewer) -> dict[str, Any]:
    """Return the addresses of a photo in its sizes, and as a `srcset`; empty ones without any."""
    urls = {
        column: url_for(profile, column, viewer) for column in SIZES if getattr(profile, column)
    }
    sources = [f"{url} {SIZES[column]}w" for column, url in urls.items()]
    return {
        "photo_url": urls.get("photo"),
        "photo_middle_url": urls.get("photo_middle", urls.get("photo")),
        "photo_small_url": urls.get("photo_small", urls.get("photo")),
        "photo_srcset": ", ".join(sources) if len(sources) > 1 else "",
    }


def instruments(profile: Any) -> list[dict[str, Any]]:
    """Return what somebody plays; `profile` is of `queries.shown_profiles`."""
    return [
        {
            "slug": instrument.instrument,
            "name": str(INSTRUMENTS[instrument.instrument]),
            "level": instrument.level,
            "level_name": str(Level(instrument.level).label),
        }
        for instrument in profile.instruments
        if instrument.instrument in INSTRUMENTS
    ]


def place(profile: Profile) -> dict[str, Any] | None:
    """Return the country and the town of a profile, or None where nothing is told."""
    if not profile.country:
        return None
    country = country_name(profile.country)
    return {
        "country": profile.country,
        "country_name": country,
        "town": profile.town,
        "words": f"{profile.town}, {country}" if profile.town else country,
    }


def link_name(url: str) -> str:
    """Return an address as people read it: host and path, without what machines add."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    name = f"{(parts.hostname or '').removeprefix('www.')}{path}"
    return name if len(name) <= 40 else f"{name[:39]}…"
