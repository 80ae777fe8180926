"""Django's PostgreSQL backend, with the viewer in front of every statement.

`select set_config(…, true); <the statement>` goes as one message. PostgreSQL runs both in the
transaction that is open, or in one of their own when none is: the settings are gone with it, so
the next borrower of the connection finds none. Nothing is remembered between statements, which is
why savepoints, rollbacks and pools need no care. What comes often is prepared once in a
connection (`foundation.postgres.prepared`): then the statement is `EXECUTE name (values)`.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base, operations
from django.db.backends.postgresql.base import CursorMixin
from django.utils.translation import gettext as _
from psycopg import ClientCursor, DataError
from psycopg.errors import (
    FeatureNotSupported,
    InvalidSqlStatementName,
    NotSupportedError,
    ProgrammingError,
    UntranslatableCharacter,
)
from psycopg.pq import TransactionStatus
from psycopg.sql import SQL, Identifier

from foundation import database_identity
from foundation.database_identity import NAMES, PREFIX, DatabaseIdentity
from foundation.postgres import prepared
from foundation.text import UnfitStatement

# These stand alone: PostgreSQL takes nothing before them after an error, or in a transaction.
_ALONE = (
    "SAVEPOINT",
    "RELEASE",
    "ROLLBACK",
    "VACUUM",
    "SET TRANSACTION",
    "CREATE DATABASE",
    "DROP DATABASE",
)


def _stands_alone(query: str) -> bool:
    return query.lstrip()[:16].upper().startswith(_ALONE)


@lru_cache(maxsize=1024)
def identity_statement(now: DatabaseIdentity | None, role: str, assumed: bool) -> str:
    """Return what goes in front of a statement.

    `role` is the web's. `assumed`: we are logged in as the owner and take that role by statement.
    """
    parts = [(f"{PREFIX}{name}", getattr(now, name, "")) for name in NAMES]
    usual = role if assumed and now is not None else "none"  # none: the role that signed in
    parts.append(("role", getattr(now, "role", "") or usual))
    calls = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in parts)
    return f"select {calls}; "


def is_about_text(error: Exception) -> bool:
    """Return whether a statement was refused for a character: NUL, or half of a pair.

    A last net: fields and frames refuse such text with better words, before it comes so far.
    """
    if isinstance(error, UnicodeEncodeError | UntranslatableCharacter):
        return True
    said = str(error)
    return isinstance(error, DataError) and ("NUL (0x00)" in said or "surrogate" in said)


class Cursor(CursorMixin, ClientCursor[Any]):
    """A cursor that tells PostgreSQL who asks."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        try:
            return self._execute(query, params, **options)
        except (DataError, UnicodeEncodeError) as error:
            if is_about_text(error):
                raise UnfitStatement(_("The text holds a character that can't be kept.")) from error
            raise

    def _execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        if not settings.ROW_SECURITY or not isinstance(query, str) or _stands_alone(query):
            return super().execute(query, params, **options)
        now = database_identity.now()
        front = identity_statement(now, settings.WEB_ROLE, settings.ROW_SECURITY_ASSUMED)
        if now is not None and (shape := prepared.shape(query, params or ())):
            return self._execute_kept(front, shape, params or (), now.role)
        return self._with_identity(front, query, params, **options)

    def _execute_kept(self, front: str, shape: prepared.Shape, params: Any, role: str) -> Any:
        """Run a statement by the plan that PostgreSQL has of it; the second use makes the plan."""
        mine, key = prepared.of(self.connection), (role, shape)
        try:
            if name := mine.name(key):
                return self._with_identity(front, *prepared.execution(shape, params, name))
            if mine.comes_again(key):
                return self._prepare(front, params, mine, key)
        except (NotSupportedError, ProgrammingError) as error:
            if isinstance(error, FeatureNotSupported | InvalidSqlStatementName):
                mine.forget()  # the table is another, or the plan is gone
            else:
                prepared.unfit.add(key)
            if self.connection.info.transaction_status != TransactionStatus.IDLE:
                raise  # the transaction is lost; the next one does better
        return self._with_identity(front, shape.text, params)

    def _prepare(
        self, front: str, params: Any, mine: prepared.Statements, key: prepared.Key
    ) -> Any:
        _role, shape = key
        name = mine.new_name()
        prepare, literals = prepared.preparation(shape, params, name)
        execute, values = prepared.execution(shape, params, name)
        result = self._with_identity(front, f"{prepare}; {execute}", [*literals, *values])
        self.nextset()
        if old := mine.keep(key, name):
            with ClientCursor(self.connection) as other:
                other.execute(SQL("DEALLOCATE {}").format(Identifier(old)))
        return result

    def _with_identity(self, front: str, query: str, params: Any, **options: Any) -> Any:
        """Run what stands in front and the statement as one message, and stand at its result."""
        result = super().execute(front + query, params, **options)
        self.nextset()
        return result

    def executemany(self, query: Any, params_seq: Iterable[Any], **options: Any) -> None:
        if not settings.ROW_SECURITY:
            super().executemany(query, params_seq, **options)
            return
        rows = 0
        for params in params_seq:
            self.execute(query, params)
            rows += max(self.rowcount, 0)
        self._rowcount = rows


class DatabaseOperations(operations.DatabaseOperations):
    compiler_module = "foundation.postgres.compiler"

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> Any:
        """Return the statement with its values, without what stood in front of it."""
        try:
            return self.compose_sql(sql, params)
        except (DataError, UnicodeEncodeError):
            return None


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        options = f"{params.get('options') or ''} -c plan_cache_mode=force_generic_plan".strip()
        return {**params, "cursor_factory": Cursor, "options": options}

    def chunked_cursor(self) -> Any:
        """Return a cursor for `iterator()`; one kept by PostgreSQL could say nothing in front."""
        return self.cursor() if settings.ROW_SECURITY else super().chunked_cursor()
