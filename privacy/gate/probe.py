"""Conditions on related rows, asked row by row through an index.

A rule says `owner__state="active"`. As a join PostgreSQL plans it at length for every list; as
EXISTS it may read and hash the whole table of people, as it doesn't count on a list being short.
A scalar sub-query is looked up for the rows that get so far, and nothing else can happen.
"""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import BooleanField, Model, OuterRef, Q, QuerySet, Subquery, Value

NONE = Q(pk__in=[])
ALL = ~NONE


class Probe(Subquery):
    """Whether a sub-query has a row: true or false, never null."""

    template = "((%(subquery)s) IS NOT NULL)"
    conditional = True

    def __init__(self, rows: QuerySet[Any]) -> None:
        first = rows.order_by().values(found=Value(1))[:1]
        super().__init__(first, output_field=BooleanField())

    # PostgreSQL can't count what a probe finds; it goes by the form: IS NOT NULL is nearly always.
    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        return sql, params


class RareProbe(Probe):
    """A probe that seldom finds anything: PostgreSQL takes "= 1" for one row in 200."""

    template = "(((%(subquery)s) = 1) IS TRUE)"


def localised(model: type[Model], condition: Q, *, excluding: bool = False) -> Q:
    """Return the same condition with probes in place of joins along foreign keys.

    What a rule excludes (`~Q(…)`) is taken to be rare.
    """
    excluding ^= condition.negated
    kind = RareProbe if excluding else Probe
    parts: list[Any] = []
    by_relation: dict[str, Q] = {}
    together = condition.connector == Q.AND
    for child in condition.children:
        if isinstance(child, Q):
            parts.append(localised(model, child, excluding=excluding))
        elif child == ("pk__in", []):
            parts.append(NONE)
        elif isinstance(child, tuple) and (among := _among(model, kind, *child)):
            parts.append(among)
        elif isinstance(child, tuple) and (step := _step(model, *child)):
            relation, rest = step
            if together:
                by_relation[relation] = by_relation.get(relation, Q()) & rest
            else:
                parts.append(_probe(model, kind, relation, rest))
        else:
            parts.append(child)
    parts += [_probe(model, kind, relation, rest) for relation, rest in by_relation.items()]
    return _pruned(parts, condition)


def _pruned(parts: list[Any], condition: Q) -> Q:
    """Put parts together as they stood, without those that can't matter."""
    together = condition.connector == Q.AND
    ends, idle = (NONE, ALL) if together else (ALL, NONE)
    joined = Q(*(part for part in parts if part not in (idle, Q())), _connector=condition.connector)
    if ends in parts:
        joined = ends
    elif not joined.children and parts and not together:
        joined = NONE
    if not condition.negated:
        return joined
    return {NONE: ALL, ALL: NONE}.get(joined, ~joined)


def _probe(model: type[Model], kind: type[Probe], relation: str, rest: Q) -> Q:
    column: Any = model._meta.get_field(relation)
    other: type[Model] = column.related_model
    rows = other._base_manager.filter(pk=OuterRef(column.attname))
    return Q(kind(rows.filter(localised(other, rest))))


def _among(model: type[Model], kind: type[Probe], path: str, value: Any) -> Q | None:
    """Return the probe for "the row that this foreign key names is one of these"."""
    first, *more = path.split("__")
    column: Any = _field(model, first)
    if column is None or more != ["in"] or not isinstance(value, QuerySet):
        return None
    keys = value.query.values_select in {(), ("pk",), ("id",)} and not value.query.combinator
    if column.is_relation and column.concrete and value.model is column.related_model and keys:
        return Q(kind(value.filter(pk=OuterRef(column.attname))))
    return None


def _step(model: type[Model], path: str, value: Any) -> tuple[str, Q] | None:
    """Return the foreign key that a lookup goes along, and what it asks of the row there."""
    first, *more = path.split("__")
    column: Any = _field(model, first)
    if column is None or not (column.many_to_one or column.one_to_one) or not column.concrete:
        return None
    if not more or more[0] in {"pk", column.target_field.name}:
        return None
    if _field(column.related_model, more[0]) is None:
        return None
    return first, Q(**{"__".join(more): value})


def _field(model: type[Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
