"""Data collected for one purpose is not read by code that serves another, unless it says so."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from messaging.models import Message
from privacy.datamap import purpose_limitation, why
from privacy.models import AccessLogEntry


@pytest.fixture
def app_of_another_purpose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Path:
    """An app `charts` that serves publishing, beside the real ones."""
    folder = tmp_path / "charts"
    folder.mkdir()
    real = apps.get_app_configs()
    charts = SimpleNamespace(name="charts", label="charts", path=str(folder))
    settings.BASE_DIR = tmp_path
    monkeypatch.setattr(apps, "get_app_configs", lambda: [*real, charts])
    monkeypatch.setattr(why, "_served", {"charts": ("publishing",)})
    monkeypatch.setattr(why, "_readings", {})
    return folder


@pytest.mark.clause("purposes-bound")
@pytest.mark.promise("VJ-07")
def test_our_code_reads_what_its_purposes_cover_or_says_why() -> None:
    assert purpose_limitation.problems() == []
    read = purpose_limitation.reads_of_code()
    assert ("messaging.services", Message) in read
    assert ("privacy.staff_access.access_log", AccessLogEntry) in read
    modules = {module.split(".")[0] for module, _ in read}
    assert modules >= {"accounts", "bands", "community", "messaging", "privacy", "sessions_app"}


@pytest.mark.clause("purposes-bound")
@pytest.mark.promise("VJ-07")
@pytest.mark.parametrize(
    "source",
    [
        "from messaging.models import Message",
        "def f():\n    from messaging.models import Member, Message as M",
        "from django.apps import apps\nx = apps.get_model('messaging.Message')",
        "from privacy.gate.rules import Related\nt = Related('messaging.Message', 'a', 'b')",
    ],
)
def test_code_that_reads_messages_for_charts_is_refused_until_it_says_why(
    app_of_another_purpose: Path, source: str
) -> None:
    (app_of_another_purpose / "tops.py").write_text(f"from accounts.models import User\n{source}\n")
    found = purpose_limitation.problems()
    assert "charts.tops reads messaging.Message, which is held for messages alone." in found
    assert not [one for one in found if "accounts.User" in one]
    with pytest.raises(CommandError, match=r"reads messaging\.Message"):
        call_command("data_map", "--check")
    why.reads("charts", Message, "counts words")
    assert [one for one in purpose_limitation.problems() if "messaging.Message" in one] == []


def test_an_exception_that_nobody_needs_any_more_is_told(app_of_another_purpose: Path) -> None:
    (app_of_another_purpose / "tops.py").write_text("from accounts.models import User\n")
    assert purpose_limitation.problems() == []
    why.reads("charts.tops", Message, "once counted words")
    assert purpose_limitation.problems() == [
        "That charts.tops reads messaging.Message is declared, and it doesn't."
    ]


def test_the_nearest_declaration_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(why, "_served", {"a": ("rights",), "a.b": ("safety",)})
    told = {
        name: purpose_limitation.purposes_of(name)
        for name in ("a", "a.c.d", "a.b", "a.b.c", "ab", "z")
    }
    rights, safety = {"rights"}, {"safety"}
    nothing: set[str] = set()
    assert told == {"a": rights, "a.c.d": rights, "a.b": safety, "a.b.c": safety,
                    "ab": nothing, "z": nothing}  # fmt: skip
