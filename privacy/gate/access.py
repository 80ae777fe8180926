"""The one gate. Every question of who sees what is asked here, and answered by one query.

Hidden and missing are the same: what `visible` leaves out does not exist for the viewer.
"""

from collections.abc import Iterator
from typing import Any, NoReturn, TypeVar

from django.db.models import Case, Model, QuerySet, Value, When
from django.db.models.query import ModelIterable
from django.http import Http404

from foundation.problems import Gone
from privacy.gate import compiled, decision, rules
from privacy.gate.tombstones import is_buried
from privacy.gate.viewer import Viewer

M = TypeVar("M", bound=Model)


def visible(source: type[M] | QuerySet[M], viewer: Viewer) -> QuerySet[M]:
    """Return the rows of a model or queryset that this viewer may see."""
    rows: QuerySet[M] = source if isinstance(source, QuerySet) else source._default_manager.all()
    return rows.filter(compiled.rows_for(rows.model, viewer))


def can_see(viewer: Viewer, obj: Model) -> bool:
    """Return whether the viewer may see this row: the same query, narrowed to one row."""
    return visible(type(obj), viewer).filter(pk=obj.pk).exists()


def with_visible_fields(source: type[M] | QuerySet[M], viewer: Viewer) -> QuerySet[M]:
    """Return the visible rows, each with `sees_<field>` for the fields with their own audience.

    The database says of each row which audiences the viewer is in; a field is seen when its
    audience is one of them. So the query doesn't grow with the number of fields.
    """
    rows = visible(source, viewer)
    among = {
        f"among_{audience.value}": Case(
            When(compiled.audience_rows_for(rows.model, audience, viewer), then=Value(True)),
            default=Value(False),
        )
        for audience in rules.offered(rows.model)
    }
    annotated: QuerySet[M] = rows.annotate(**among)
    annotated._iterable_class = _FieldsMarked
    return annotated


class _FieldsMarked(ModelIterable):  # type: ignore[type-arg]
    """Rows of `with_visible_fields`: each field is compared with what the gate said of the row."""

    def __iter__(self) -> Iterator[Any]:
        return self.finish(self.queryset.model, super().__iter__())

    @staticmethod
    def finish(model: type[Model], rows: Iterator[Any]) -> Iterator[Any]:
        fields = rules.rule_of(model).fields
        for row in rows:
            for name, column in fields.items():
                # An audience that fields aren't offered means their owner alone.
                owns = getattr(row, "among_me", False)
                setattr(row, f"sees_{name}", getattr(row, f"among_{getattr(row, column)}", owns))
            yield row


def marking(rows: QuerySet[M], viewer: Viewer, name: str) -> QuerySet[M]:
    """Add whether another viewer sees each row too, as `name`: anybody, a search engine."""
    seen = Case(When(compiled.rows_for(rows.model, viewer), then=Value(True)), default=Value(False))
    marked: QuerySet[M] = rows.annotate(**{name: seen})
    return marked


def can_see_field(viewer: Viewer, obj: Model, name: str) -> bool:
    """Return whether the viewer may see this row, and this field of it."""
    rows = visible(type(obj), viewer).filter(compiled.field_rows_for(type(obj), name, viewer))
    return rows.filter(pk=obj.pk).exists()


def audience_of(obj: Model, field: str | None = None) -> QuerySet[Any]:
    """Return the people with an account who may see this row: the inverse, for fan-out.

    With `field`: those of them who see that field too.
    """
    people: QuerySet[Any] = decision.people().filter(decision.people_for(obj))
    if field is not None:
        people = people.filter(decision.field_people_for(obj, field))
    return people


def get_visible_or_404(source: type[M] | QuerySet[M], viewer: Viewer, **lookup: Any) -> M:
    """Return the one visible row, or raise the same Http404 for hidden and for missing.

    What was public and belonged to an account that left is `Gone` (410): its name was known.
    """
    row = visible(source, viewer).filter(**lookup).first()
    if row is not None:
        return row
    raise_hidden(source.model if isinstance(source, QuerySet) else source, *lookup.values())


def raise_hidden(model: type[Model], *names: Any) -> NoReturn:
    """Raise what `get_visible_or_404` raises where nothing is seen."""
    if any(is_buried(model, str(name)) for name in names):
        raise Gone
    raise Http404
