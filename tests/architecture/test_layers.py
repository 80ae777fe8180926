"""Imports point one way: the contracts of `.importlinter`, and what they rest on."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.apps import APPS

ROOT = Path(settings.BASE_DIR)


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.Import):
            yield from (one.name.split(".")[0] for one in node.names)


def test_the_contracts_hold() -> None:
    status = lint_imports(config_filename=str(ROOT / ".importlinter"), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS


def test_every_app_of_ours_stands_in_the_contracts() -> None:
    ours = {name.split(".")[0] for name in settings.INSTALLED_APPS if (ROOT / name).is_dir()}
    assert ours | {"integrations"} == set(APPS)
    text = (ROOT / ".importlinter").read_text()
    assert [name for name in APPS if f"    {name}\n" not in text] == []


def test_the_machinery_knows_no_app_and_the_ground_knows_nothing() -> None:
    """The same for two layers, read without the tool."""
    for app, may in (
        ("privacy", {"privacy", "integrations", "foundation"}),
        ("foundation", {"foundation"}),
    ):
        for path in (ROOT / app).rglob("*.py"):
            assert set(imported(path)) & set(APPS) <= may, path


def test_no_file_grows_beyond_reading() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for app in (*APPS, "tests", "bench")
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts and (lines := path.read_text().count("\n")) > 420
    }
    assert long == {}


def test_web_sessions_and_jam_sessions_are_never_confused() -> None:
    """No class of ours is called Session: Django's is."""
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            tree = ast.walk(ast.parse(path.read_text()))
            names = {node.name for node in tree if isinstance(node, ast.ClassDef)}
            assert "Session" not in names, path
