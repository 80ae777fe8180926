"""Which tables row-level security stands before, and what the web may write there."""

from dataclasses import dataclass

from django.db.models import Model

from privacy.gate.rules import Relation


@dataclass(frozen=True)
class WritePolicies:
    """What the web may write to rows it sees: of whom the relation says. None: services do.

    `beside`: columns of the person and of the group, for a table that says who is together with
    whom, where rules ask about the others too.
    """

    insert: Relation | None = None
    update: Relation | None = None
    delete: Relation | None = None
    beside: tuple[str, str] | None = None


_protected: dict[type[Model], WritePolicies] = {}


def protect(
    model: type[Model],
    *,
    insert: Relation | None = None,
    update: Relation | None = None,
    delete: Relation | None = None,
    beside: tuple[str, str] | None = None,
) -> None:
    """Put policies before a model that has a visibility rule; called from `<app>/privacy.py`."""
    _protected[model] = WritePolicies(insert, update, delete, beside)


def protected_models() -> dict[type[Model], WritePolicies]:
    return dict(_protected)
