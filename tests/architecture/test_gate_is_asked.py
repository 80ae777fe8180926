"""What answers people asks the gate: tables are not read beside it.

Views, the API, sockets and template tags may name a model's manager only where `ALLOWED` says why.
Everything else goes through `privacy.gate.access` or the apps' `queries`, which do.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from tests.apps import APPS

ROOT = Path(settings.BASE_DIR)
ABOVE = APPS[:-2]  # the packages that know our models
MANAGERS = {"objects", "_default_manager", "_base_manager"}
SHORTCUTS = {"get_object_or_404", "get_list_or_404", "aget_object_or_404"}

# file:function → why it may name a manager
ALLOWED = {
    "sessions_app/views/shared.py:hosted": "narrows what the gate is asked for",
    "sessions_app/api/planning.py:hosted": "narrows what the gate is asked for",
    "sessions_app/views/sessions.py:revoke_invite": "narrows what the gate is asked for",
    "sessions_app/views/room.py:room": "one's own seats, as a filter on what the gate shows",
    "sessions_app/views/chat.py:delete": "narrows what the gate is asked for",
    "sessions_app/views/recordings.py:_owned": "narrows what the gate is asked for",
    "sessions_app/views/recordings.py:withdraw": "whether what they heard just now is gone",
    "sessions_app/api/views.py:delete": "narrows what the gate is asked for",
    "sessions_app/consumers.py:_captures": "whether one's own sound is wanted for a take",
    "sessions_app/api/views.py:own_stem": "narrows what the gate is asked for",
    "sessions_app/api/rows.py:_everything": "handed to the gate by its callers",
    "sessions_app/api/rows.py:_belongings": "adds to rows by keys that came through the gate",
    "sessions_app/consumers.py:allowed": "who is asking; then the gate; and one's own seats",
    "sessions_app/consumers.py:_recording": "recordings of this room that one was asked for",
}


def answering() -> Iterator[Path]:
    """Yield the files whose code answers people."""
    for app in ABOVE:
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = path.relative_to(ROOT).parts
            if {"views", "api", "templatetags"} & set(parts) or path.stem in {
                "views", "api", "consumers", "feeds", "context", "middleware",
            }:  # fmt: skip
                yield path


def beside_the_gate(tree: ast.AST, function: str = "") -> Iterator[str]:
    """Yield the function in which a manager or a shortcut is named, once for each place."""
    for node in ast.iter_child_nodes(tree):
        inside = node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else function
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
            yield inside
        if isinstance(node, ast.alias) and node.name in SHORTCUTS:
            yield f"import {node.name}"
        yield from beside_the_gate(node, inside)


def test_nothing_reads_tables_beside_the_gate() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{function}"
        for path in answering()
        for function in beside_the_gate(ast.parse(path.read_text()))
    }
    assert found - set(ALLOWED) == set()
    assert set(ALLOWED) - found == set(), "allowed, and no longer there"


def test_the_rule_sees_what_it_forbids() -> None:
    code = """
from django.shortcuts import get_object_or_404
def page(request, pk):
    return Recording.objects.get(pk=pk)
class View:
    async def get(self):
        def inner():
            return type(self).model._default_manager.filter(pk=1)
"""
    assert list(beside_the_gate(ast.parse(code))) == ["import get_object_or_404", "page", "inner"]


def test_the_files_that_answer_are_found() -> None:
    names = {str(path.relative_to(ROOT)) for path in answering()}
    assert names >= {
        "jamsite/views.py", "community/views.py", "messaging/consumers.py",
        "privacy/portability/views.py",
        "sessions_app/api/views.py", "sessions_app/consumers.py", "accounts/profile/api/me.py",
        "community/templatetags/community.py",
    }  # fmt: skip


def test_raw_sql_is_written_nowhere_but_where_it_is_listed() -> None:
    found = set()
    for app in ABOVE:
        for path in (ROOT / app).rglob("*.py"):
            text = path.read_text()
            if any(word in text for word in ("RawSQL(", ".raw(", "cursor.execute(", ".extra(")):
                found.add(str(path.relative_to(ROOT)))
    assert found <= {
        "accounts/identity/services/last_use.py", "accounts/sign_in/web_sessions.py",
        "jamsite/embedded/postgres.py", "privacy/consent/records.py",
        "privacy/rls/install.py", "privacy/rls/start.py",
        "privacy/backups/making.py", "privacy/backups/cleaning.py", "privacy/backups/traces.py",
    }  # fmt: skip
