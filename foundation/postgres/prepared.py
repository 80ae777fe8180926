"""Which statements PostgreSQL keeps a plan of, and what of them changes from one use to the next.

A page's statements are long, as they carry the gate: to plan them takes PostgreSQL ten times as
long as to run them. Their text is the same for everybody; what differs are keys, names and
moments. So the text is prepared once in each connection, with the values as parameters.

A choice ("public", "ready") belongs to the text, not to the values: indexes for a part of a table
serve only where it is written. `foundation.postgres.compiler` says which strings are choices.
"""

import datetime
import sys
import threading
import uuid
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from psycopg.types import numeric

MAX_KEPT = 100  # statements of a connection; one takes 0.45 MB in PostgreSQL (measured)
MAX_SEEN = 2000  # texts that came before, of which the next use is waited for
SHORTEST = 120  # characters; to plan less is quicker than to look it up
TYPES: dict[type, str] = {
    int: "bigint",  # keys; what stands in expressions is in the text (`THEN 1`)
    str: "unknown",  # what PostgreSQL calls a string whose type the statement tells
    uuid.UUID: "uuid",
    datetime.datetime: "timestamptz",
    datetime.date: "date",
    datetime.timedelta: "interval",
    Decimal: "numeric",
    numeric.Int2: "smallint",
    numeric.Int4: "integer",
    numeric.Int8: "bigint",
}
_STARTS = ("SELECT ", "(SELECT ")
# Words of statements whose plan depends on a value: a pattern.
_NOT = ("%%", " LIKE ")


class Choice(str):
    """A string that is a part of the statement, not a value."""

    __slots__ = ()


class Array(NamedTuple):
    """The kind of a list of values."""

    item: type


class Literal(NamedTuple):
    """The kind of what is written into the statement: with its type, as `True == 1.0`."""

    type: type
    value: Any


@dataclass(frozen=True, slots=True)
class Shape:
    """What a statement and its parameters have in common with others: `text` and types."""

    text: str
    kinds: tuple[type | Array | Literal, ...]  # of each parameter


def shape(text: str, parameters: Sequence[Any]) -> Shape | None:
    """Return the shape of a statement, or None when it isn't one to keep a plan of."""
    if len(text) < SHORTEST or not text.startswith(_STARTS) or any(word in text for word in _NOT):
        return None
    new_shape = Shape(text, tuple(_kind(parameter) for parameter in parameters))
    try:
        hash(new_shape)
    except TypeError:  # a literal such as JSON: a text of its own each time
        return None
    return new_shape


def _kind(value: Any) -> type | Array | Literal:
    kind = type(value)
    if kind in TYPES:
        return kind
    if kind is list and value and type(value[0]) in TYPES:
        return Array(type(value[0]))
    return Literal(kind, value)


def _type(kind: type | Array | Literal) -> str | None:
    """Return PostgreSQL's name of a value's type; None for a literal."""
    if isinstance(kind, Literal):
        return None
    if isinstance(kind, Array):
        name = TYPES[kind.item]
        return name if name == "unknown" else f"{name}[]"
    return TYPES[kind]


Key = tuple[str, Shape]  # with the role: a plan is made for one


def preparation(shape: Shape, parameters: Sequence[Any], name: str) -> tuple[str, list[Any]]:
    """Return `PREPARE name …` with gaps for literals, and the literals."""
    pieces = shape.text.split("%s")
    if len(pieces) != len(parameters) + 1:
        raise ValueError("the statement has another number of gaps than of parameters")
    sql, types, literals = [pieces[0]], [], []
    for piece, kind, value in zip(pieces[1:], shape.kinds, parameters, strict=True):
        if declared := _type(kind):
            types.append(declared)
            sql.append(f"${len(types)}")
        else:
            literals.append(value)
            sql.append("%s")
        sql.append(piece)
    declaration = f" ({', '.join(types)})" if types else ""
    return f"PREPARE {name}{declaration} AS {''.join(sql)}", literals


def execution(shape: Shape, parameters: Sequence[Any], name: str) -> tuple[str, list[Any]]:
    """Return `EXECUTE name (…)` with gaps for values, and the values."""
    values = [value for kind, value in zip(shape.kinds, parameters, strict=True) if _type(kind)]
    gaps = f"({', '.join(['%s'] * len(values))})" if values else ""
    return f"EXECUTE {name}{gaps}", values


# What came before, in any connection of this process, by hash: should two texts have the same,
# one of them is prepared at its first use.
_seen: dict[int, None] = {}
_lock = threading.Lock()
# PostgreSQL may refuse to prepare what it runs with the values written in: where the type of one
# can't be told, or two must be seen to be the same (`GROUP BY`).
unfit: set[Key] = set()


@dataclass
class Statements:
    """The statements that one connection has prepared."""

    names: OrderedDict[Key, str] = field(default_factory=OrderedDict)
    made: int = 0

    def name(self, key: Key) -> str | None:
        name = self.names.get(key)
        if name is not None:
            self.names.move_to_end(key)
        return name

    def comes_again(self, key: Key) -> bool:
        """Return whether a text came before and can be kept; from now on it came."""
        with _lock:
            if hash(key) in _seen:
                return key not in unfit
            _seen[hash(key)] = None
            if len(_seen) > MAX_SEEN:
                del _seen[next(iter(_seen))]
        return False

    def new_name(self) -> str:
        self.made += 1
        return f"kept_{self.made}"

    def keep(self, key: Key, name: str) -> str | None:
        """Note that a statement is prepared; return the name of one to give up, if any."""
        role, shape = key
        # All connections hold the same long texts.
        self.names[role, Shape(sys.intern(shape.text), shape.kinds)] = name
        return self.names.popitem(last=False)[1] if len(self.names) > MAX_KEPT else None

    def forget(self) -> None:
        """Prepare everything anew: a table was altered, or the statements were thrown away."""
        self.names.clear()


_of: WeakKeyDictionary[Any, Statements] = WeakKeyDictionary()


def of(connection: Any) -> Statements:
    """Return what a connection of psycopg keeps."""
    statements = _of.get(connection)
    if statements is None:
        statements = _of[connection] = Statements()
    return statements
