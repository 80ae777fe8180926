"""The data map: what is held about people, why, how long, who sees it, how it ends.

Each app declares every field of its models in `<app>/privacy.py`, with `declare`. What a person
sees, the export, the erasure plan and the policy's tables come from here, and `problems()` lists
whatever is undeclared. Categories are names of the fideslang taxonomy.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import FileField, Model, Q, QuerySet

from privacy import rules


class Basis(Enum):
    """Legal bases of GDPR article 6(1), as far as they are used."""

    CONTRACT = "contract"
    CONSENT = "consent"
    LEGAL = "legal obligation"
    INTEREST = "legitimate interest"


class Erase(Enum):
    """What becomes of a field, or of a whole row, when its person is erased."""

    DELETE = "deleted"  # the row goes
    BLANK = "emptied"  # the field becomes null or empty; the row stays for others
    CUSTOM = "handled by its app"  # the app's own step, named in `Held.purge`
    KEEP = "kept"  # with the reason in `Held.kept_because`
    NOTHING = "not about a person"


@dataclass(frozen=True)
class Datum:
    """One field: what it is, and what differs from its model's defaults."""

    category: str
    erase: Erase | None = None
    export: bool = True
    seen_by: str = "audience"
    note: str = ""

    @property
    def personal(self) -> bool:
        return self.category.startswith("user")


@dataclass(frozen=True)
class Held:
    """What one model holds about people.

    - `subjects`: lookup paths to the people a row is about, the one who provided it first.
    - `erase`: what happens to rows of a person who leaves; DELETE removes them with their files,
      BLANK empties the fields marked BLANK, CUSTOM calls `purge(user, batch)` until it returns 0.
    - `exported`: which of a person's rows go into their copy; all, unless said otherwise.
    - `order`: place in the erasure plan, small first; the account itself is 100.
    - `media`: file fields with original sound and pictures, exported as files.
    """

    model: type[Model]
    label: str
    fields: Mapping[str, Datum]
    subjects: Sequence[str] = ()
    purposes: Sequence[str] = ()
    basis: Basis = Basis.CONTRACT
    retention: str = "while the account is active"
    recipients: Sequence[str] = ()
    erase: Erase = Erase.DELETE
    purge: Callable[[Any, int], int] | None = None
    erased_how: str = ""
    kept_because: str = ""
    exported: Q = field(default_factory=Q)
    order: int = 50

    @property
    def name(self) -> str:
        return self.model._meta.label_lower

    def rows_of(self, user: Any) -> QuerySet[Any]:
        """Return the rows about a person, as their provider (the first subject path)."""
        return self.model._default_manager.filter(**{self.subjects[0]: user.pk}).order_by("pk")

    def file_fields(self) -> list[str]:
        return [
            item.name for item in self.model._meta.concrete_fields if isinstance(item, FileField)
        ]


@dataclass(frozen=True)
class Store:
    """A place with personal data that is no table: files, queues, caches, mail, logs."""

    name: str
    label: str
    categories: Sequence[str]
    purposes: Sequence[str]
    retention: str
    erased_how: str
    where: str = "server"


PURPOSES: dict[str, str] = {
    "account": "to know you when you come back and to keep your account safe",
    "jamming": "to let you meet, play and record with others",
    "publishing": "to show what you chose to show, to whom you chose",
    "messages": "to carry what you write to the people you write to",
    "safety": "to protect people against attacks and abuse",
    "rights": "to carry out what you ask for under data protection law",
    "operations": "to keep the service running",
}

_held: dict[type[Model], Held] = {}
_stores: dict[str, Store] = {}


def technical(note: str = "") -> Datum:
    """A field that says nothing about a person (keys, counters, states of work)."""
    return Datum("system.operations", Erase.NOTHING, export=False, seen_by="nobody", note=note)


def work() -> dict[str, Datum]:
    """The columns that `foundation.work.Work` brings along."""
    names = ("work", "due_at", "leased_until", "attempts", "percent", "error")
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
    """Declare what a model holds; called from `<app>/privacy.py`."""
    if model in _held:
        raise ValueError(f"{model._meta.label} is declared twice")
    _held[model] = Held(model=model, **about)


def not_personal(model: type[Model], label: str, why: str) -> None:
    """Declare a model that holds nothing about people, with the reason."""
    names = [item.name for item in _columns(model)]
    fields = {name: technical(why) for name in names}
    _held[model] = Held(model=model, label=label, fields=fields, erase=Erase.NOTHING)


def store(name: str, **about: Any) -> None:
    if name in _stores:
        raise ValueError(f"store {name} is declared twice")
    _stores[name] = Store(name=name, **about)


def held() -> list[Held]:
    """Return every declaration, in the order in which erasure works through them."""
    return sorted(_held.values(), key=lambda item: (item.order, item.name))


def stores() -> list[Store]:
    return sorted(_stores.values(), key=lambda item: item.name)


def erase_of(held: Held, name: str) -> Erase:
    """Return what becomes of one field: its own action, else its model's."""
    return held.fields[name].erase or held.erase


def problems() -> list[str]:
    """Return every hole in the map, one plain sentence each; empty when it is complete."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        if model not in _held:
            found.append(f"{model._meta.label} is not declared in any privacy.py.")
    for item in held():
        found.extend(_problems_of(item))
    return found


def _problems_of(item: Held) -> list[str]:
    label = item.model._meta.label
    real = {column.name for column in _columns(item.model)}
    declared = set(item.fields)
    found = [f"{label}.{name} is not declared." for name in sorted(real - declared)]
    found += [f"{label}.{name} is declared but doesn't exist." for name in sorted(declared - real)]
    personal = any(datum.personal for datum in item.fields.values())
    if personal and not item.subjects and item.erase is not Erase.KEEP:
        found.append(f"{label} holds personal data but names no data subject.")
    if personal and not item.purposes:
        found.append(f"{label} holds personal data without a purpose.")
    found += [f"{label} names the unknown purpose {p}." for p in item.purposes if p not in PURPOSES]
    if item.erase is Erase.CUSTOM and item.purge is None:
        found.append(f"{label} says its app erases it, but names no step.")
    if item.erase is Erase.KEEP and not item.kept_because:
        found.append(f"{label} is kept after erasure without a reason.")
    if item.subjects and item.erase is Erase.NOTHING:
        found.append(f"{label} names a data subject but isn't erased.")
    found.extend(_dangling(item))
    return found


def _dangling(item: Held) -> list[str]:
    """A path to a person, or a foreign key to one, that the declaration forgot."""
    user = get_user_model()
    found = []
    for column in _columns(item.model):
        if column.is_relation and column.related_model is user and not item.subjects:
            found.append(f"{item.model._meta.label}.{column.name} names a person, no subject does.")
    return found


def _columns(model: type[Model]) -> list[Any]:
    """Concrete columns and many-to-many relations declared on the model itself."""
    return [*model._meta.concrete_fields, *model._meta.many_to_many]


def as_json() -> dict[str, Any]:
    """Return the whole map as plain data, for machines and for comparing versions."""
    return {
        "models": [
            {
                "model": item.name,
                "label": item.label,
                "subjects": list(item.subjects),
                "purposes": list(item.purposes),
                "basis": item.basis.value,
                "retention": item.retention,
                "recipients": list(item.recipients),
                "erase": item.erase.value,
                "has_rule": item.model in rules.models_with_rules(),
                "fields": {
                    name: {
                        "category": datum.category,
                        "seen_by": datum.seen_by,
                        "export": datum.export,
                        "erase": erase_of(item, name).value,
                    }
                    for name, datum in sorted(item.fields.items())
                },
            }
            for item in held()
        ],
        "stores": [
            {
                "store": item.name,
                "label": item.label,
                "categories": list(item.categories),
                "purposes": list(item.purposes),
                "retention": item.retention,
                "erased": item.erased_how,
                "where": item.where,
            }
            for item in stores()
        ],
    }
