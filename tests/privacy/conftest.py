from typing import Any

import pytest

from privacy.policy import releases, versions
from tests.cast import Cast
from tests.privacy.world import World


@pytest.fixture
def world(cast: Cast, standing: Any) -> World:
    return standing if isinstance(standing, World) else World(cast)


SONGS = {
    "id": "songs", "title": "Songs", "since": "2027-01-01", "covers": [],
    "text": "We never **sing** along.\n",
}  # fmt: skip


@pytest.fixture
def other_code(db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Code whose policy says one thing more than before; `say` changes it further."""
    content = versions.content()
    now: dict[str, Any] = {**content, "clauses": [*content["clauses"], SONGS]}
    releases.begin()
    monkeypatch.setattr(versions, "content", lambda: now)

    def say(**changes: Any) -> None:
        now.update(changes)

    return say
