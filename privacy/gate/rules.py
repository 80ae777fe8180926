"""Where visibility rules are declared, once per model; `privacy.gate.decision` puts them together.

Who sees a row is told by relations (`privacy.gate.relations`); deny rules
(`privacy.gate.deny_rules`) stand before them, whatever audience the owner chose.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Model

from privacy.gate.audiences import Audience
from privacy.gate.deny_rules import ORDER, DenyRule
from privacy.gate.relations import (
    ALL_ROWS,
    NO_ROWS,
    AnyMember,
    Anyone,
    HoldsLink,
    If,
    Nobody,
    Person,
    Related,
    Relation,
    value_at,
)
from privacy.gate.rule import Others, Rule

__all__ = [
    "ALL_ROWS",
    "NO_ROWS",
    "AnyMember",
    "Anyone",
    "DenyRule",
    "If",
    "Nobody",
    "Others",
    "Person",
    "Related",
    "Relation",
    "Rule",
    "value_at",
]


def _linked(model: type[Model], owner: str) -> Relation:
    """Return who holds a link: to a thing that addresses name, others have none."""
    named = any(column.name == "public_id" for column in model._meta.concrete_fields)
    return HoldsLink(model._meta.label_lower, owner) if named else Nobody()


Standard = Callable[[type[Model], str], Relation]  # (model, path to the owner) → the relation

_standard: dict[Audience, Standard] = {
    Audience.PUBLIC: lambda model, owner: Anyone(),
    Audience.LINK: _linked,
    Audience.MEMBERS: lambda model, owner: AnyMember(),
    Audience.ME: lambda model, owner: Nobody(),  # the owner sees it anyway
}
_rules: dict[type[Model], Rule] = {}
_deny_rules: list[DenyRule] = []
_overseers: list[Callable[[str], Relation]] = []
_watchers: list[Callable[[], None]] = []


def on_change(forget: Callable[[], None]) -> None:
    """Have whatever is worked out from the rules forgotten when one is declared."""
    _watchers.append(forget)


def _changed() -> None:
    for forget in _watchers:
        forget()


def see(model: type[Model], rule: Rule) -> None:
    """Declare the rule of a model; called from `<app>/privacy.py`."""
    if model in _rules:
        raise ValueError(f"{model.__name__} has a visibility rule already")
    _rules[model] = rule
    _changed()


def standard(audience: Audience, relation: Standard) -> None:
    """Declare whom an audience means for every model that doesn't say otherwise."""
    _standard[audience] = relation
    _changed()


def meant(audience: Audience, model: type[Model], owner: str) -> Relation:
    """Return whom an audience means for a model of another rule's, by the path to its owner."""
    return _standard[audience](model, owner)


def means(audience: Audience, model: type[Model], rule: Rule) -> Relation:
    """Return whom an audience means for a rule: what it says itself, or what it means anywhere."""
    if audience in rule.relations:
        return rule.relations[audience]
    if audience in _standard and rule.owner:
        return _standard[audience](model, rule.owner)
    return Nobody()


def deny(rule: DenyRule) -> None:
    """Declare a condition on owners that no audience overrides (blocked, leaving, suspended)."""
    _deny_rules.append(rule)
    _deny_rules.sort(key=_place)
    _changed()


def _place(rule: DenyRule) -> int:
    return ORDER.index(rule.name) if rule.name in ORDER else len(ORDER)


def deny_rule(name: str) -> DenyRule:
    """Return one condition on owners by its name, whichever app declared it."""
    return next(rule for rule in _deny_rules if rule.name == name)


def deny_rules() -> list[DenyRule]:
    """Return the conditions on owners in the order in which they are asked."""
    return list(_deny_rules)


def oversee(relation: Callable[[str], Relation]) -> None:
    """Declare who sees whatever somebody shows to anybody, by the path to that person."""
    _overseers.append(relation)
    _changed()


def overseers_of(path: str) -> list[Relation]:
    """Return who sees whatever the person at a path shows to anybody."""
    return [relation(path) for relation in _overseers]


def rule_of(model: type[Model]) -> Rule:
    try:
        return _rules[model]
    except KeyError:
        raise LookupError(
            f"{model.__name__} has no visibility rule: declare one in its app's privacy.py"
        ) from None


def models_with_rules() -> list[type[Model]]:
    return list(_rules)


def offered(model: type[Model]) -> list[Audience]:
    """Return the audiences that fields of a model may have, widest first."""
    columns: list[Any] = [
        model._meta.get_field(column_name) for column_name in rule_of(model).fields.values()
    ]
    used = {audience for column in columns for audience in column.offers}
    return [audience for audience in Audience if audience in used]
