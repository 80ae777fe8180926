"""What the policy tells of this very site: read from the data map and the configuration.

Each table is a list of rows of plain texts, the same for the page, the JSON, and comparisons.
"""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from integrations import providers as outside
from privacy import datamap
from privacy.consent import purposes as consented
from privacy.datamap import browser_storage

Row = dict[str, Any]


def data() -> list[Row]:
    """Return what is held about people in tables: one row a model."""
    return [
        {
            "label": str(item.label),
            "purposes": [str(datamap.PURPOSES[name]) for name in item.purposes],
            "basis": item.basis.value,
            "retention": str(item.kept),
            "erased": str(item.kept_because or item.erased_how or item.erase.value),
        }
        for item in datamap.held()
        if item.purposes
    ]


def stores() -> list[Row]:
    """Return the places that are no tables: files, queues, mail, logs."""
    return [
        {
            "label": str(item.label),
            "purposes": [str(datamap.PURPOSES[name]) for name in item.purposes],
            "where": str(item.where),
            "retention": str(item.kept),
            "erased": str(item.erased_how),
        }
        for item in datamap.stores()
    ]


def cookies() -> list[Row]:
    """Return the cookies that the site sets; the cookie page tells all that a browser keeps."""
    return [
        {"name": cookie.shown, "purpose": str(cookie.purpose), "lifetime": str(cookie.lifetime)}
        for cookie in browser_storage.kept()
        if cookie.kind == "cookie"
    ]


def purposes() -> list[Row]:
    """Return what data is used for, and which data serves each purpose."""
    rows = [*data(), *stores()]
    return [
        {
            "text": text,
            "data": list(dict.fromkeys(row["label"] for row in rows if text in row["purposes"])),
        }
        for text in map(str, datamap.PURPOSES.values())
    ]


def asks() -> list[Row]:
    """Return the words that consent rests on, by purpose, with their version."""
    return [
        {"key": purpose.key, "version": purpose.text.version, "words": str(purpose.text.words)}
        for purpose in consented.purposes()
    ]


def providers() -> list[Row]:
    """Return the outside services that this site is really configured with."""
    return [
        {
            "name": provider.name,
            "purpose": provider.purpose,
            "data": provider.data,
            "categories": list(provider.categories),
            "region": provider.region,
        }
        for provider in outside.configured()
    ]


def regions() -> list[Row]:
    """Return where data is stored and processed: here, and at each outside service."""
    here = {"what": _("This site: database, files, queues"), "region": settings.REGION}
    return [
        here,
        *({"what": provider["name"], "region": provider["region"]} for provider in providers()),
    ]


def facts() -> dict[str, Any]:
    """Return all that the page tells from the data map and the configuration of this site."""
    return {
        "region": settings.REGION,
        "operator": settings.OPERATOR_NAME,
        "contact": settings.CONTACT_EMAIL,
        "purposes": purposes(),
        "data": data(),
        "stores": stores(),
        "cookies": cookies(),
        "providers": providers(),
        "regions": regions(),
    }


def plain(rows: list[Row]) -> list[Row]:
    """Return rows as text alone, cookies without the prefix that HTTPS gives them."""
    return [
        {
            name: value if isinstance(value, list) else str(value).removeprefix("__Host-")
            for name, value in row.items()
        }
        for row in rows
    ]
