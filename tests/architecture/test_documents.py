"""Documents name what there is: files, names in the code, settings, decisions."""

import importlib
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from jamsite.environment import OUTSIDE, Environment
from scripts import documents

ROOT = Path(documents.ROOT)
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
SOURCES = [
    path
    for top in ("accounts", "bands", "community", "foundation", "frontend", "integrations",
                "jamsite", "messaging", "privacy", "sessions_app", "templates", "tests", "bench",
                "docs", "schools")
    for path in (ROOT / top).rglob("*")
    if path.suffix in {".py", ".ts", ".md", ".html"} and "dist" not in path.parts
]  # fmt: skip
SQL = sorted(ROOT.glob("*/migrations/sql/*.sql"))
APPS = (
    r"(?:accounts|bands|community|foundation|integrations|jamsite|messaging|privacy|schools"
    r"|sessions_app)"
)
NAME = re.compile(rf"`({APPS}(?:\.(?!py`)\w+)+)(?:\(\))?`")
FILE = re.compile(r"`(?!.*/NN-)([\w./-]+/[\w.-]+\.(?:py|ts|js|css|html|md|conf|toml))`")
SHORT = re.compile(r"`([A-Za-z_]\w*(?:\.\w+)*)(?:\([^`]*\))?`")  # `visible(…)`, `rules.see`
BARE_FILE = re.compile(r"(?i)\w+\.(?:py|ts|js|css|html|md|conf|toml|json|txt)")
SETTING = re.compile(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`")
# Of docs that say how to write one.
EXAMPLES = {"RETENTION_APPLAUSE_DAYS", "TEST_MARK", "SITE", "applaud", "NAME"}


def found(pattern: re.Pattern[str], page: Path) -> Iterator[str]:
    yield from pattern.findall(page.read_text())


def is_there(dotted: str) -> bool:
    """Return whether a dotted name is of a module, of something in one, a model or a right."""
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        if not _is_module(".".join(parts[:cut])):
            continue
        if cut == len(parts):
            return True
        thing = importlib.import_module(".".join(parts[:cut]))
        for name in parts[cut:]:
            thing = getattr(thing, name, None)
        return thing is not None or _is_model_or_right(*parts[:3])
    return False


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _is_model_or_right(app: str, name: str, field: str = "") -> bool:
    models = {one._meta.model_name: one for one in apps.get_app_config(app).get_models()}
    if name.lower() in models:
        fields = {one.name for one in models[name.lower()]._meta.get_fields()}
        return not field or field in fields
    return any(name in dict(one._meta.permissions) for one in models.values())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_names_and_files_are_there(page: Path) -> None:
    missing = [name for name in found(NAME, page) if not is_there(name)]
    everywhere = {str(path.relative_to(ROOT)) for path in SOURCES}
    missing += [
        name
        for name in found(FILE, page)
        if not (ROOT / name).exists()
        and not (page.parent / name).exists()
        and not any(path.endswith(f"/{name}") for path in everywhere)
    ]
    assert missing == []


def test_what_is_named_short_is_in_the_code() -> None:
    """`who_sees`, `Viewer.links`; of `decision.stands_open`, that it is in that module."""
    sources = [path for path in SOURCES if path.suffix in {".py", ".ts"}]
    texts = {path: path.read_text() for path in sources}
    code = "\n".join(texts.values())
    names = set(re.findall(r"\w+", code)) | {path.stem for path in sources}
    names |= {name.upper() for name in Environment.model_fields} | EXAMPLES
    names |= set(re.findall(r"\w+", "\n".join(path.read_text() for path in SQL)))
    modules: dict[str, set[str]] = {}
    for path, text in texts.items():
        stem = path.parent.name if path.stem == "__init__" else path.stem
        modules.setdefault(stem, set()).update(re.findall(r"\w+", text))

    def is_said(name: str) -> bool:
        first, *rest = name.split(".")
        if rest and re.fullmatch(rf"{APPS}|tests", first):
            return is_there(name)
        if rest and f'"{name}"' in code:  # what sockets send
            return True
        return {first, *rest} <= names and set(rest[:1]) <= modules.get(first, names)

    missing = {
        (page.name, name)
        for page in PAGES
        for name in found(SHORT, page)
        if not BARE_FILE.fullmatch(name) and not is_said(name)
    }
    assert missing == set()


def test_the_glossary_says_each_word_once_and_whose_it_is() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (ROOT / "docs" / "glossary.md").read_text().splitlines()
        if line.startswith("| **")
    ]
    assert [row for row in rows if len(row) != 3 or not all(row)] == []
    terms = [re.findall(r"\*\*([^*]+)\*\*", row[0])[0].lower() for row in rows]
    assert terms == sorted(terms)
    said = [term.lower() for row in rows for term in re.findall(r"\*\*([^*]+)\*\*", "|".join(row))]
    assert sorted(said) == sorted(set(said))


def test_settings_that_documents_name_are_settings() -> None:
    from django.conf import settings

    known = {name.upper() for name in Environment.model_fields} | set(OUTSIDE)
    code = "\n".join(path.read_text() for path in SOURCES if path.suffix == ".py")
    missing = {
        (page.name, name)
        for page in PAGES
        for name in found(SETTING, page)
        if name not in known | EXAMPLES and not hasattr(settings, name)
        and not re.search(rf"^\s*{name}\b.*=", code, re.MULTILINE)
        and f'"{name}"' not in code
    }  # fmt: skip
    assert missing == set()


def test_decisions_that_anything_names_were_made() -> None:
    made = {path.name[:4] for path in (ROOT / "docs" / "decisions").glob("*.md")}
    named = {
        number for path in SOURCES for number in re.findall(r"decisions/(\d{4})", path.read_text())
    }
    assert named - made == set()


def test_what_is_written_from_the_code_is_as_written() -> None:
    assert documents.main(["--check"]) == 0
