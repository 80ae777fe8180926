"""Purpose limitation: code reads data that was collected for a purpose it serves, or says why.

What a module reads is found in its source: model classes it imports, and labels such as
"messaging.Message" that it asks Django's registry for. Reaching a row through another row's
attribute is not seen; such rows come from an object that was read lawfully and through the gate.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.models import Model

from privacy.datamap.registry import held
from privacy.datamap.why import readings, served

# Modules that define or declare models, and the staff pages, whose looks are asked for and logged.
DECLARING = {"models", "migrations", "privacy", "admin", "management", "demo", "apps",
             "roles", "declarations"}  # fmt: skip


def problems() -> list[str]:
    """Return every module that reads what its purposes don't cover, one plain sentence each."""
    purposes = {item.model: set(item.purposes) for item in held() if item.purposes}
    declared = {(reading.module, reading.model): reading for reading in readings()}
    used: set[tuple[str, type[Model]]] = set()
    faults = []
    for module, model in sorted(reads_of_code(), key=lambda pair: (pair[0], pair[1].__name__)):
        if model not in purposes or purposes_of(module) & purposes[model]:
            continue
        exception = _exception(module, model, declared)
        if exception is not None:
            used.add(exception)
        else:
            wanted = ", ".join(sorted(purposes[model]))
            faults.append(f"{module} reads {_name(model)}, which is held for {wanted} alone.")
    faults += [
        f"That {module} reads {_name(model)} is declared, and it doesn't."
        for module, model in declared
        if (module, model) not in used
    ]
    return faults


def purposes_of(module: str) -> set[str]:
    """Return what a module serves: what is declared for it, or for the nearest package above."""
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        keys = served().get(".".join(parts[:length]))
        if keys is not None:
            return set(keys)
    return set()


def _exception(
    module: str, model: type[Model], declared: Mapping[tuple[str, type[Model]], object]
) -> tuple[str, type[Model]] | None:
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        key = (".".join(parts[:length]), model)
        if key in declared:
            return key
    return None


def reads_of_code() -> set[tuple[str, type[Model]]]:
    """Return (dotted module, model) for every model that our own code names."""
    root = Path(settings.BASE_DIR)
    by_label = {_name(model): model for model in apps.get_models()}
    reads = set()
    for config in apps.get_app_configs():
        folder = Path(config.path)
        if not folder.is_relative_to(root) or ".venv" in folder.parts:
            continue
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            if DECLARING & set(parts[1:]):
                continue
            module = ".".join(parts).removesuffix(".__init__")
            names = set(_named(ast.parse(path.read_text())))
            reads |= {(module, by_label[name]) for name in names if name in by_label}
    return reads


def _named(tree: ast.AST) -> Iterator[str]:
    """Yield the labels of models that a module imports or names as a string."""
    packages = {config.name: config.label for config in apps.get_app_configs()}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and ".models" in f".{node.module}":
            package = node.module.partition(".")[0]  # whose rooms have models of their own
            label = packages.get(node.module.partition(".models")[0]) or packages.get(package)
            yield from (f"{label}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _name(model: type[Model]) -> str:
    return f"{model._meta.app_label}.{model.__name__}"
