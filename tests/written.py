"""Every JSON that is written while tests run is held against the keys that the data map names."""

from typing import Any

from django.apps import apps
from django.db.models import JSONField

from privacy import datamap

unknown: set[str] = set()


def paths(value: Any, at: str = "") -> set[str]:
    """Return the paths of all leaves: "a.b", "list[]", "" for a bare value."""
    if isinstance(value, dict):
        found: set[str] = set()
        for key, one in value.items():
            found |= paths(one, f"{at}.{key}" if at else str(key))
        return found
    if isinstance(value, list | tuple):
        found = set()
        for one in value:
            found |= paths(one, f"{at}[]")
        return found
    return {at}


def undeclared(model: Any, name: str, value: Any) -> set[str]:
    """Return the paths in a value that the declaration of its field doesn't name."""
    keys = datamap.held_of(model).fields[name].keys or {}
    return {
        path
        for path in paths(value)
        if path not in keys and not any(_under(path, key) for key in keys)
    }


def _under(path: str, key: str) -> bool:
    """Whether a path is covered by a pattern: `*` stands for any key and what is under it."""
    return key == "*" or (key.endswith(".*") and path.startswith(key[:-1]))


def watch() -> None:
    """Look at everything that JSON fields send to the database from now on."""
    real = JSONField.get_db_prep_value

    def looked_at(field: Any, value: Any, connection: Any, prepared: bool = False) -> Any:
        model = getattr(field, "model", None)
        if model in set(apps.get_models()) and isinstance(value, dict | list) and value:
            for path in undeclared(model, field.name, value):
                unknown.add(f"{model._meta.label}.{field.name}: {path}")
        return real(field, value, connection, prepared)

    JSONField.get_db_prep_value = looked_at  # type: ignore[method-assign,assignment]
