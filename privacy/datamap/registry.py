"""Declaring, and asking what was declared."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Field, FileField, JSONField, Model
from django.utils.crypto import get_random_string

from privacy.datamap.retention import Event, Until
from privacy.datamap.vocabulary import PEOPLE, SHARED, Datum, Erase, Held, Resolved, Store

_held: dict[type[Model], Held] = {}
_stores: dict[str, Store] = {}


def technical(note: str = "", keys: Mapping[str, Datum] | None = None) -> Datum:
    """A field that says nothing about a person (keys, counters, states of work)."""
    return Datum(
        "system.operations", Erase.NOTHING, export=False, seen_by="nobody", note=note, keys=keys
    )


def work() -> dict[str, Datum]:
    """The columns that `foundation.work.Work` brings along."""
    names = ("status", "due_at", "leased_until", "attempts", "percent", "error")
    return {name: technical("state of a job") for name in names}


def identifier(*, export: bool = True, seen_by: str = "audience") -> Datum:
    return Datum("user.unique_id", export=export, seen_by=seen_by)


def link(*, erase: Erase | None = None, export: bool = True) -> Datum:
    """A reference to a person or to one of their things."""
    return Datum("user.unique_id", erase, export=export)


def content(*, erase: Erase | None = None, export: bool = True, note: str = "") -> Datum:
    return Datum("user.content", erase, export=export, note=note)


def choice() -> Datum:
    """A choice about privacy, such as an audience."""
    return Datum("user.privacy_preferences", seen_by="owner")


def moment() -> Datum:
    return Datum("user.behavior")


def declare(model: type[Model], **about: Any) -> None:
    """Declare what a model holds; called from `<app>/privacy.py`. Shape: `Held`."""
    if model in _held:
        raise ValueError(f"{model._meta.label} is declared twice")
    _held[model] = Held(model=model, **about)


def not_personal(model: type[Model], label: str, why: str) -> None:
    """Declare a model that holds nothing about people, with the reason."""
    fields = {
        item.name: technical(why, keys={"*": technical()} if isinstance(item, JSONField) else None)
        for item in columns(model)
    }
    _held[model] = Held(
        model=model, label=label, fields=fields, erase=Erase.NOTHING, retention=Until(Event.NEVER)
    )


def store(name: str, **about: Any) -> None:
    """Declare a place that is no table. Shape: `Store`."""
    if name in _stores:
        raise ValueError(f"store {name} is declared twice")
    _stores[name] = Store(name=name, **about)


def held() -> list[Held]:
    """Return every declaration, in the order in which erasure works through them."""
    return sorted(_held.values(), key=lambda item: (item.order, item.name))


def held_of(model: type[Model]) -> Held:
    """Return one model's declaration. Raises LookupError without one."""
    try:
        return _held[model]
    except KeyError:
        raise LookupError(f"{model._meta.label} is not declared in any privacy.py") from None


def person_paths(held: Held) -> list[str]:
    """Return the subject paths that end at an account; a pseudonym names nobody to us."""
    return [path for path in held.subjects if _ends_at_account(held.model, path)]


def _ends_at_account(model: Any, path: str) -> bool:
    user = get_user_model()
    if path == "pk":
        return model is user
    for part in path.split("__"):
        column = model._meta.get_field(part)
        if not column.is_relation:
            return False
        model = column.related_model
    return model is user


def stores() -> list[Store]:
    return sorted(_stores.values(), key=lambda item: item.name)


def erase_of(held: Held, name: str) -> Erase:
    """Return what becomes of one field: its own action, else its model's.

    BLANK is told exactly: NULL where the column may be null, else DEFAULT.
    """
    action = held.fields[name].erase or held.erase
    if action is Erase.BLANK:
        column: Any = held.model._meta.get_field(name)
        return Erase.NULL if column.null else Erase.DEFAULT
    return action


def value_after(held: Held, name: str) -> Any:
    """Return what a blanked field holds afterwards: None, its default, or a random value.

    Raises ValueError for a field that isn't blanked by writing a value.
    """
    action = erase_of(held, name)
    column: Any = held.model._meta.get_field(name)
    if action is Erase.NULL:
        return None
    if action is Erase.DEFAULT:
        return column.get_default()
    if action is Erase.RANDOM:
        return get_random_string(min(column.max_length or 22, 22))
    raise ValueError(f"{held.name}.{name} is {action.value}, which writes no value")


def resolve(held: Held, name: str) -> Resolved:
    """Return all that holds for one field, the model's defaults filled in."""
    datum = held.fields[name]
    recipients = held.recipients if datum.recipients is None else datum.recipients
    if datum.personal and datum.seen_by in SHARED and PEOPLE not in recipients:
        recipients = (PEOPLE, *recipients)
    return Resolved(
        name=name,
        category=datum.category,
        personal=datum.personal,
        purposes=tuple(held.purposes if datum.purposes is None else datum.purposes),
        basis=datum.basis or held.basis,
        retention=(datum.retention, *held.ends) if datum.retention else held.ends,
        seen_by=datum.seen_by,
        recipients=tuple(recipients) if datum.personal else (),
        export=_export_form(held.model._meta.get_field(name), datum),
        erase=erase_of(held, name),
    )


def _export_form(column: Any, datum: Datum) -> str:
    """Return how a field leaves in a person's copy."""
    if not datum.export:
        return "not exported"
    if isinstance(column, FileField):
        return "original file"
    if isinstance(column, Field) and column.is_relation:
        return "public id or username"
    return "JSON value"


def columns(model: type[Model]) -> list[Any]:
    """Concrete columns and many-to-many relations declared on the model itself."""
    return [*model._meta.concrete_fields, *model._meta.many_to_many]
