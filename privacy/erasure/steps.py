"""The steps of a purge: one for each declared model, and one for each store with its own step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import CASCADE, FileField, Model

from privacy import datamap
from privacy.datamap import Erase, Held
from privacy.datamap.vocabulary import Words
from privacy.erasure import actions

BATCH = 500
UNREAD = 10  # times as many in a batch of rows that need not be read
# What rows that a hold keeps go on saying: their own random id, which names of files are made
# from; and of the account, that it is leaving.
TIES = {"public_id"}
ACCOUNT_TIES = {"state"}
ACTING = {Erase.DELETE, Erase.BLANK, Erase.CUSTOM}


@dataclass(frozen=True)
class Step:
    """One store's part of a purge.

    - `work(user, batch)`: erases up to `batch` things and returns how many; 0 ends the step. It
      deletes files before it forgets the rows that name them, and can be repeated at any point.
    - `left(user)`: whether something is there; asked once more before the account goes.
    """

    name: str
    label: str
    work: Callable[[Any, int], int]
    left: Callable[[Any], bool]


@dataclass(frozen=True)
class StoreStep:
    """A step for what is no table, declared by the app that keeps it."""

    name: str
    label: Words
    work: Callable[[Any], int]
    last: bool = False


_stores: list[StoreStep] = []


def store_step(name: str, label: Words, work: Callable[[Any], int], *, last: bool = False) -> None:
    """Register `work(user)` for a store that is no table; it erases all at once, repeatably.

    `last`: after every table and every other store.
    """
    _stores.append(StoreStep(name, label, work, last))


def store_steps(*, last: bool = False) -> list[StoreStep]:
    return [store for store in _stores if store.last is last]


def declared() -> list[Held]:
    """Return the declarations that a purge works through, in order, without the account itself."""
    user_model = get_user_model()
    return [
        item
        for item in datamap.held()
        if item.subjects and item.erase in ACTING and item.model is not user_model
    ]


def steps(kept: Mapping[str, set[str]]) -> list[Step]:
    """Return the steps of one purge; `kept` names the fields that legal holds keep, by model."""
    all_steps = [
        Step(item.name, str(item.label), _work(item), _left(item))
        for item in declared()
        if item.name not in kept
    ]
    first = {(item.model, item.subjects[0]) for item in declared()}
    for model, column in references(CASCADE):
        if (model, column) not in first and model._meta.label_lower not in kept:
            all_steps.append(_where_named(model, column))
    return all_steps


def references(on_delete: Any) -> list[tuple[type[Model], str]]:
    """Return every column that names an account and has this `on_delete`, in a steady order."""
    relations: Any = get_user_model()._meta.get_fields(include_hidden=True)
    columns = [
        (relation.related_model, relation.field.name)
        for relation in relations
        if relation.auto_created
        and (relation.one_to_many or relation.one_to_one)
        and getattr(relation, "on_delete", None) is on_delete
    ]
    return sorted(columns, key=lambda pair: (pair[0]._meta.label_lower, pair[1]))


def _where_named(model: type[Model], column: str) -> Step:
    """Return a step for rows that another provided and that fall with this person all the same."""
    named = f"{model._meta.label_lower}.{column}"
    files = [field.name for field in model._meta.concrete_fields if isinstance(field, FileField)]

    def work(user: Any, batch: int) -> int:
        rows = list(model._default_manager.filter(**{column: user.pk}).order_by("pk")[:batch])
        delete_files(rows, files)
        model._default_manager.filter(pk__in=[row.pk for row in rows]).delete()
        return len(rows)

    def left(user: Any) -> bool:
        return bool(model._default_manager.filter(**{column: user.pk}).exists())

    return Step(named, str(model._meta.verbose_name), work, left)


def _work(item: Held) -> Callable[[Any, int], int]:
    def work(user: Any, batch: int) -> int:
        return {Erase.DELETE: _delete, Erase.BLANK: _blank, Erase.CUSTOM: _custom}[item.erase](
            item, user, batch
        )

    return work


def _left(item: Held) -> Callable[[Any], bool]:
    return item.left or (lambda user: bool(item.rows_of(user).exists()))


def _delete(item: Held, user: Any, batch: int) -> int:
    """Delete one batch of rows, files first: a row is what remembers its file."""
    manager = item.model._default_manager
    if not item.file_fields():  # nothing to look at: one statement, unread and unsorted
        some = item.rows_of(user).order_by().values("pk")[: batch * UNREAD]
        return manager.filter(pk__in=some).delete()[1].get(item.model._meta.label, 0)
    rows = list(item.rows_of(user)[:batch])
    delete_files(rows, item.file_fields())
    manager.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _blank(item: Held, user: Any, batch: int) -> int:
    """End each of the person's fields as it is declared, and let go of the rows: others use them.

    Files go first; then one statement for all that end alike, one more for random values.
    """
    rows = list(item.rows_of(user)[:batch])
    ends = {name: datamap.erase_of(item, name) for name in item.fields}
    values = {
        name: datamap.value_after(item, name)
        for name, end in ends.items()
        if end in {Erase.NULL, Erase.DEFAULT}
    }
    files = [name for name, end in ends.items() if end is Erase.FILE]
    values |= {name: actions.emptied(item.model._meta.get_field(name)) for name in files}
    values[item.subjects[0]] = None
    delete_files(rows, files)
    _write(item, rows, values, [name for name, end in ends.items() if end is Erase.RANDOM])
    return len(rows)


def _custom(item: Held, user: Any, batch: int) -> int:
    if item.purge is None:
        raise LookupError(f"{item.name} names no purge step")
    return item.purge(user, batch)


def _empty(item: Held, rows: list[Any], names: set[str]) -> None:
    """Empty the named columns of a batch, files first."""
    columns = _columns(item.model)
    delete_files(rows, [name for name in names if isinstance(columns[name], FileField)])
    one_each = [name for name in names if actions.needs_one_each(columns[name])]
    values = {name: actions.emptied(columns[name]) for name in names if name not in one_each}
    _write(item, rows, values, one_each)


def _write(item: Held, rows: list[Any], values: dict[str, Any], random: list[str]) -> None:
    """Write the same values to all rows, and a random one to each in the columns of `random`."""
    manager = item.model._default_manager
    if random:  # first: the others may let go of what the rows are found by
        columns = _columns(item.model)
        for row in rows:
            for name in random:
                setattr(row, name, actions.tombstone(columns[name]))
        manager.bulk_update(rows, random)
    if values:
        manager.filter(pk__in=[row.pk for row in rows]).update(**values)


def strip(item: Held, user: Any, kept: set[str]) -> int:
    """Empty everything of rows that a hold keeps, but for what it names and what ties them.

    Goes through all of a person's rows by key, a batch at a time; repeating it changes nothing.
    """
    ties = TIES | {item.subjects[0].split("__")[0], item.model._meta.pk.name}
    if item.model is get_user_model():
        ties |= ACCOUNT_TIES
    names = {
        name
        for name, column in _columns(item.model).items()
        if name in item.fields
        and item.fields[name].personal
        and name not in kept | ties
        and (column.null or not column.is_relation)
    }
    count, last = 0, None
    while True:
        rows = item.rows_of(user)
        batch = list(rows.filter(pk__gt=last)[:BATCH] if last is not None else rows[:BATCH])
        if not batch:
            return count
        _empty(item, batch, names)
        count, last = count + len(batch), batch[-1].pk


def strip_held(user: Any, kept: Mapping[str, set[str]]) -> int:
    """Strip every model that a hold touches; return how many rows stay."""
    by_name = {item.name: item for item in datamap.held()}
    return sum(strip(by_name[name], user, fields) for name, fields in kept.items())


def delete_files(rows: list[Any], fields: list[str]) -> None:
    """Delete the files that rows name. A file already gone is what was wanted."""
    for row in rows:
        for name in fields:
            file = getattr(row, name)
            if file:
                file.storage.delete(file.name)


def _columns(model: type[Model]) -> dict[str, Any]:
    return {column.name: column for column in model._meta.concrete_fields}
