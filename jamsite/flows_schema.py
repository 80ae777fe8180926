"""The flows of signing up and in, put into the API's schema from allauth's own description.

Those that an app has here, under the address that they have here, with what we ask besides.
"""

import copy
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from allauth.headless import spec
from django.urls import Resolver404, resolve

from accounts.auth_urls import left_out

ROOT = "/api/auth/app/v1"
PREFIX = "SignIn"  # before the names of allauth's components, which ours may have too
BORN = {
    "type": "string",
    "format": "date",
    "description": "Date of birth, asked on a screen of its own before the rest. It is not stored.",
}
KEEP = {"type": "array", "items": {"type": "string"}, "description": "names of what arrived"}
_REF = re.compile(r'"#/components/(\w+)/(\w+)"')
_METHODS = ("get", "post", "put", "patch", "delete")


def add_flows(result: dict[str, Any], **_about: Any) -> dict[str, Any]:
    """Add the flows to the schema (a hook of drf-spectacular)."""
    flows = _flows()
    result["paths"] |= copy.deepcopy(flows["paths"])
    for section, parts in flows["components"].items():
        result["components"].setdefault(section, {}).update(copy.deepcopy(parts))
    return result


@cache
def _flows() -> dict[str, Any]:
    text = (Path(spec.__file__).parent / "doc" / "openapi.yaml").read_text(encoding="utf-8")
    flows = json.loads(json.dumps(yaml.safe_load(text), default=str))
    flows["components"]["responses"]["TooMany"] = {
        "description": "Too many requests: `Retry-After` says when to go on.",
        "content": {"application/problem+json": {"schema": {"type": "object"}}},
    }
    _ask_for_age(flows["components"])
    paths = {}
    for path, operations in flows["paths"].items():
        ours = path.replace("/_allauth/{client}/v1", ROOT).replace("/_allauth/app/v1", ROOT)
        if _is_here(ours):
            paths[ours] = {
                method: _operation(method, ours, operation)
                for method, operation in operations.items()
                if method in _METHODS
            }
    return _renamed(paths, flows["components"])


def _is_here(path: str) -> bool:
    try:
        return resolve(path).func is not left_out
    except Resolver404:
        return False


def _operation(method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    name = re.sub(r"\W+", "_", path.removeprefix(f"{ROOT}/"))
    given = [
        parameter
        for parameter in operation.get("parameters", [])
        if "Client" not in parameter.get("$ref", "")
    ]
    described: dict[str, Any] = {
        key: operation[key] for key in ("summary", "description", "requestBody") if key in operation
    }
    return {
        "operationId": f"{name}_{method}",
        "tags": ["auth"],
        **described,
        **({"parameters": given} if given else {}),
        "security": [{"sessionToken": []}, {}],
        "responses": _responses(path, operation["responses"]),
    }


def _responses(path: str, described: dict[str, Any]) -> dict[str, Any]:
    """Return what allauth tells, and what each flow can answer here besides."""
    responses = {str(status): words for status, words in described.items()}
    if not any(status.startswith("2") for status in responses) and not path.endswith("/session"):
        responses["200"] = {"description": "Done."}
    ended = {"description": "The sign-in of this session token has ended: begin without it."}
    return {"410": ended, "429": {"$ref": "#/components/responses/TooMany"}, **responses}


def _ask_for_age(components: dict[str, Any]) -> None:
    """Tell of the fields that we ask for and allauth doesn't."""
    for name, more in (("Signup", {"birth_date": BORN}),
                       ("ProviderSignup", {"birth_date": BORN, "keep": KEEP})):  # fmt: skip
        schema = components["schemas"][name]
        own = next((part for part in schema.get("allOf", []) if "properties" in part), schema)
        own.setdefault("properties", {}).update(more)
        own["required"] = sorted({*own.get("required", []), "birth_date"})


def _renamed(paths: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """Return paths and the components that they lead to, under names of their own."""
    wanted = set(_REF.findall(json.dumps(paths)))
    seen: set[tuple[str, str]] = set()
    while wanted - seen:
        section, name = next(iter(wanted - seen))
        seen.add((section, name))
        wanted |= set(_REF.findall(json.dumps(components[section][name])))
    kept: dict[str, Any] = {}
    for section, name in sorted(seen):
        kept.setdefault(section, {})[PREFIX + name] = components[section][name]
    whole = json.dumps({"paths": paths, "components": kept})
    renamed: dict[str, Any] = json.loads(_REF.sub(rf'"#/components/\1/{PREFIX}\2"', whole))
    return renamed
