"""What is held about one person, with the real values: read from the data map, for themselves.

A kind is one model of the map that names the person as its subject. The overview costs one query
for each kind, however many rows there are; a page of one kind costs a fixed number, because the
things that its rows point at are asked of the gate in one query for each column.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core import signing
from django.db.models import DateTimeField, FileField, Model, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from foundation.paging import Page, newest_keys
from integrations import providers
from privacy import datamap
from privacy.datamap import CATEGORIES, SEEN_BY, Erase, For, Held
from privacy.datamap.own_data_words import word
from privacy.gate import rules
from privacy.gate.access import visible
from privacy.gate.viewer import Viewer
from privacy.rls import bypass_rls

COUNTED = 1000  # more are told as "more than 1000": counting on would read every row
SALT = "privacy.held"


@dataclass(frozen=True)
class Kind:
    """One kind of data about a person, in words; `count` is at most COUNTED + 1."""

    slug: str
    label: str
    count: int
    categories: list[str]
    purposes: list[str]
    basis: str
    kept: str
    seen_by: list[str]
    recipients: list[str]
    after_leaving: str
    unshown: list[str]
    correct_route: str  # of the page where it is corrected, closed to some

    @property
    def many(self) -> bool:
        return self.count > COUNTED


@dataclass(frozen=True)
class Value:
    """One field of one row: its name in words, what it holds, how to show it."""

    label: str
    value: Any
    form: str  # text, moment, link, list
    url: str = ""


@dataclass(frozen=True)
class Row:
    """One row about a person; `token` names it to whom it is about, `ends_at` when it goes."""

    values: list[Value]
    ends_at: datetime | None
    token: str


def slug_of(item: Held) -> str:
    return item.name.replace("_", "-").replace(".", "-")


def shown_declarations() -> list[Held]:
    """Return the declarations that are told to people: with a subject, and a field to show."""
    return [
        item
        for item in datamap.held()
        if item.subjects and not item.model._meta.auto_created and item.purposes
    ]


def find(slug: str) -> Held:
    """Return the declaration behind an address, or raise Http404."""
    for item in shown_declarations():
        if slug_of(item) == slug:
            return item
    raise Http404


def rows_about(item: Held, user: Any) -> QuerySet[Any]:
    return item.rows_of(user).filter(item.exported)


@bypass_rls("count what is held of the person who asks")
def overview(user: Any) -> list[tuple[datamap.Purpose, list[Kind]]]:
    """Return every kind with data about a person, under the first purpose it is held for."""
    groups: dict[str, list[Kind]] = {}
    for item in shown_declarations():
        count = rows_about(item, user)[: COUNTED + 1].count()
        if count:
            groups.setdefault(item.purposes[0], []).append(kind(item, count))
    return [
        (purpose, groups[purpose.key]) for purpose in datamap.purposes() if purpose.key in groups
    ]


def kind(item: Held, count: int = 0) -> Kind:
    """Return what the map says of one kind, in words for the person."""
    fields = [datamap.resolve(item, name) for name, field in item.fields.items() if field.personal]
    recipients = sorted(
        {recipient for field in fields for recipient in field.recipients} - {datamap.PEOPLE}
    )
    return Kind(
        slug=slug_of(item),
        label=str(item.label),
        count=count,
        categories=_once(str(CATEGORIES[field.category]) for field in fields),
        purposes=[str(datamap.PURPOSES[key]) for key in item.purposes],
        basis=str(datamap.BASES[item.basis]),
        kept=item.kept,
        seen_by=_once(str(SEEN_BY[f.seen_by]) for f in fields if f.seen_by != "nobody"),
        recipients=[recipient_name(key) for key in recipients],
        after_leaving=str(item.kept_because or item.erased_how or datamap.ENDS[item.erase]),
        unshown=[_label(item, f.name) for f in fields if f.seen_by == "nobody"],
        correct_route=item.correct or "",
    )


def recipient_name(key: str) -> str:
    """Return the name of an outside service, as configured, or what it does when it is not."""
    for provider in providers.configured():
        if provider.key == key or provider.key.startswith(f"{key}:"):
            return provider.name
    return _("%(service)s (not set up on this site)") % {"service": key}


def _once(words: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(words))


@bypass_rls("show a person what is held of theirs")
def page_of(item: Held, user: Any, after: str | None) -> tuple[list[Row], Page[Any]]:
    """Return a stretch of one kind's rows, newest first, and the page it came on."""
    names = [
        name for name, field in item.fields.items() if field.personal and field.seen_by != "nobody"
    ]
    many = [name for name in names if item.model._meta.get_field(name).many_to_many]
    page: Page[Any] = newest_keys(rows_about(item, user).prefetch_related(*many), after)
    seen = _seen_things(item, names, list(page.items), user)
    rows = [
        Row(
            values=[
                value for name in names if (value := _value(item, row, name, seen)) is not None
            ],
            ends_at=ends_at(item, row),
            token=signing.dumps([item.name, row.pk, user.pk], salt=SALT),
        )
        for row in page.items
    ]
    return rows, page


def _seen_things(
    item: Held, names: list[str], rows: list[Any], user: Any
) -> dict[str, dict[Any, Model]]:
    """Return, by column, the things that the rows point at and the person may see now."""
    things_by_column: dict[str, dict[Any, Model]] = {}
    for name in names:
        column: Any = item.model._meta.get_field(name)
        target = column.related_model
        if not column.is_relation or not isinstance(target, type):
            continue
        keys = {key for row in rows for key in _keys(row, column)}
        if target in rules.models_with_rules():
            things: QuerySet[Any] = visible(target, Viewer.of(user)).filter(pk__in=keys)
            things_by_column[name] = {thing.pk: thing for thing in things}
    return things_by_column


def _keys(row: Any, column: Any) -> set[Any]:
    """Return the keys of what a row points at through a column."""
    if column.many_to_many:
        return {thing.pk for thing in getattr(row, column.name).all()}
    return {getattr(row, column.attname)} - {None}


def _value(item: Held, row: Model, name: str, seen: dict[str, dict[Any, Model]]) -> Value | None:
    """Return one field in words, or None when it is empty."""
    column: Any = item.model._meta.get_field(name)
    label = _label(item, name)
    if column.many_to_many:
        by_key = seen.get(name)
        things = [
            str(thing) if by_key is None else _words(by_key.get(thing.pk))
            for thing in getattr(row, name).all()
        ]
        return Value(label, things, "list") if things else None
    if column.is_relation:
        return _thing(label, getattr(row, column.attname), seen.get(name, {}))
    value = getattr(row, name)
    empty = value is None or value in ("", [], {})
    return None if empty else _plain(label, column, row, value)


def _plain(label: str, column: Any, row: Model, value: Any) -> Value:
    if isinstance(column, FileField):
        return Value(label, _("a file, in your copy"), "text", reverse("exports"))
    if isinstance(column, DateTimeField):
        return Value(label, value, "moment")
    if isinstance(value, bool):
        return Value(label, _("yes") if value else _("no"), "text")
    if isinstance(value, list | dict):
        return Value(label, ", ".join(_flat(value)), "text")
    words = getattr(row, f"get_{column.name}_display")() if column.choices else value
    return Value(label, str(words), "text")


def _thing(label: str, key: Any, seen: dict[Any, Model]) -> Value | None:
    if key is None:
        return None
    thing: Any = seen.get(key)
    words = _words(thing)
    if thing is None:
        return Value(label, words, "text")
    if isinstance(thing, get_user_model()):
        return Value(label, words, "link", f"/@{words}/")
    url = thing.get_absolute_url() if hasattr(thing, "get_absolute_url") else ""
    return Value(label, words, "link" if url else "text", url)


def _words(thing: Any) -> str:
    """Return what a thing is called where the person sees it; None is what they don't see."""
    if thing is None:
        return _("something you can't see any more")
    named = (
        str(getattr(thing, name)) for name in ("username", "title") if getattr(thing, name, "")
    )
    return next(named, "") or str(getattr(thing, "public_id", "")) or _("one of your own")


def _flat(value: Any) -> list[str]:
    """Return what JSON holds as short words, at most 20 of them."""
    if isinstance(value, dict):
        return [f"{key}: {item}" for key, item in list(value.items())[:20]]
    if isinstance(value, list):
        return [str(item) for item in value[:20]]
    return [str(value)]


def _label(item: Held, name: str) -> str:
    declared = item.fields[name].label
    column: Any = item.model._meta.get_field(name)
    return str(capfirst(str(declared or word(name, str(column.verbose_name)))))


def ends_at(item: Held, row: Any) -> datetime | None:
    """Return the day a row goes by itself, where one of its own columns tells it."""
    days = []
    for end in item.ends:
        if isinstance(end, For) and end.sure and "__" not in end.since and not end.where:
            since = getattr(row, end.since)
            if since is not None and (end.ends or end.length()):
                days.append(since if end.ends else since + end.length())
    return min(days) if days else None


@bypass_rls("delete a row at its person's wish")
def remove(item: Held, user: Any, token: str) -> None:
    """Delete one row at its person's wish, by the service of the app it belongs to.

    Raises Http404 for a token that isn't theirs, a row that is gone, a kind nobody may delete from.
    """
    try:
        name, key, owner = signing.loads(token, salt=SALT, max_age=86400)
    except (signing.BadSignature, ValueError, TypeError):
        raise Http404 from None
    if item.remove is None or name != item.name or owner != user.pk:
        raise Http404
    row = rows_about(item, user).filter(pk=key).first()
    if row is None:
        raise Http404
    item.remove(user, row)


@dataclass(frozen=True)
class Kept:
    """Something that stays for a while after a person left: what, why, how long."""

    label: str
    why: str
    kept: str


def kept_after_leaving() -> list[Kept]:
    """Return what stays after the erasure: rows, single fields, stores, with reason and end."""
    kept = []
    for item in datamap.held():
        fields = [
            _label(item, name)
            for name, field in item.fields.items()
            if field.personal and datamap.erase_of(item, name) is Erase.KEEP
        ]
        if item.erase is Erase.KEEP and (item.kept_because and item.purposes):
            kept.append(Kept(str(item.label), str(item.kept_because), item.kept))
        elif fields and item.subjects:
            label = f"{item.label}: {', '.join(fields)}"
            kept.append(Kept(label, str(item.erased_how), item.kept))
    return kept
