"""Database objects Django doesn't know: triggers, functions, views, indexes of others' tables.

Each stands as a file of its own beside the migration that makes it: `migrations/sql/NAME.sql`, and
`NAME.undo.sql` with the way back.
"""

from pathlib import Path

from django.db.migrations import RunSQL


def run_sql(migration: str, name: str) -> RunSQL:
    """Return the operation that runs a named file; `migration` is the migration's `__file__`."""
    folder = Path(migration).parent / "sql"
    return RunSQL((folder / f"{name}.sql").read_text(), (folder / f"{name}.undo.sql").read_text())
