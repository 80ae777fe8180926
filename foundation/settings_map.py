"""The settings as people meet them: a few pages, what stands on each, and one index of it all.

Apps say what they offer in `<app>/settings_pages`, a module or a package with a module for each
subject, found as `admin` modules are. Navigation, rows of links, breadcrumbs and the search all
read these declarations; a test holds them against what the pages really show.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

Shown = Callable[[Any], bool]  # asked with the person


def to_all(person: Any) -> bool:
    return True


@dataclass(frozen=True)
class Page:
    """One page of the settings: its route, what it is called, what can be done there."""

    key: str
    route: str
    icon: str
    title: Any
    text: Any
    order: int

    @property
    def url(self) -> str:
        return reverse(self.route)


@dataclass(frozen=True)
class Entry:
    """One choice, or one page below a page.

    - `effect`: one sentence that says what it does; shown beside it and in what a search finds.
    - `anchor`: id of the field or section it stands in, on the page of `route`.
    - `words`: other words that people may look for it with.
    - `also`: more pages that list it as a row; it belongs to `page`, whose own rows leave it out
      with `row=False` because something else there leads to it.
    - `shown`: whether this person has it at all.
    """

    page: str
    title: Any
    effect: Any
    route: str
    anchor: str = ""
    words: Any = ""
    icon: str = ""
    also: Sequence[str] = ()
    row: bool = True
    shown: Shown = to_all
    order: int = 50
    danger: bool = False

    @property
    def url(self) -> str:
        return reverse(self.route) + (f"#{self.anchor}" if self.anchor else "")

    @property
    def is_row(self) -> bool:
        """Whether it is a page below its page, to be linked to from there."""
        return not self.anchor and _pages[self.page].route != self.route

    def opens(self) -> bool:
        """Return whether its route is part of this site: some depend on what is installed."""
        try:
            return bool(self.url)
        except NoReverseMatch:
            return False


Open = Callable[[Any, str], bool]  # asked with the person and the name of a route

_open: list[Open] = []
_pages: dict[str, Page] = {}
_entries: list[Entry] = []
_sources: list[Callable[[], list[Entry]]] = []
_below: dict[str, str] = {}  # route → key of the page it stands below


def page(key: str, route: str, *, icon: str, title: Any, text: Any, order: int) -> None:
    """Declare one page of the settings."""
    if key in _pages:
        raise ValueError(f"settings page {key} is declared twice")
    _pages[key] = Page(key, route, icon, title, text, order)


def entry(page: str, title: Any, effect: Any, *, route: str, **about: Any) -> None:
    """Declare one choice, or one page below a page, of the settings."""
    made = Entry(page, title, effect, route, **about)
    _entries.append(made)
    if not made.anchor:
        _below.setdefault(route, page)


def source(given: Callable[[], list[Entry]]) -> None:
    """Have entries made when they are asked for, from something that others fill later."""
    _sources.append(given)


def below(page: str, *routes: str) -> None:
    """Say that these routes are shown under a page, without being listed or found themselves."""
    _below.update(dict.fromkeys(routes, page))


def get(key: str) -> Page:
    return _pages[key]


def open_when(rule: Open) -> None:
    """Say to whom routes are open: a door that is closed to somebody isn't shown to them."""
    _open.append(rule)


def is_open(route: str, person: Any) -> bool:
    return all(rule(person, route) for rule in _open)


def pages(person: Any = None) -> list[Page]:
    """Return all pages, or those that are open to a person."""
    all_pages = sorted(_pages.values(), key=lambda page: page.order)
    return (
        all_pages if person is None else [page for page in all_pages if is_open(page.route, person)]
    )


def entries(person: Any) -> list[Entry]:
    """Return all that this person has, page by page, in the order of the pages."""
    open_entries = [entry for entry in entries_of_all() if entry.opens() and entry.shown(person)]
    open_entries = [entry for entry in open_entries if is_open(entry.route, person)]
    return sorted(open_entries, key=lambda entry: (_pages[entry.page].order, entry.order))


def entries_of_all() -> list[Entry]:
    """Return every declared entry, whoever has it."""
    return [*_entries, *(entry for given in _sources for entry in given())]


def rows(key: str, person: Any) -> list[Entry]:
    """Return the pages below one page."""
    entry_rows = [entry for entry in entries(person) if entry.is_row]
    return [row for row in entry_rows if key in row.also or (row.row and key == row.page)]


def page_of(entry: Entry) -> Page:
    return _pages[entry.page]


def standing_on(route: str) -> Page | None:
    """Return the page of the settings that a route is, or stands below."""
    for page in _pages.values():
        if page.route == route:
            return page
    return _pages.get(_below.get(route, ""))
