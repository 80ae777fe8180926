"""One row as JSON-ready data: things by public id, people by username, as the gate shows them.

Keys of other people's rows and of people are looked up a batch at a time: one query for each model
that a batch refers to, whatever its size.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import FileField, Model

from privacy.datamap import Datum
from privacy.gate import rules
from privacy.gate.access import visible
from privacy.gate.viewer import Via, Viewer
from privacy.portability.export.sections import Section

# No username and no public id begins like this; what stands here is not the person's to see now.
HIDDEN = "~hidden"
NAMES = ("username", "public_id", "name", "codename", "model")


class Batch:
    """Some rows of a section, with the names of everything they refer to.

    `named` are the keys of other people who appear by name; `files` the stored files in the rows.
    """

    def __init__(self, section: Section, rows: Sequence[Model], user: Any) -> None:
        self.section = section
        self.rows = rows
        self.user = user
        self.files: list[str] = []
        self.named: set[int] = set()
        self._viewer = Viewer(user.pk, Via.JOB)
        self._many: dict[str, dict[Any, list[Any]]] = {}
        self._titles: dict[type[Model], dict[Any, str]] = {}
        self._names = self._look_up()

    def values(self) -> list[dict[str, Any]]:
        return [{name: self._value(row, name) for name in self.section.fields} for row in self.rows]

    def readable(self) -> list[dict[str, str]]:
        """Return what each row refers to in words: titles, and others' names; ids say nothing."""
        columns = [self.section.model._meta.get_field(name) for name in self.section.fields]
        ties: list[Any] = [column for column in columns if column.is_relation]
        return [
            {relation.name: self._in_words(row, relation) for relation in ties} for row in self.rows
        ]

    def _in_words(self, row: Model, relation: Any) -> str:
        model = relation.related_model
        if relation.many_to_many:
            keys = self._many[relation.name].get(row.pk, [])
        else:
            keys = [getattr(row, relation.attname)]
        if model is get_user_model():
            keys = [key for key in keys if key != self.user.pk]
            words = self._names[model]
        else:
            words = self._titles.get(model, {})
        return ", ".join(str(words[key]) for key in keys if words.get(key))

    def _look_up(self) -> dict[type[Model], dict[Any, str]]:
        wanted: dict[type[Model], set[Any]] = defaultdict(set)
        for name in self.section.fields:
            column: Any = self.section.model._meta.get_field(name)
            if column.many_to_many:
                self._many[name] = pairs = self._pairs(column)
                wanted[column.related_model].update(*pairs.values())
            elif column.is_relation:
                held = {getattr(row, column.attname) for row in self.rows} - {None}
                wanted[column.related_model].update(held)
        return {model: self._names_of(model, keys) for model, keys in wanted.items()}

    def _pairs(self, column: Any) -> dict[Any, list[Any]]:
        """Return the keys on the other side of a many-to-many column, by our rows' keys."""
        ours, theirs = column.m2m_field_name(), column.m2m_reverse_field_name()
        table = column.remote_field.through._default_manager
        pair_rows = table.filter(**{f"{ours}__in": [row.pk for row in self.rows]}).order_by("pk")
        pairs: dict[Any, list[Any]] = defaultdict(list)
        for mine, other in pair_rows.values_list(f"{ours}_id", f"{theirs}_id"):
            pairs[mine].append(other)
        return pairs

    def _names_of(self, model: type[Model], keys: set[Any]) -> dict[Any, str]:
        """Return names by key, of what the person may see now; of themselves in any case."""
        columns = {column.name for column in model._meta.concrete_fields}
        name = next((name for name in NAMES if name in columns), None)
        if not keys or name is None:
            return {}
        rows: Any = model._default_manager.filter(pk__in=keys)
        if model in rules.models_with_rules():
            rows = visible(rows, self._viewer)
        names = dict(rows.order_by().values_list("pk", name))
        if "title" in columns:
            self._titles[model] = self._titles_of(model, rows)
        if model is get_user_model():
            self.named |= set(names) - {self.user.pk}
            if self.user.pk in keys:
                names[self.user.pk] = self.user.username
        return names

    def _titles_of(self, model: type[Model], rows: Any) -> dict[Any, str]:
        """Return titles of what may be seen, by owners who may be seen: words name their author."""
        owner = rules.rule_of(model).owner if model in rules.models_with_rules() else None
        if owner is None:
            return {}
        listed = list(rows.order_by().values_list("pk", "title", owner))
        people = {person for _key, _title, person in listed} - {None, self.user.pk}
        seen = visible(get_user_model(), self._viewer).filter(pk__in=people)
        known = set(seen.values_list("pk", flat=True)) if people else set()
        titles = {key: title for key, title, person in listed if person in known | {self.user.pk}}
        self.named |= {person for key, _title, person in listed if key in titles} - {self.user.pk}
        return titles

    def _value(self, row: Model, name: str) -> Any:
        column: Any = row._meta.get_field(name)
        if column.many_to_many:
            names = self._names[column.related_model]
            return [names.get(key, HIDDEN) for key in self._many[name].get(row.pk, [])]
        if column.is_relation:
            key = getattr(row, column.attname)
            return None if key is None else self._names[column.related_model].get(key, HIDDEN)
        value = getattr(row, name)
        if isinstance(column, FileField):
            if not value:
                return None
            self.files.append(value.name)
            return media_path(value.name)
        keys = self.section.datum(name).keys
        return plain(without_kept_keys(value, keys) if keys else value)


def media_path(name: str) -> str:
    """Return where a stored file stands in the copy."""
    return f"media/{name}"


def without_kept_keys(value: Any, keys: Mapping[str, Datum], path: str = "") -> Any:
    """Return JSON without the keys that the data map says don't leave in a copy."""
    if isinstance(value, list):
        return [without_kept_keys(item, keys, f"{path}[]") for item in value]
    if not isinstance(value, dict):
        return value
    kept = {}
    for key, inner in value.items():
        here, any_key = (f"{path}.{part}" if path else part for part in (key, "*"))
        datum = keys.get(here) or keys.get(any_key)
        if datum is None or datum.export:
            kept[key] = without_kept_keys(inner, keys, here if here in keys else any_key)
    return kept


def plain(value: Any) -> Any:
    """Return a column's value as JSON has it; what JSON can't say (NaN) is null."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, str | int | float | bool | list | dict):
        return value
    return str(value)
