"""Named lists of people and their addresses. Each has a constant query count."""

from datetime import datetime
from typing import Any, TypeVar

from allauth.account.models import EmailAddress
from django.db.models import (
    Case,
    Min,
    Model,
    QuerySet,
    Value,
    When,
)

from accounts.identity.models import User
from privacy.gate import compiled
from privacy.gate.access import get_visible_or_404
from privacy.gate.viewer import Viewer

M = TypeVar("M", bound=Model)


def naming(rows: QuerySet[M], viewer: Viewer, person: str) -> QuerySet[M]:
    """Add whether the person that a column names may be shown, for `shown_person`.

    The rows came through the gate; who they name may all the same be leaving, or blocked.
    """
    shown = Case(
        When(compiled.stands_open(rows.model, person, viewer), then=Value(True)),
        default=Value(False),
    )
    named: QuerySet[M] = rows.select_related(person).annotate(**{f"shows_{person}": shown})
    return named


def shown_person(row: Any, person: str) -> Any:
    """Return the person a row names (from `naming`), or None when there is nobody to show."""
    return getattr(row, person) if getattr(row, f"shows_{person}") else None


def shown_people(rows: QuerySet[M], viewer: Viewer, person: str) -> QuerySet[M]:
    """Return the rows whose person may be shown: who plays, who was asked, who is in a room."""
    return rows.filter(compiled.stands_open(rows.model, person, viewer))


def my_addresses(user: User) -> QuerySet[EmailAddress]:
    """Return a person's own e-mail addresses, the one in use first."""
    rows: QuerySet[EmailAddress] = EmailAddress.objects.filter(user=user)
    return rows.order_by("-primary", "pk")


def find_person(viewer: Viewer, username: str) -> User:
    """Return a person by username, or raise the same Http404 for hidden and missing."""
    return get_visible_or_404(User, viewer, username__iexact=username)


def begun() -> datetime | None:
    """Return when the first account was made: about nobody, but about the site."""
    first: datetime | None = User.objects.aggregate(first=Min("date_joined"))["first"]
    return first
