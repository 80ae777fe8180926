"""Querysets whose SQL is written once: a use fills in the values and reads the rows.

To put a queryset together, and to have Django write its SQL, takes 1 to 10 ms, longer than
PostgreSQL needs to answer. What is asked the same way again and again differs in a few values: so
the SQL and the way from its columns to objects are kept, and a use costs what it costs to fetch.

    _PERSON = Statement(lambda: User.objects.select_related("profile").filter(pk=Gap("key")))
    user = _PERSON.first(key=5)

Model instances (with `select_related` and annotations), `values` and `values_list` come out as the
queryset would give them. Prefetches and `distinct` by Python are not among it. What depends on the
time must be asked of the database (`Now()`), as the text is kept.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BigIntegerField, Expression, Field, QuerySet
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesIterable,
    ValuesListIterable,
    get_related_populators,
)

Row = TypeVar("Row")


class Gap(Expression):
    """A value that is known when the statement is used, by its name."""

    def __init__(self, name: str, output_field: "Field[Any, Any] | None" = None) -> None:
        super().__init__(output_field=output_field or BigIntegerField())
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]  # a list, which `iexact` writes into


class Statement(Generic[Row]):
    """A queryset that is put together once, at its first use."""

    def __init__(self, make: Callable[[], QuerySet[Any, Row]]) -> None:
        self.make = make
        self._written: tuple[str, tuple[Any, ...], Callable[[Any], Iterator[Row]]] | None = None

    def all(self, **values: Any) -> list[Row]:
        """Run it with a value for each gap; return the rows.

        KeyError: a gap was given no value.
        """
        sql, parameters, rows_of = self.written()
        filled = [
            values[parameter.name] if type(parameter) is Gap else parameter
            for parameter in parameters
        ]
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(sql, filled)
            return list(rows_of(cursor.fetchall()))

    def first(self, **values: Any) -> Row | None:
        rows = self.all(**values)
        return rows[0] if rows else None

    def written(self) -> tuple[str, tuple[Any, ...], Callable[[Any], Iterator[Row]]]:
        """Return the SQL, its parameters with the gaps among them, and what reads its rows."""
        return self._written or self._write()

    def _write(self) -> tuple[str, tuple[Any, ...], Callable[[Any], Iterator[Row]]]:
        queryset: Any = self.make()
        if queryset._prefetch_related_lookups:
            raise TypeError("a statement that is kept prefetches nothing: ask a second one")
        # Where the gate shows nothing at all, a statement that finds nothing is kept as well.
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS, elide_empty=False)
        sql, parameters = compiler.as_sql()
        if any(isinstance(parameter, date) for parameter in parameters):
            raise TypeError("a time would stand still in a statement that is kept: ask Now()")
        way = queryset._iterable_class
        rows_of = next(_READERS[kind] for kind in way.__mro__ if kind in _READERS)(compiler)
        finish = getattr(way, "finish", None)  # of a way to read rows that is our own
        converters = compiler.get_converters([column[0] for column in compiler.select])

        def read(rows: Any) -> Iterator[Row]:
            if converters:
                rows = _converted(rows, converters)
            made = rows_of(rows)
            return finish(queryset.model, made) if finish else made

        self._written = sql, tuple(parameters), read
        return self._written


def _converted(rows: Any, converters: dict[int, Any]) -> Iterator[list[Any]]:
    """Yield rows whose columns their fields have read (as `SQLCompiler.apply_converters`)."""
    connection = connections[DEFAULT_DB_ALIAS]
    for row in map(list, rows):
        for position, (convert, expression) in converters.items():
            for converter in convert:
                row[position] = converter(row[position], expression, connection)
        yield row


def _instances(compiler: Any) -> Callable[[Any], Iterator[Any]]:
    """Return what makes model instances of rows (as `django.db.models.query.ModelIterable`)."""
    select, kind = compiler.select, compiler.klass_info
    model, fields = kind["model"], kind["select_fields"]
    begin, end = fields[0], fields[-1] + 1
    names = [column[0].target.attname for column in select[begin:end]]
    related: Any = get_related_populators(kind, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
    annotations = list((compiler.annotation_col_map or {}).items())

    def read(rows: Any) -> Iterator[Any]:
        for row in rows:
            made = model.from_db(DEFAULT_DB_ALIAS, names, row[begin:end])
            for populator in related:
                populator.populate(row, made)
            for name, position in annotations:
                setattr(made, name, row[position])
            yield made

    return read


def _dicts(compiler: Any) -> Callable[[Any], Iterator[Any]]:
    query = compiler.query
    names = list(query.selected or (*query.values_select, *query.annotation_select))
    return lambda rows: (dict(zip(names, row, strict=True)) for row in rows)


def _tuples(compiler: Any) -> Callable[[Any], Iterator[Any]]:
    return lambda rows: map(tuple, rows)


def _flat(compiler: Any) -> Callable[[Any], Iterator[Any]]:
    return lambda rows: (row[0] for row in rows)


_READERS: dict[Any, Callable[[Any], Callable[[Any], Iterator[Any]]]] = {
    ModelIterable: _instances,
    ValuesIterable: _dicts,
    ValuesListIterable: _tuples,
    FlatValuesListIterable: _flat,
}
