"""The map as plain data, for machines, for comparing versions, for a fingerprint."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from django.utils import translation

from privacy.datamap.registry import held, resolve, stores
from privacy.datamap.retention import Fades, For, Retention, Until
from privacy.datamap.vocabulary import Datum, Held, Store
from privacy.datamap.why import purposes, readings, served


def as_json() -> dict[str, Any]:
    """Return the whole map as plain data, in English, the same on every site with this code.

    Periods that a setting holds are given by the setting's name, not by its value.
    """
    with translation.override("en"):
        return {
            "purposes": {
                purpose.key: {"text": str(purpose.text), "basis": purpose.basis.value}
                for purpose in purposes()
            },
            "models": [_model(item) for item in held()],
            "stores": [_store(item) for item in stores()],
            "serves": {module: sorted(keys) for module, keys in sorted(served().items())},
            "reads": [
                {
                    "module": reading.module,
                    "model": reading.model._meta.label_lower,
                    "because": reading.because,
                }
                for reading in readings()
            ],
        }


def fingerprint() -> str:
    """Return a stable hash of the map (64 hexadecimal digits).

    It changes with anything that changes what the map means for people: fields, categories,
    purposes, bases, ends, who sees or receives. It doesn't with wording, with the site's settings,
    or with which module reads what for a purpose that stays.
    """
    about = as_json()
    meaning = {
        "purposes": {key: purpose["basis"] for key, purpose in about["purposes"].items()},
        "models": [{**model, "label": None, "erased_how": None} for model in about["models"]],
        "stores": [{**store, "label": None, "erased_how": None} for store in about["stores"]],
    }
    text = json.dumps(meaning, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _model(item: Held) -> dict[str, Any]:
    from privacy.gate import rules  # noqa: PLC0415  (apps that rules know are still loading)

    return {
        "model": item.name,
        "label": str(item.label),
        "subjects": list(item.subjects),
        "purposes": list(item.purposes),
        "basis": item.basis.value,
        "retention": [_end(end) for end in item.ends],
        "recipients": list(item.recipients),
        "erase": item.erase.value,
        "erased_how": str(item.erased_how),
        "kept_because": str(item.kept_because),
        "purge": f"{item.purge.__module__}.{item.purge.__qualname__}" if item.purge else None,
        "has_rule": item.model in rules.models_with_rules(),
        "fields": {name: _field(item, name) for name in sorted(item.fields)},
    }


def _field(item: Held, name: str) -> dict[str, Any]:
    full = resolve(item, name)
    about: dict[str, Any] = {
        "category": full.category,
        "purposes": list(full.purposes) if full.personal else [],
        "basis": full.basis.value if full.personal else None,
        "retention": [_end(end) for end in full.retention],
        "seen_by": full.seen_by,
        "recipients": list(full.recipients),
        "export": full.export,
        "erase": full.erase.value,
    }
    keys = item.fields[name].keys
    if keys is not None:
        about["keys"] = {key: _key(datum) for key, datum in sorted(keys.items())}
    return about


def _key(datum: Datum) -> dict[str, Any]:
    return {"category": datum.category, "seen_by": datum.seen_by, "export": datum.export}


def _store(item: Store) -> dict[str, Any]:
    return {
        "store": item.name,
        "label": str(item.label),
        "categories": list(item.categories),
        "purposes": list(item.purposes),
        "basis": item.basis.value,
        "retention": [_end(item.retention)],
        "recipients": list(item.recipients),
        "seen_by": item.seen_by,
        "erase": item.erase.value,
        "erased_how": str(item.erased_how),
        "where": item.where,
        "places": {pattern: str(words) for pattern, words in sorted(item.places.items())},
    }


def _end(end: Retention) -> dict[str, Any]:
    if isinstance(end, Until):
        return {"until": end.event.value, **({"of": end.of} if end.of else {})}
    about: dict[str, Any] = {"for": _period(end.period)}
    if isinstance(end, For):
        about["ends" if end.ends else "since"] = end.since
        if end.where:
            about["where"] = str(end.where)
        if end.by is not None:
            about["by"] = f"{end.by.__module__}.{end.by.__qualname__}"
    if isinstance(end, Fades):
        about["after"], about["by"] = str(end.after), str(end.by)
    return about


def _period(period: timedelta | str) -> str:
    return period if isinstance(period, str) else f"{period.total_seconds():g} s"
