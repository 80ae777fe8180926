"""The right-to-know report: what was collected in the twelve months before a request, with values,
where it came from, what for, and who received each kind (CCPA § 1798.110 and § 1798.130).

Everything comes from the data map, the rows and the record of disclosures; nothing is kept.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField
from django.db.models.fields.files import FieldFile
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from privacy import datamap
from privacy.datamap import Held
from privacy.gate.access import visible
from privacy.gate.viewer import Viewer
from privacy.portability.export.values import plain
from privacy.staff_access.models import Disclosure, LegalDisclosure
from privacy.subject_requests.deadlines import months_later
from privacy.subject_requests.models import Request

SHOWN = 5  # values of each field on the page; the file has all
BATCH = 500
DATES = ("created_at", "at", "joined_at", "asked_at", "created", "date_joined")


@dataclass
class Category:
    """One category of the report."""

    key: str
    label: str | Promise = ""
    fields: list[dict[str, Any]] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)
    purposes: set[str] = field(default_factory=set)
    received_by: dict[str, int] = field(default_factory=dict)


def period(request: Request) -> tuple[datetime, datetime]:
    """Return the twelve months before the request."""
    return months_later(request.received_at, -12), request.received_at


def report(request: Request) -> list[Category]:
    """Return the report by category, with the first values of each field."""
    user, (since, until) = request.user, period(request)
    categories: dict[str, Category] = {}
    for item in _parts():
        rows = list(_rows(item, user, since, until)[: SHOWN + 1])
        if not rows:
            continue
        for name in _fields(item):
            column: Any = item.model._meta.get_field(name)
            about = datamap.resolve(item, name)
            category = categories.setdefault(about.category, Category(about.category))
            category.sources.add(source_of(item, about.category))
            category.purposes.update(str(datamap.PURPOSES[key]) for key in about.purposes)
            values = [str(value) for row in rows[:SHOWN] if (value := _value(row, name))]
            category.fields.append(
                {
                    "label": f"{item.label}: {column.verbose_name}",
                    "values": [value[:200] for value in values],
                    "more": len(rows) > SHOWN,
                }
            )
    for key, recipient, count in _received(user, since, until):
        category = categories.setdefault(key, Category(key))
        category.received_by[recipient] = category.received_by.get(recipient, 0) + count
    for category in categories.values():
        category.label = datamap.CATEGORIES.get(category.key, category.key)
    return [categories[key] for key in sorted(categories)]


def as_lines(request: Request) -> Iterator[str]:
    """Yield the whole report as JSON, row by row: memory stays flat whatever its length."""
    user, (since, until) = request.user, period(request)
    head = {
        "reference": request.reference,
        "from": since.isoformat(),
        "until": until.isoformat(),
        "received_by": [
            {"category": key, "recipient": recipient, "times": count}
            for key, recipient, count in _received(user, since, until)
        ],
        "sold": [],
    }
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "collected": ['
    first = True
    for item in _parts():
        names = _fields(item)
        about = {name: datamap.resolve(item, name) for name in names}
        for row in _rows(item, user, since, until).iterator(chunk_size=BATCH):
            values = [
                {
                    "field": name,
                    "category": about[name].category,
                    "source": source_of(item, about[name].category),
                    "purposes": list(about[name].purposes),
                    "value": _value(row, name),
                }
                for name in names
            ]
            line = {"what": str(item.label), "values": values}
            yield ("\n" if first else ",\n") + json.dumps(line, ensure_ascii=False)
            first = False
    yield "\n]}\n"


def _parts() -> list[Held]:
    return [item for item in datamap.held() if item.subjects and _fields(item)]


def _fields(item: Held) -> list[str]:
    """Return the personal fields; who and what a row refers to is in the copy, not in here."""
    names = [name for name, datum in item.fields.items() if datum.personal and datum.export]
    return [name for name in names if not item.model._meta.get_field(name).is_relation]


def _value(row: Any, name: str) -> Any:
    """Return one field as JSON-ready data; a file by its name."""
    value = getattr(row, name)
    return value.name if isinstance(value, FieldFile) else plain(value)


def _rows(item: Held, user: Any, since: datetime, until: datetime) -> Any:
    """Return a person's rows of the period; rows without a date, and the account, are of now."""
    rows = item.rows_of(user).filter(item.exported).distinct()
    dated = {field.name for field in item.model._meta.fields if isinstance(field, DateTimeField)}
    name = next((date for date in DATES if date in dated), None)
    if name is None or item.subjects[0] == "pk":
        return rows
    return rows.filter(**{f"{name}__gte": since, f"{name}__lte": until})


def source_of(item: Held, category: str) -> str:
    """Return where a kind of data comes from, in words."""
    if item.model._meta.app_label == "socialaccount":
        return _("the network you sign in with")
    if category.startswith("user.device"):
        return _("your device and browser, by themselves")
    if category.startswith(("user.behavior", "user.unique_id")):
        return _("your use of the site")
    return _("you")


def _received(user: Any, since: datetime, until: datetime) -> list[tuple[str, str, int]]:
    """Return who received which category how often; an order kept secret stays out."""
    counts: dict[tuple[str, str], int] = {}
    rows = Disclosure.objects.filter(user=user, at__gte=since, at__lte=until)
    for categories, recipient in rows.values_list("categories", "recipient").iterator(BATCH):
        for key in categories:
            counts[key, recipient] = counts.get((key, recipient), 0) + 1
    legal = visible(LegalDisclosure, Viewer(user.pk)).filter(disclosed_at__gte=since)
    for disclosure in legal.filter(disclosed_at__lte=until):
        for key in disclosure.given_categories:
            counts[key, disclosure.authority] = counts.get((key, disclosure.authority), 0) + 1
    return sorted((key, recipient, count) for (key, recipient), count in counts.items())
