"""The format of a copy as JSON Schema (draft 2020-12), generated from the data map.

The root describes `export.json`; each file under `data/` is an array of the definition that
`export.json` names for it.
"""

import hashlib
import json
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Field, FileField

from foundation.ids import ALPHABET, LENGTH, PublicIdField
from privacy.portability.export.sections import Section, sections
from privacy.portability.export.values import HIDDEN, NAMES

FORMAT = "jamsite-export/2"
FILE = "export.schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
PUBLIC_ID = f"^[{ALPHABET}]{{{LENGTH}}}$"
MEDIA = {"type": "string", "pattern": "^media/"}

_TYPES: list[tuple[type[Field[Any, Any]], dict[str, Any]]] = [
    (PublicIdField, {"type": "string", "pattern": PUBLIC_ID}),
    (models.BooleanField, {"type": "boolean"}),
    (models.IntegerField, {"type": "integer"}),
    (models.FloatField, {"type": ["number", "null"]}),
    (models.DateTimeField, {"type": "string", "format": "date-time"}),
    (models.DateField, {"type": "string", "format": "date"}),
    (models.UUIDField, {"type": "string", "format": "uuid"}),
    (models.EmailField, {"type": "string", "format": "email"}),
    (models.JSONField, {}),
    (ArrayField, {"type": "array", "items": {"type": "string"}}),
]


def schema() -> dict[str, Any]:
    """Return the whole schema. `version` changes whenever anything in it does."""
    all_sections = list(sections())
    rows = {section.name: row_schema(section) for section in all_sections}
    body = {"$defs": {"manifest": _manifest([section.name for section in all_sections]), **rows}}
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    return {
        "$schema": DIALECT,
        "title": "A person's copy from Jamsite",
        "description": (
            f"Format {FORMAT}. This describes export.json; each file under data/ is an array of "
            f"the definition named for it. {HIDDEN} stands for what isn't the person's to see."
        ),
        "version": digest[:12],
        "$ref": "#/$defs/manifest",
        **body,
    }


def row_schema(section: Section) -> dict[str, Any]:
    """Return what one row of a section looks like."""
    return {
        "title": str(section.label),
        "type": "object",
        "properties": {name: _field(section, name) for name in section.fields},
        "required": list(section.fields),
        "additionalProperties": False,
    }


def _field(section: Section, name: str) -> dict[str, Any]:
    column: Any = section.model._meta.get_field(name)
    datum = section.datum(name)
    about = f"{datum.category}: {datum.note}" if datum.note else datum.category
    return {**_type(column), "description": about}


def _type(column: Any) -> dict[str, Any]:
    if column.many_to_many:
        return {"type": "array", "items": _reference(column.related_model)}
    if column.is_relation:
        return {"anyOf": [_reference(column.related_model), {"type": "null"}]}
    if isinstance(column, FileField):
        return {"anyOf": [MEDIA, {"type": "null"}]}
    kind = next(
        (json_type for cls, json_type in _TYPES if isinstance(column, cls)), {"type": "string"}
    )
    if column.null and kind and kind["type"] != ["number", "null"]:
        return {"anyOf": [kind, {"type": "null"}]}
    return dict(kind)


def _reference(model: Any) -> dict[str, Any]:
    """Return how rows of another model are named: their public id, a username, or hidden."""
    columns = {column.name: column for column in model._meta.concrete_fields}
    name = next((name for name in NAMES if name in columns), None)
    if model is get_user_model():
        return {"type": "string", "description": f"a username, or {HIDDEN}"}
    if name == "public_id":
        return {"type": "string", "pattern": f"{PUBLIC_ID}|^{HIDDEN}$"}
    return {"type": "string"}


def _manifest(names: list[str]) -> dict[str, Any]:
    count = {"type": "integer", "minimum": 0}
    moment = {"type": "string", "format": "date-time"}
    section = _closed(
        {
            "name": {"enum": names},
            "label": {"type": "string"},
            "file": {"type": "string", "pattern": r"^data/[a-z_.]+\.json$"},
            "schema": {"type": "string", "pattern": rf"^{FILE}#/\$defs/[a-z_.]+$"},
            "count": {**count, "minimum": 1},
        }
    )
    return _closed(
        {
            "format": {"const": FORMAT},
            "schema_version": {"type": "string"},
            "site": {"type": "string"},
            "username": {"type": "string"},
            "begun_at": moment,
            "made_at": moment,
            "sections": {"type": "array", "items": section},
            "media_files": count,
            "missing_files": {"type": "array", "items": MEDIA},
        }
    )


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
