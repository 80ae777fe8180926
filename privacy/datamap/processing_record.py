"""The record of processing activities (GDPR article 30), read from the data map.

One activity for each purpose: what is held for it, about whom, on what ground, who receives it,
where, how long. The measures of article 32 are facts of this site's configuration, not promises.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone

from integrations import providers
from privacy import datamap
from privacy.datamap import BASES, CATEGORIES, PEOPLE, Held, Purpose


@dataclass(frozen=True)
class Activity:
    """One activity of the record; every list in words, without doubles."""

    purpose: str
    bases: list[str]
    data: list[str]
    categories: list[str]
    people: list[str]
    recipients: list[str]
    transfers: list[str]
    limits: list[str]


def controller() -> dict[str, str]:
    """Return who answers for the processing, as the site's settings state it."""
    return {
        "name": settings.OPERATOR_NAME,
        "contact": settings.CONTACT_EMAIL,
        "address": settings.SITE_URL,
        "region": settings.REGION,
        "drawn up": timezone.localdate().isoformat(),
        "map": datamap.fingerprint(),
    }


def activities() -> list[Activity]:
    """Return every activity, in the order in which purposes are declared."""
    return [
        activity for purpose in datamap.purposes() if (activity := _activity(purpose)) is not None
    ]


def _activity(purpose: Purpose) -> Activity | None:
    items = [item for item in datamap.held() if purpose.key in item.purposes]
    stores = [store for store in datamap.stores() if purpose.key in store.purposes]
    if not items and not stores:
        return None
    fields = [
        datamap.resolve(item, name)
        for item in items
        for name, field in item.fields.items()
        if field.personal
    ]
    categories = {field.category for field in fields} | {
        category for store in stores for category in store.categories
    }
    services = [
        provider for provider in providers.configured() if set(provider.categories) & categories
    ]
    to_people = any(PEOPLE in field.recipients for field in fields)
    return Activity(
        purpose=f"{purpose.name}: {purpose.text}",
        bases=_once(
            [
                *(str(BASES[field.basis]) for field in fields),
                *(str(BASES[store.basis]) for store in stores),
            ]
        ),
        data=_once([*(str(item.label) for item in items), *(str(store.label) for store in stores)]),
        categories=[f"{key} ({CATEGORIES[key]})" for key in sorted(categories)],
        people=_once([word for item in items for word in _people(item)]),
        recipients=[
            *(["the people somebody chose"] if to_people else []),
            *(f"{service.name}: {service.purpose}" for service in services),
        ],
        transfers=_once(
            [f"{service.name}: {service.region or 'not stated'}" for service in services]
        ),
        limits=_once(
            [
                *(f"{item.label}: {item.kept}" for item in items),
                *(f"{store.label}: {store.kept}" for store in stores),
            ]
        ),
    )


def _people(item: Held) -> Iterator[str]:
    """Yield whom a kind is about: members, and people without account where rows allow it."""
    yield "members"
    staff = {"staff", "recorded_by"} & set(item.fields)
    if staff or item.name == "admin.logentry":
        yield "staff"
    names = {column.name: column for column in item.model._meta.concrete_fields}
    owner: Any = names.get(item.subjects[0]) if item.subjects else None
    if owner is not None and owner.null and owner.related_model is get_user_model():
        yield "people without an account"


def measures() -> list[str]:
    """Return the security measures that this site's configuration shows to be in force."""
    hasher = settings.PASSWORD_HASHERS[0].rpartition(".")[2]
    sentences = [
        "One gate decides every look at data; hidden and missing are the same answer.",
        f"Passwords are kept as hashes ({hasher}).",
        "Media files have no public address: each address is signed, and asked of the gate again.",
        "Staff work in roles; each look at a person's data asks for a reason and is recorded.",
        f"Addresses of sign-ins are shortened after {settings.RETENTION_IP_DAYS} days.",
        "Logs hold no addresses, no names and no query strings.",
    ]
    if settings.SITE_URL.startswith("https://"):
        sentences.append("Transport is encrypted; browsers are told to insist on it.")
    return sentences


def as_csv() -> str:
    """Return the record as CSV (RFC 4180): facts of the controller first, then the activities."""
    out = io.StringIO()
    writer = csv.writer(out)
    for name, value in controller().items():
        writer.writerow([f"controller: {name}", _safe(value)])
    for measure in measures():
        writer.writerow(["security measure", _safe(measure)])
    writer.writerow([])
    writer.writerow(
        [
            "purpose",
            "legal basis",
            "data",
            "categories",
            "data subjects",
            "recipients",
            "places of recipients",
            "time limits",
        ]
    )
    for activity in activities():
        cells = [
            activity.bases,
            activity.data,
            activity.categories,
            activity.people,
            activity.recipients,
            activity.transfers,
            activity.limits,
        ]
        writer.writerow([_safe(activity.purpose), *(_safe("; ".join(cell)) for cell in cells)])
    return out.getvalue()


def _safe(value: str) -> str:
    """Keep spreadsheets from reading a cell as a formula."""
    return f"'{value}" if value[:1] in {"=", "+", "-", "@"} else value


def _once(words: list[str]) -> list[str]:
    return list(dict.fromkeys(words))
