"""Databases in which the cast, and the world around it, stand already: made once a worker.

To assemble the cast takes 147 statements, the world five times as many. A test that asks for one
runs on a database of its own, a copy of the one before with that committed, to which it rolls back;
people and things come out of a pickle. Tests without the cast see the first database, in which
there is nobody. What lies on disk is written into the folders of the test.
"""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections, transaction
from django.test import override_settings

from tests.cast import Cast

DEFAULT = "default"


def the_world(cast: Cast) -> Any:
    from tests.privacy.world import World

    return World(cast)


# name of the fixture → what makes it of what the stage before holds
BUILDS: dict[str, Callable[[Any], Any]] = {"cast": lambda _: Cast.assemble(), "world": the_world}


@dataclass
class Stage:
    """The connection to one, what stands on it (pickled), and files by their address."""

    wrapper: Any
    pickled: bytes = b""
    files: dict[Path, bytes] | None = None

    @classmethod
    def create(cls, name: str, before: "Stage", folder: Path) -> "Stage":
        """Copy the database of the stage before, and commit there what this one adds."""
        first = before.wrapper
        database = f"{first.settings_dict['NAME']}_{name}"
        first.close()  # PostgreSQL copies no database that somebody uses
        first.close_pool()
        with first._nodb_cursor() as cursor:
            cursor.execute(f'drop database if exists "{database}"')
            cursor.execute(f'create database "{database}" template "{first.settings_dict["NAME"]}"')
        options = {**first.settings_dict["OPTIONS"], "pool": False}  # a pool is kept by the alias
        made = cls(
            type(first)({**first.settings_dict, "NAME": database, "OPTIONS": options}, DEFAULT)
        )
        made.enter()
        made._build(BUILDS[name], before, folder)
        return made

    def _build(self, build: Callable[[Any], Any], before: "Stage", folder: Path) -> None:
        with override_settings(**folders(folder)):
            with transaction.atomic():
                built = build(before.things(folder))
                # as in a test, whose transaction never ends: nothing is done after it
                connection.run_on_commit.clear()
            self.files = {
                path.relative_to(folder): path.read_bytes()
                for path in folder.rglob("*")
                if path.is_file()
            }
        self.pickled = pickle.dumps(built)

    def enter(self) -> None:
        if connections[DEFAULT] is not self.wrapper:
            connections[DEFAULT] = self.wrapper
            ContentType.objects.clear_cache()  # a flush numbers them anew in the first alone

    def things(self, folder: Path) -> Any:
        """Return what stands here, whose files are put into a folder; None where nothing does."""
        for path, content in (self.files or {}).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        return pickle.loads(self.pickled) if self.pickled else None

    def drop(self) -> None:
        self.wrapper.close()
        with self.wrapper._nodb_cursor() as cursor:
            cursor.execute(f'drop database "{self.wrapper.settings_dict["NAME"]}"')


def folders(folder: Path) -> dict[str, Path]:
    """Return the settings that say where things lie, all of them inside one folder."""
    return {
        "MEDIA_ROOT": folder / "media",
        "WORK_DIR": folder / "work",
        "MAIL_DIR": folder / "mail",
        "LEDGER_PATH": folder / "ledger" / "erasures.jsonl",
    }


class Stages:
    """All of them, in the order of `BUILDS`, and the one that the next test runs on."""

    def __init__(self) -> None:
        self.made: dict[str, Stage] = {}
        self.wanted = ""

    def next(self, item: pytest.Item) -> None:
        """Enter the stage of the test that is about to begin."""
        self.wanted = wanted(item)
        if self.made:
            self.made[self.wanted].enter()

    def make(self, items: list[pytest.Item], folder: Callable[[str], Path]) -> None:
        """Make the stages that any of these tests asks for."""
        last = self.made[""] = Stage(connections[DEFAULT])
        names = ["", *BUILDS]
        deepest = max((names.index(wanted(item)) for item in items), default=0)
        for name in names[1 : deepest + 1]:
            last = self.made[name] = Stage.create(name, last, folder(name))
        self.made[self.wanted].enter()

    def close(self) -> None:
        if self.made:
            self.made.pop("").enter()
        for one in self.made.values():
            one.drop()
        self.made.clear()

    def things(self) -> Any:
        """Return what stands on the stage we are on; None on the first, or on none of them."""
        stage = self.made.get(self.wanted)
        return stage and stage.things(Path(settings.MEDIA_ROOT).parent)


def wanted(item: pytest.Item) -> str:
    """Return the stage that a test asks for; the first, "", where it commits what it does."""
    names = set(getattr(item, "fixturenames", ()))
    marker = item.get_closest_marker("django_db")
    if {"transactional_db", "live_server"} & names or (marker and marker.kwargs.get("transaction")):
        return ""
    found = ""
    for name in BUILDS:
        if name not in names:
            break
        found = name
    return found


stages = Stages()
