"""Every hole in the map, one plain sentence each."""

from collections.abc import Iterator, Sequence

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db.models import CASCADE, DateField, JSONField, Model

from privacy.datamap.categories import CATEGORIES
from privacy.datamap.registry import columns, held, stores
from privacy.datamap.retention import SINCE, Event, Fades, For, Until
from privacy.datamap.vocabulary import SEEN_BY, Datum, Erase, Held, Store
from privacy.datamap.why import PURPOSES

OF_STORES = {Erase.EXPIRES, Erase.DELETE, Erase.FILE, Erase.OUTSIDE, Erase.NOTHING}


def problems() -> list[str]:
    """Return every hole in the map, one plain sentence each; empty when it is complete."""
    declared = {item.model for item in held()}
    faults = [
        f"{model._meta.label} is not declared in any privacy.py."
        for model in apps.get_models(include_auto_created=True)
        if model not in declared and model._meta.managed  # a view holds nothing of its own
    ]
    for item in held():
        faults.extend(_of_model(item))
    for store in stores():
        faults.extend(_of_store(store))
    return faults


def _of_model(item: Held) -> Iterator[str]:
    label = item.model._meta.label
    real = {column.name for column in columns(item.model)}
    declared = set(item.fields)
    yield from (f"{label}.{name} is not declared." for name in sorted(real - declared))
    yield from (
        f"{label}.{name} is declared but doesn't exist." for name in sorted(declared - real)
    )
    personal = any(datum.personal for datum in item.fields.values())
    if personal and not item.subjects and item.erase is not Erase.KEEP:
        yield f"{label} holds personal data but names no data subject."
    if personal and not item.purposes:
        yield f"{label} holds personal data without a purpose."
    yield from _purposes(label, item.purposes)
    if item.erase is Erase.CUSTOM and item.purge is None:
        yield f"{label} says its app erases it, but names no step."
    if item.subjects and item.erase is Erase.NOTHING:
        yield f"{label} names a data subject but isn't erased."
    yield from _kept(item, label)
    yield from _without_subject(item, label)
    for end in item.ends:
        yield from _end(item.model, label, end)
    for name in sorted(declared & real):
        yield from _of_field(item, name)


def _kept(item: Held, label: str) -> Iterator[str]:
    if item.erase is not Erase.KEEP:
        return
    if not item.kept_because:
        yield f"{label} is kept after erasure without a reason."
    if not any(isinstance(end, For | Fades) for end in item.ends):
        yield f"{label} is kept after erasure without an end."


def _of_field(item: Held, name: str) -> Iterator[str]:
    datum = item.fields[name]
    label = f"{item.model._meta.label}.{name}"
    yield from _datum(label, datum)
    column = item.model._meta.get_field(name)
    if isinstance(column, JSONField) and datum.keys is None:
        yield f"{label} is JSON and names no keys."
    if not isinstance(column, JSONField) and datum.keys is not None:
        yield f"{label} names keys and is no JSON."
    for key, inner in (datum.keys or {}).items():
        yield from _datum(f"{label}:{key}", inner)
        if inner.personal and not datum.personal:
            yield f"{label}:{key} is personal, but the field says it is not."
    if datum.retention is not None:
        yield from _end(item.model, label, datum.retention)
    if item.subjects and _stays_out_silently(item, name):
        yield f"{label} stays out of the person's copy, and no note says why."


def _stays_out_silently(item: Held, name: str) -> bool:
    """Secrets would only help a thief; and a copy needn't say again whose it is."""
    datum = item.fields[name]
    itself = name == item.subjects[0].split("__")[0]
    secret = datum.category.startswith("user.authorization")
    return datum.personal and not (datum.export or datum.note or itself or secret)


def _datum(label: str, datum: Datum) -> Iterator[str]:
    if datum.category not in CATEGORIES:
        yield f"{label} has the category {datum.category}, which fideslang doesn't have."
    if datum.seen_by not in SEEN_BY:
        yield f"{label} is seen by {datum.seen_by}, which is nobody we know."
    yield from _purposes(label, datum.purposes or ())


def _purposes(label: str, names: Sequence[str]) -> Iterator[str]:
    yield from (
        f"{label} names the unknown purpose {name}." for name in names if name not in PURPOSES
    )


def _without_subject(item: Held, label: str) -> Iterator[str]:
    """A foreign key to a person that the declaration forgot."""
    user = get_user_model()
    for column in columns(item.model):
        if column.is_relation and column.related_model is user and not item.subjects:
            yield f"{label}.{column.name} names a person, no subject does."


def _end(model: type[Model], label: str, end: object) -> Iterator[str]:
    if isinstance(end, For):
        yield from _period(label, end)
        if not isinstance(_column_at(model, end.since), DateField):
            yield f"{label} counts its period from {end.since}, which is no date."
    elif isinstance(end, Until):
        yield from _event(model, label, end)
    elif isinstance(end, Fades):
        yield from _period(label, end)
    else:
        yield f"{label} says how long it is kept in prose alone."


def _period(label: str, end: For | Fades) -> Iterator[str]:
    try:
        end.length()
    except LookupError as error:
        yield f"{label}: {error}."
    if isinstance(end, For) and not (end.words or end.after or end.since in SINCE):
        yield f"{label} doesn't say in words what its period counts from."


def _event(model: type[Model], label: str, end: Until) -> Iterator[str]:
    if end.event is not Event.PARENT:
        return
    column = _column_at(model, end.of)
    rule = getattr(getattr(column, "remote_field", None), "on_delete", None)
    if rule is not CASCADE:
        yield f"{label} ends with {end.of or 'no column'}, which doesn't take it along."


def _column_at(model: type[Model], path: str) -> object:
    """Return the column at the end of a lookup path, or None."""
    column: object = None
    for part in path.split("__"):
        try:
            column = model._meta.get_field(part)
        except FieldDoesNotExist:
            return None
        related = getattr(column, "related_model", None)
        model = related if isinstance(related, type) else model
    return column


def _of_store(store: Store) -> Iterator[str]:
    label = f"Store {store.name}"
    yield from (
        f"{label} has the category {category}, which fideslang doesn't have."
        for category in store.categories
        if category not in CATEGORIES
    )
    yield from _purposes(label, store.purposes)
    if store.seen_by not in SEEN_BY:
        yield f"{label} is seen by {store.seen_by}, which is nobody we know."
    if store.erase not in OF_STORES:
        yield f"{label} is {store.erase.value}, which no store can be."
    end: object = store.retention
    if isinstance(end, Fades):
        yield from _period(label, end)
    elif isinstance(end, For):
        yield f"{label} counts a period from a column, and has none."
    elif not isinstance(end, Until):
        yield f"{label} says how long it is kept in prose alone."
