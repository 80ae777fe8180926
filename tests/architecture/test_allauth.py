"""What django-allauth calls internal is used through one module, below its next minor release."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import allauth
import pytest

from accounts.identity import allauth_internals
from tests.apps import APPS

PROJECT = Path(__file__).parents[2]
INTERNAL = re.compile(r"\ballauth\.[\w.]*\binternal\b|strategies\.jwt import .*\binternal\b")


def test_one_module_names_internals():
    naming = {
        str(path.relative_to(PROJECT))
        for app in APPS
        for path in (PROJECT / app).rglob("*.py")
        if INTERNAL.search(path.read_text())
    }
    assert naming == {"accounts/identity/allauth_internals.py"}


@pytest.mark.parametrize("name", allauth_internals.names())
def test_every_name_is_there(name: str):
    assert getattr(allauth_internals, name) is not None


def test_the_ceiling_is_the_next_minor_release():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    (asked,) = [one for one in project["dependencies"] if one.startswith("django-allauth")]
    major, minor = allauth.VERSION[:2]
    assert asked.endswith(f"<{major}.{minor + 1}")
    assert metadata.version("django-allauth").startswith(f"{major}.{minor}.")
