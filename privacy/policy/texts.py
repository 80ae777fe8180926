"""The clauses: Markdown files, each with the promises it covers and the tests that enforce it.

Where a clause names what an app keeps a list of, it says `{name-of-the-list}`, and the app says
what stands there (`say`), so that a clause can't fall behind the code.

Every file of `clauses/` starts with `id`, `title`, `since` (the day that brought it) and `covers`
(promise ids, or "none"), then a blank line, then the text. A promise stands in `covers` only when
tests drive all of it through the door that people use; what shows a part of one says `partly`.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

from privacy.policy.marks import by_clause, by_promise

HERE = Path(__file__).parent
CHECKS = HERE / "checks.json"
_markdown = MarkdownIt("commonmark", {"html": False})
_LISTS = re.compile(r"\{([a-z-]+)\}")
_said: dict[str, Callable[[], str]] = {}


@dataclass(frozen=True)
class Clause:
    """One numbered paragraph of the policy. `since` is an ISO date, `text` is Markdown."""

    number: int
    id: str
    title: str
    since: str
    covers: tuple[str, ...]
    text: str
    tests: tuple[str, ...] = ()
    partly: tuple[str, ...] = ()

    @property
    def html(self) -> SafeString:
        return rendered(self.text)

    @property
    def checks(self) -> int:
        return len(self.tests)

    @property
    def named_checks(self) -> list[dict[str, str]]:
        """Return each check with its name as words, for people who unfold them."""
        return [{"id": test, "words": in_words(test)} for test in self.tests]


def in_words(test: str) -> str:
    """Return what a test is named after: "a stem is heard by nobody" for its id."""
    words = test.rpartition("::")[2].removeprefix("test_").replace("_", " ")
    return words[:1].upper() + words[1:]


def say(name: str, words: Callable[[], Sequence[str]]) -> None:
    """Say what stands where a clause has `{name}`: words in English, as clauses are."""
    _said[name] = lambda: _joined(words())


def _joined(words: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


@cache
def rendered(text: str) -> SafeString:
    """Return a clause's Markdown as HTML."""
    html: str = _markdown.render(text)
    return SafeString(html)  # our own texts, and HTML in them is off


@cache
def tests() -> dict[str, list[str]]:
    """Return the ids of the tests of this code, by clause, as `write_checks` kept them.

    Pages read no tests: a site in production needs none.
    """
    kept: dict[str, list[str]] = json.loads(CHECKS.read_text())
    return kept


@cache
def marked() -> dict[str, list[str]]:
    """Return the ids of the tests of this code, by clause, as their marks say now."""
    return by_clause(settings.BASE_DIR / "tests")


def write_checks() -> None:
    """Keep which tests stand behind which clause, for the pages that say how many there are."""
    CHECKS.write_text(json.dumps(dict(sorted(marked().items())), indent=1) + "\n")
    tests.cache_clear()


@cache
def shown() -> dict[str, list[str]]:
    """Return the ids of the tests of this code that show a promise kept, by promise."""
    return by_promise(settings.BASE_DIR / "tests")


@cache
def clauses() -> tuple[Clause, ...]:
    """Return every clause of this code, in the order of the file names."""
    return tuple(_read(HERE / "clauses"))


@cache
def terms() -> tuple[Clause, ...]:
    """Return the terms of service of this code: an agreement, so that no test stands behind one."""
    return tuple(_read(HERE / "terms"))


def _read(folder: Path) -> Iterator[Clause]:
    for number, path in enumerate(sorted(folder.glob("*.md")), start=1):
        head, _, text = path.read_text().partition("\n\n")
        about = dict(line.split(": ", 1) for line in head.splitlines())
        yield Clause(
            number=number,
            id=about["id"],
            title=about["title"],
            since=about["since"],
            covers=_promises_in(about.get("covers", "none")),
            text=_LISTS.sub(lambda match: _said[match[1]](), text),
            tests=tuple(tests().get(about["id"], [])) if "covers" in about else (),
            partly=_promises_in(about.get("partly", "none")),
        )


def _promises_in(line: str) -> tuple[str, ...]:
    return tuple(promise for promise in line.split(", ") if promise != "none")


def forget() -> None:
    """Read everything anew: for tests that change the files or where they are looked for."""
    tests.cache_clear()
    marked.cache_clear()
    shown.cache_clear()
    clauses.cache_clear()
    terms.cache_clear()


@cache
def promises() -> tuple[str, ...]:
    """Return the ids of all promises."""
    return tuple(tomllib.loads((HERE / "promises.toml").read_text()))
