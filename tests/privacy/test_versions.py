"""Versions in the repository: a change of clauses or map wants a new one; sealed ones stay."""

import json
from pathlib import Path
from typing import Any

import pytest

from privacy.policy import versions


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the code says, for the test to change."""
    now: dict[str, Any] = dict(versions.content())
    monkeypatch.setattr(versions, "content", lambda: dict(now))

    def say(**changes: Any) -> None:
        now.update(changes)

    return say


@pytest.mark.clause("changes")
def test_the_code_says_what_its_newest_version_says() -> None:
    assert versions.problems() == []


def test_a_change_of_the_map_wants_a_new_version(says: Any, tmp_path: Path) -> None:
    assert versions.problems(tmp_path) == [
        "The policy has no version yet: write one with manage.py policy --draft."
    ]
    with pytest.raises(ValueError, match="Say in a sentence"):
        versions.draft(folder=tmp_path)
    versions.draft("The first.", tmp_path)
    assert versions.problems(tmp_path) == []
    says(map="0" * 64)
    assert versions.problems(tmp_path) == [
        "The data map changed, and version 1 doesn't say so: manage.py policy --draft writes it "
        "anew."
    ]
    made = versions.draft(folder=tmp_path)
    assert (made.number, made.summary, versions.problems(tmp_path)) == (1, "The first.", [])


def test_a_released_version_is_never_written_again(says: Any, tmp_path: Path) -> None:
    versions.draft("The first.", tmp_path)
    says(clauses=[])
    with pytest.raises(ValueError, match="not what this code says"):
        versions.release(tmp_path)
    versions.draft(folder=tmp_path)
    versions.release(tmp_path)
    sealed = (tmp_path / "1.json").read_text()
    with pytest.raises(ValueError, match="no draft"):
        versions.release(tmp_path)
    with pytest.raises(ValueError, match="Say in a sentence"):
        versions.draft(folder=tmp_path)
    says(cookies=[])
    assert "writes the next" in versions.problems(tmp_path)[0]
    assert versions.draft("No cookies.", tmp_path).number == 2
    assert versions.problems(tmp_path) == []
    assert (tmp_path / "1.json").read_text() == sealed
    plain = json.loads(sealed)
    plain["summary"] = "Always was so."
    (tmp_path / "1.json").write_text(json.dumps(plain))
    assert versions.problems(tmp_path) == ["Version 1 was changed after it had been released."]


def test_gaps_and_forgotten_drafts_are_seen(says: Any, tmp_path: Path) -> None:
    versions.draft("The first.", tmp_path)
    third = json.loads((tmp_path / "1.json").read_text()) | {"version": 3}
    (tmp_path / "3.json").write_text(json.dumps(third))
    assert versions.problems(tmp_path) == [
        "Versions aren't numbered from 1 without gaps.",
        "Version 1 is a draft, and a later one is there.",
    ]
