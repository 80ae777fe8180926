"""Which tests enforce which clause and show which promise: read from their marks, not run.

A test counts as pytest would collect it: marks on functions, on classes and in a module's
`pytestmark` all hold. A test that may be skipped (`skip`, `skipif`, `xfail`, `importorskip`)
enforces nothing and isn't counted. Ids are those that `pytest` takes on its command line; a
parametrised test has one id, without its parameters.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
MAY_NOT_RUN = {"skip", "skipif", "xfail"}
SKIPPING = {"skip", "xfail", "importorskip"}


@dataclass(frozen=True)
class Marks:
    """What the marks of a module, class or function say together."""

    clauses: tuple[str, ...] = ()
    may_not_run: bool = False
    promises: tuple[str, ...] = ()

    def and_those_of(self, decorators: Iterable[ast.expr]) -> "Marks":
        clauses, may_not_run = list(self.clauses), self.may_not_run
        promises = list(self.promises)
        for decorator in decorators:
            name = ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator)
            mark = name.removeprefix("pytest.mark.")
            if mark in MAY_NOT_RUN:
                may_not_run = True
            elif mark in {"clause", "promise"} and isinstance(decorator, ast.Call):
                said = clauses if mark == "clause" else promises
                said += [str(arg.value) for arg in decorator.args if isinstance(arg, ast.Constant)]
        return Marks(tuple(dict.fromkeys(clauses)), may_not_run, tuple(dict.fromkeys(promises)))


def by_clause(folder: Path) -> dict[str, list[str]]:
    """Return the ids of the tests below `folder` that enforce a clause, by clause."""
    return _by(folder, "clauses")


def by_promise(folder: Path) -> dict[str, list[str]]:
    """Return the ids of the tests below `folder` that show a promise kept, by promise."""
    return _by(folder, "promises")


def _by(folder: Path, kind: str) -> dict[str, list[str]]:
    tests: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        tree = ast.parse(path.read_text())
        name = path.relative_to(folder.parent).as_posix()
        for test, marks in _tests(tree.body, name, _of_module(tree)):
            for name_marked in getattr(marks, kind):
                tests.setdefault(name_marked, []).append(test)
    return tests


def _tests(body: list[ast.stmt], place: str, above: Marks) -> Iterator[tuple[str, Marks]]:
    for node in body:
        if isinstance(node, FUNCTIONS) and node.name.startswith("test"):
            marks = above.and_those_of(node.decorator_list)
            if not (marks.may_not_run or _skips_itself(node)):
                yield f"{place}::{node.name}", marks
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            marks = above.and_those_of([*_pytestmark(node.body), *node.decorator_list])
            yield from _tests(node.body, f"{place}::{node.name}", marks)


def _of_module(tree: ast.Module) -> Marks:
    marks = Marks().and_those_of(_pytestmark(tree.body))
    outside = [node for node in tree.body if not isinstance(node, (*FUNCTIONS, ast.ClassDef))]
    skips = any(_skips_itself(node) for node in outside)
    return Marks(marks.clauses, marks.may_not_run or skips, marks.promises)


def _pytestmark(body: list[ast.stmt]) -> list[ast.expr]:
    """Return the marks that `pytestmark = …` gives to a module or class."""
    marks: list[ast.expr] = []
    for node in body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            many = isinstance(node.value, ast.List | ast.Tuple)
            marks += node.value.elts if many else [node.value]  # type: ignore[attr-defined]
    return marks


def _skips_itself(node: ast.AST) -> bool:
    return any(
        isinstance(child, ast.Call)
        and isinstance(child.func, ast.Attribute)
        and ast.unparse(child.func.value) == "pytest"
        and child.func.attr in SKIPPING
        for child in ast.walk(node)
    )
