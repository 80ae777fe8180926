"""Legal holds: what the law keeps of one person for a time, and nothing beside it."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import CASCADE, Model
from django.utils import timezone

from privacy import datamap
from privacy.datamap import Erase, Held
from privacy.erasure.models import Erasure, LegalHold


def in_force(user: Any) -> list[LegalHold]:
    """Return the holds that keep something of a person now, the one that ends first, first."""
    return list(LegalHold.objects.filter(LegalHold.in_force(), user=user).order_by("ends_at", "pk"))


def kept(holds: Iterable[LegalHold]) -> dict[str, set[str]]:
    """Return the fields that holds keep, by model, with the bare rows that those hang on.

    Deleting a recording would delete its stems: whoever holds a stem holds the recording's row
    too, emptied. The same goes for the rows through which a model finds its person.
    """
    fields: dict[str, set[str]] = {}
    by_model = {item.model: item for item in datamap.held()}
    for hold in holds:
        for name in hold.fields:
            label, _, field = name.rpartition(".")
            fields.setdefault(label, set()).add(field)
    waiting = [item for item in by_model.values() if item.name in fields]
    if waiting:
        itself = by_model[LegalHold]
        fields[itself.name] = set(itself.fields)
        fields.setdefault(get_user_model()._meta.label_lower, set())
        waiting.append(by_model[get_user_model()])
    while waiting:
        for model in _hung_on(waiting.pop()):
            item = by_model.get(model)
            if item and item.subjects and item.name not in fields and item.erase is not Erase.KEEP:
                fields[item.name] = set()
                waiting.append(item)
    return fields


def _hung_on(item: Held) -> list[type[Model]]:
    """Return the models without whose rows this one's would go, or could not be found again."""
    columns: Any = item.model._meta.concrete_fields
    models = [
        column.related_model
        for column in columns
        if column.is_relation and column.remote_field.on_delete is CASCADE
    ]
    model: Any = item.model
    for part in item.subjects[0].split("__"):
        if part == "pk":
            break
        model = model._meta.get_field(part).related_model
        models.append(model)
    return models


def unknown(names: Iterable[str]) -> list[str]:
    """Return which of the names are no personal fields of the data map."""
    known = {
        f"{item.name}.{name}"
        for item in datamap.held()
        if item.subjects
        for name, datum in item.fields.items()
        if datum.personal
    }
    return [name for name in names if name not in known]


@transaction.atomic
def lift(hold: LegalHold) -> bool:
    """End a hold now; the purge goes on with the sweeper's next look. Idempotent."""
    rows = LegalHold.objects.filter(pk=hold.pk, lifted_at__isnull=True)
    if not rows.update(lifted_at=timezone.now()):
        return False
    waiting = Erasure.objects.filter(user=hold.user_id, stage=Erasure.Stage.HELD)
    waiting.update(due_at=timezone.now())
    return True
