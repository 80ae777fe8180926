"""Statements as the website asks them: prepared once, by a plan that is made for all values."""

from typing import Any

import psycopg

Asked = tuple[str, Any]  # a statement and its parameters


def connected(url: str) -> "psycopg.Connection[Any]":
    """Connect as the website does: values are written in, plans are generic."""
    return psycopg.connect(
        url, autocommit=True, cursor_factory=psycopg.ClientCursor,
        options="-c plan_cache_mode=force_generic_plan",
    )  # fmt: skip


def prepare(connection: "psycopg.Connection[Any]", name: str, asked: Asked) -> Asked:
    """Have PostgreSQL keep a statement; return what runs it. A plan is made for one role."""
    from foundation.postgres import prepared

    text, parameters = asked
    shape = prepared.shape(text, parameters)
    if shape is None:
        raise RuntimeError(f"the website keeps no plan of {text[:60]}…")
    connection.execute(*prepared.preparation(shape, parameters, name))
    return prepared.execution(shape, parameters, name)
