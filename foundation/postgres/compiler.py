"""Django's SQL, written so that PostgreSQL can keep its plan: choices in the text, keys as values.

- A string that is compared with a field of choices, or stands in an expression of our own
  (`Value("x")`), is marked as `Choice`: it is written into the statement. So are numbers there.
- `IN (a, b, c)` of keys is `= ANY(array)`: one text, however many they are.
"""

from typing import Any

from django.db.backends.postgresql import compiler as base
from django.db.models import Value
from django.db.models.lookups import Exact, In

from foundation.postgres.prepared import TYPES, Choice

SQLAggregateCompiler = base.SQLAggregateCompiler
SQLDeleteCompiler = base.SQLDeleteCompiler
SQLInsertCompiler = base.SQLInsertCompiler
SQLUpdateCompiler = base.SQLUpdateCompiler


class SQLCompiler(base.SQLCompiler):
    def compile(self, node: Any) -> tuple[str, Any]:
        if isinstance(node, In) and node.rhs_is_direct_value():
            return self._among(node)
        sql, parameters = super().compile(node)
        if not parameters:
            return sql, parameters
        if isinstance(node, Value) and type(node.value) is int and sql == "%s":
            return (str(node.value) if node.value >= 0 else f"({node.value})"), []
        if isinstance(node, Value) or (isinstance(node, Exact) and _has_choices(node)):
            return sql, _chosen(parameters)
        return sql, parameters

    def _among(self, node: Any) -> tuple[str, Any]:
        if _has_choices(node):
            sql, parameters = super().compile(node)
            return sql, _chosen(parameters)
        among, keys = node.process_rhs(self, self.connection)
        kinds = {type(key) for key in keys}
        all_alike = len(kinds) == 1 and kinds <= TYPES.keys()
        if not all_alike or among != f"({', '.join(['%s'] * len(keys))})":
            return super().compile(node)
        column, before = node.process_lhs(self, self.connection)
        return f"{column} = ANY(%s)", [*before, list(keys)]


def _has_choices(node: Any) -> bool:
    return bool(getattr(getattr(node.lhs, "output_field", None), "choices", None))


def _chosen(parameters: Any) -> list[Any]:
    return [Choice(parameter) if type(parameter) is str else parameter for parameter in parameters]
