"""Jobs are sent by name, and every name is a job."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from jamsite.celery import app
from tests.apps import APPS

ROOT = Path(settings.BASE_DIR)


def sent(tree: ast.AST) -> Iterator[str]:
    """Yield the names in calls of `soon` and `send`, and what a sweeper goes through."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            name = getattr(node.args[0], "value", "") if node.args else ""
            # Other functions are called `send` too; theirs is no name of a job.
            if node.func.id in {"soon", "send"} and isinstance(name, str) and "." in name:
                yield name
        if isinstance(node, ast.Tuple) and len(node.elts) == 2:
            job, due = node.elts
            if isinstance(job, ast.Constant) and ".due(" in ast.unparse(due):
                yield str(job.value)


def files() -> Iterator[Path]:
    for top in APPS:
        yield from (ROOT / top).rglob("*.py")


def names_sent() -> set[str]:
    return {name for path in files() for name in sent(ast.parse(path.read_text()))}


def by_itself() -> set[str]:
    return {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}


def jobs() -> set[str]:
    app.loader.import_default_modules()
    return {name for name in app.tasks if not name.startswith("celery.")}


def test_every_job_that_is_sent_or_runs_by_itself_exists() -> None:
    names = names_sent()
    assert len(names) > 10
    assert (names | by_itself()) - jobs() == set()


def test_every_job_is_sent_by_something() -> None:
    """A job that nobody sends and that has no hour is forgotten."""
    assert jobs() - names_sent() - by_itself() == set()


def test_nothing_but_sweepers_imports_tasks() -> None:
    importing = {
        str(path.relative_to(ROOT))
        for path in files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module and "tasks" in node.module.split(".")
    }
    assert importing <= {"accounts/tasks.py", "privacy/tasks.py"}


def test_the_rule_sees_what_is_sent() -> None:
    code = 'soon("privacy.run_notice", 1)\nfor job, due in (("privacy.run_export", E.due()),): pass'
    assert sorted(sent(ast.parse(code))) == ["privacy.run_export", "privacy.run_notice"]
