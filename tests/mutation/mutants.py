"""The mutants of a file: each is the file with one small thing changed.

What is changed is said by mutmut's operators (`mutmut.mutation.mutators`): a comparison turned
round, an argument left out, a number one higher, a value None, and by one of our own: a condition
turned into its opposite. mutmut itself changes neither decorated functions nor what runs at import,
which here are most steps and all declarations; so only its operators are used.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

# Words for people and for logs: what they say is no part of what these files decide.
SPEAKING = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext", "TypeVar"}
LOGGERS = {"logger"}
UNTOLD = (cst.Annotation, cst.Decorator, cst.Import, cst.ImportFrom, cst.Raise, cst.Assert)


def operator_condition(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Turn the condition of an if, a while or a comprehension into its opposite."""
    if not isinstance(node, cst.If | cst.While | cst.CompIf):
        return
    if isinstance(node.test, cst.UnaryOperation | cst.Comparison):
        return  # mutmut's operators turn those
    inner = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    yield node.with_changes(test=cst.UnaryOperation(cst.Not(), inner))


OPERATORS = (*mutation_operators, (cst.CSTNode, operator_condition))


@dataclass(frozen=True)
class Mutant:
    """One change of one file.

    - `number`: its place among the file's changes, the same for the same text.
    - `line`: where the change is; `first` to `last`: the lines of the statement that it is part of.
    - `change`: what stood there and what stands there instead, shortened.
    """

    file: str
    number: int
    operator: str
    line: int
    first: int
    last: int
    change: str

    @property
    def name(self) -> str:
        return f"{self.file}:{self.line} {self.operator}#{self.number}"


def _short(code: str) -> str:
    line = " ".join(code.split())
    return line if len(line) <= 60 else line[:59] + "…"


@dataclass(frozen=True)
class _Found:
    node: cst.CSTNode
    changed: cst.CSTNode
    operator: str
    line: int
    lines: tuple[int, int]


class _Finder(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        super().__init__()
        self.found: list[_Found] = []
        self.places: list[tuple[int, tuple[int, int]]] = []  # of the nodes that we are inside of

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, UNTOLD) or _speaks(node) or _is_docstring(node):
            return False
        self.places.append(self._place(node))
        line, lines = self.places[-1]
        for kind, operator in OPERATORS:
            if isinstance(node, kind):
                name = operator.__name__.removeprefix("operator_")
                self.found += [_Found(node, one, name, line, lines) for one in operator(node)]
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if self.places and not (
            isinstance(original_node, UNTOLD)
            or _speaks(original_node)
            or _is_docstring(original_node)
        ):
            self.places.pop()

    def _place(self, node: cst.CSTNode) -> tuple[int, tuple[int, int]]:
        """Return a node's line, and the lines of the statement (or its head) that it is in."""
        where = self.get_metadata(PositionProvider, node, None)
        line, lines = self.places[-1] if self.places else (1, (1, 1))
        if where is None:
            return line, lines
        line = where.start.line
        if isinstance(node, cst.SimpleStatementLine):
            lines = (line, where.end.line)
        elif isinstance(node, cst.BaseCompoundStatement):
            body = self.get_metadata(PositionProvider, node.body, None)
            lines = (line, max(line, body.start.line - 1) if body else line)
        elif isinstance(node, cst.Lambda):
            lines = (line, where.end.line)
        return line, lines


def _speaks(node: cst.CSTNode) -> bool:
    if not isinstance(node, cst.Call):
        return False
    if isinstance(node.func, cst.Name):
        return node.func.value in SPEAKING
    said = node.func
    return (
        isinstance(said, cst.Attribute)
        and isinstance(said.value, cst.Name)
        and said.value.value in LOGGERS
    )


def _is_docstring(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Expr) and isinstance(node.value, cst.SimpleString)


class File:
    """A file's mutants, and the text of each."""

    def __init__(self, name: str, text: str) -> None:
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
        finder = _Finder()
        wrapper.visit(finder)
        self.name, self.text, self.module = name, text, wrapper.module
        self.found = finder.found

    def mutants(self) -> list[Mutant]:
        return [self._mutant(number, one) for number, one in enumerate(self.found)]

    def _mutant(self, number: int, one: _Found) -> Mutant:
        parts: list[Any] = [one.node, one.changed]
        if isinstance(one.node, cst.If | cst.While | cst.CompIf):
            parts = [part.test for part in parts]
        change = " → ".join(_short(self.module.code_for_node(part)) for part in parts)
        return Mutant(self.name, number, one.operator, one.line, *one.lines, change)

    def mutated(self, mutant: Mutant) -> str | None:
        """Return the file's text with the change; None where that is no Python, or no change."""
        one = self.found[mutant.number]
        changed: Any = self.module.deep_replace(one.node, one.changed)
        source: str = changed.code
        return source if source != self.text and _is_python(source) else None


def _is_python(source: str) -> bool:
    try:
        compile(source, "mutant", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def read(root: Path, names: Iterable[str]) -> dict[str, File]:
    return {name: File(name, (root / name).read_text()) for name in sorted(names)}


def sample(
    mutants: Iterable[Mutant], size: int, seed: int, fits: Callable[[Mutant], bool]
) -> list[Mutant]:
    """Draw mutants that fit: a line first, each as likely as any other, then one of its changes.

    A line with ten strings can be changed in a hundred ways that all say the same; so it counts as
    one until every line was drawn, and of its changes each operator's are as likely as another's.
    The same seed draws the same from the same files.
    """
    chance = random.Random(seed)
    by_line: dict[tuple[str, int], dict[str, list[Mutant]]] = {}
    for one in mutants:
        by_line.setdefault((one.file, one.line), {}).setdefault(one.operator, []).append(one)
    drawn: list[Mutant] = []
    while by_line and len(drawn) < size:
        for line in chance.sample(sorted(by_line), k=len(by_line)):
            if (one := _draw(by_line[line], chance, fits)) is not None:
                drawn.append(one)
            if not by_line[line]:
                del by_line[line]
            if len(drawn) == size:
                break
    return drawn


def _draw(
    left: dict[str, list[Mutant]], chance: random.Random, fits: Callable[[Mutant], bool]
) -> Mutant | None:
    """Take one that fits out of what is left of a line, and what didn't fit before it."""
    while left:
        operator = chance.choice(sorted(left))
        one = left[operator].pop(chance.randrange(len(left[operator])))
        if not left[operator]:
            del left[operator]
        if fits(one):
            return one
    return None
