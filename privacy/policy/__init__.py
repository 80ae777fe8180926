"""The policy that runs: clauses in Markdown, each with the promises it covers and the tests
that enforce it. A clause exists only for what works.

Every file of `clauses/` starts with `id`, `title`, `since` (the version that brought it) and
`covers` (promise ids, or "none"), then a blank line, then the text.
"""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from integrations import providers
from privacy import datamap

HERE = Path(__file__).parent
EFFECTIVE = "2026-11-22"


@dataclass(frozen=True)
class Clause:
    """One numbered paragraph of the policy."""

    number: int
    id: str
    title: str
    since: str
    covers: tuple[str, ...]
    html: SafeString
    tests: tuple[str, ...]

    @property
    def checks(self) -> int:
        return len(self.tests)


@cache
def clauses() -> tuple[Clause, ...]:
    """Return every clause, in the order of the file names."""
    tests = tests_by_clause(settings.BASE_DIR / "tests")
    markdown = MarkdownIt("commonmark", {"html": False})
    found = []
    for number, path in enumerate(sorted((HERE / "clauses").glob("*.md")), start=1):
        head, _, text = path.read_text().partition("\n\n")
        about = dict(line.split(": ", 1) for line in head.splitlines())
        found.append(
            Clause(
                number=number,
                id=about["id"],
                title=about["title"],
                since=about["since"],
                covers=tuple(one for one in about["covers"].split(", ") if one != "none"),
                html=mark_safe(markdown.render(text)),  # noqa: S308  (our own files, HTML off)
                tests=tuple(tests.get(about["id"], [])),
            )
        )
    return tuple(found)


def promises() -> list[str]:
    """Return the ids of all promises."""
    return list(tomllib.loads((HERE / "promises.toml").read_text()))


def tests_by_clause(folder: Path) -> dict[str, list[str]]:
    """Return the ids of tests marked with `@pytest.mark.clause(...)`, by clause."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        tree = ast.parse(path.read_text())
        for node, name in _functions(tree):
            for clause in _marked(node):
                found.setdefault(clause, []).append(f"{path.relative_to(folder.parent)}::{name}")
    return found


def _functions(tree: ast.Module) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, str]]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    for node in tree.body:
        if isinstance(node, kinds):
            yield node, node.name
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, kinds):
                    yield inner, f"{node.name}::{inner.name}"


def _marked(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.clause":
            for argument in decorator.args:
                if isinstance(argument, ast.Constant):
                    yield str(argument.value)


def problems() -> list[str]:
    """Return what is wrong with the policy, one sentence each."""
    known = set(promises())
    ids = [clause.id for clause in clauses()]
    found = [f"Clause id {one} is used twice." for one in {i for i in ids if ids.count(i) > 1}]
    for clause in clauses():
        found += [
            f"Clause {clause.id} covers the unknown promise {promise}."
            for promise in clause.covers
            if promise not in known
        ]
        if not clause.tests:
            found.append(f"Clause {clause.id} has no test marked with it.")
    marked = tests_by_clause(settings.BASE_DIR / "tests")
    found += [
        f"{', '.join(marked[one])} enforces the unknown clause {one}."
        for one in sorted(set(marked) - set(ids))
    ]
    return found


def as_json() -> dict[str, Any]:
    covered = {promise for clause in clauses() for promise in clause.covers}
    return {
        "clauses": [
            {
                "id": clause.id,
                "title": clause.title,
                "since": clause.since,
                "covers": list(clause.covers),
                "tests": list(clause.tests),
            }
            for clause in clauses()
        ],
        "uncovered": [promise for promise in promises() if promise not in covered],
    }


COOKIES = [
    {
        "name": settings.SESSION_COOKIE_NAME,
        "purpose": "keeps you signed in",
        "lifetime": "30 days, or until you sign out",
    },
    {
        "name": settings.CSRF_COOKIE_NAME,
        "purpose": "proves that a form was sent from our own page",
        "lifetime": "1 year",
    },
]


def facts() -> dict[str, Any]:
    """Return what the page tells from the data map and the configuration of this site."""
    rows = [item for item in datamap.held() if item.purposes]
    return {
        "region": settings.REGION,
        "contact": settings.CONTACT_EMAIL,
        "purposes": datamap.PURPOSES,
        "data": [
            {
                "label": item.label,
                "purposes": [datamap.PURPOSES[name] for name in item.purposes],
                "basis": item.basis.value,
                "retention": item.retention,
                "erased": item.kept_because or item.erased_how or item.erase.value,
            }
            for item in rows
        ],
        "stores": datamap.stores(),
        "cookies": COOKIES,
        "providers": providers.configured(),
    }
