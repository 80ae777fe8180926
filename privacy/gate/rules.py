"""Visibility rules: declared once per model, read in both directions.

Who sees a row is told by relations (`privacy.gate.relations`); deny rules
(`privacy.gate.deny_rules`) stand before them, whatever audience the owner chose.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model, Q

from privacy.gate.audiences import Audience
from privacy.gate.deny_rules import APPS, CHILDREN, ORDER, DenyRule
from privacy.gate.probe import localised
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
from privacy.gate.viewer import SOMEBODY, Viewer

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


def deny(one: DenyRule) -> None:
    """Declare a condition on owners that no audience overrides (blocked, leaving, suspended)."""
    _deny_rules.append(one)
    _deny_rules.sort(key=_place)
    _changed()


def _place(one: DenyRule) -> int:
    return ORDER.index(one.name) if one.name in ORDER else len(ORDER)


def deny_rule(name: str) -> DenyRule:
    """Return one condition on owners by its name, whichever app declared it."""
    return next(rule for rule in _deny_rules if rule.name == name)


def oversee(relation: Callable[[str], Relation]) -> None:
    """Declare who sees whatever somebody shows to anybody, by the path to that person."""
    _overseers.append(relation)
    _changed()


def rule_of(model: type[Model]) -> Rule:
    try:
        return _rules[model]
    except KeyError:
        raise LookupError(
            f"{model.__name__} has no visibility rule: declare one in its app's privacy.py"
        ) from None


def models_with_rules() -> list[type[Model]]:
    return list(_rules)


def rows_for(model: type[Model], viewer: Viewer) -> Q:
    """Return the condition on `model`'s rows that this viewer may see."""
    rule = rule_of(model)
    if viewer.real is not None:
        return _posed(rule, viewer, lambda one: rows_for(model, one))
    condition = rule.only & _seen(model, rule, viewer)
    if viewer.app is not None:
        condition &= _behind(CHILDREN if rule.open_to_apps else APPS, rule, viewer)
    if rule.through:
        parent = model._meta.get_field(rule.through).related_model
        if not isinstance(parent, type):
            raise TypeError(f"{model.__name__}.{rule.through} is no relation")
        seen = Q() if parent in viewer.trusts else rows_for(parent, viewer)
        parents = parent._default_manager.filter(seen).order_by()
        condition &= Q(**{f"{rule.through}__in": parents.values("pk")})
    return localised(model, condition)


def field_rows_for(model: type[Model], name: str, viewer: Viewer) -> Q:
    """Return the condition, on rows that are visible at all, whose field `name` is seen too."""
    rule = rule_of(model)
    if viewer.real is not None:
        return _posed(rule, viewer, lambda one: field_rows_for(model, name, one))
    # Deny rules stand before the row, so that they need not stand before its fields again.
    seen = _chosen(model, _field_rule(rule, name), viewer) | _own(rule, viewer)
    for relation in rule.also:
        seen |= relation.rows(viewer)
    if viewer.app is not None:
        public = Q(**{rule.fields[name]: Audience.PUBLIC})
        seen &= public | _behind(APPS, rule, viewer)
    return seen


def audience_rows_for(model: type[Model], audience: Audience, viewer: Viewer) -> Q:
    """Return the condition, on rows that are visible at all, whose owner counts this viewer in.

    What `field_rows_for` says of one field, said once for all fields that have this audience.
    """
    rule = rule_of(model)
    if viewer.real is not None:
        return _posed(rule, viewer, lambda one: audience_rows_for(model, audience, one))
    # As above: of what `rows_for` lets through, only what is theirs isn't behind every deny rule.
    seen = _tied(rule, audience, _meant(model, rule, audience), viewer) | _own(rule, viewer)
    for relation in rule.also:
        seen |= relation.rows(viewer)
    if viewer.app is not None and audience is not Audience.PUBLIC:
        seen &= _behind(APPS, rule, viewer)
    return seen


def offered(model: type[Model]) -> list[Audience]:
    """Return the audiences that fields of a model may have, widest first."""
    columns: list[Any] = [model._meta.get_field(one) for one in rule_of(model).fields.values()]
    found = {audience for column in columns for audience in column.offers}
    return [audience for audience in Audience if audience in found]


def stands_open(person: str, viewer: Viewer) -> Q:
    """Return the condition that no deny rule stands between this viewer and the person at a path.

    For people who are named where the viewer may be anyway: players, members, authors.
    """
    return _let_through(Rule(owner=person), viewer, set())


def _posed(rule: Rule, viewer: Viewer, seen_by: Callable[[Viewer], Q]) -> Q:
    """Return the condition for borrowed eyes: never more than the person sees who borrows them.

    What isn't that person's own is shown as any member sees it: whom somebody else shows what is
    between those two.
    """
    them, real = replace(viewer, real=None), viewer.real
    assert real is not None
    theirs = seen_by(them)
    if rule.owner and them.user_id:
        own = Q(**{rule.owner: real.user_id})
        theirs = (own & theirs) | (~own & seen_by(Viewer(SOMEBODY, viewer.via)))
    return theirs & seen_by(real)


def _seen(model: type[Model], rule: Rule, viewer: Viewer) -> Q:
    if not rule.owner and not rule.also and not rule.within:
        return Q() if rule.through else NO_ROWS
    # The deny rule before apps stands before everything: see `rows_for`.
    seen = _chosen(model, rule, viewer) & _let_through(rule, viewer, {CHILDREN, APPS})
    for relation in rule.also:
        seen |= relation.rows(viewer)
    if _for_children_too(rule):
        seen |= _mine(rule, viewer)
        return _overseen(rule, viewer) | (seen & _behind(CHILDREN, rule, viewer))
    return _own(rule, viewer) | (seen & _behind(CHILDREN, rule, viewer))


def _for_children_too(rule: Rule) -> bool:
    """Whether the deny rule before children stands for others too: then for the owner as well.

    A child can be heard in a recording. Who owns it and isn't of the child's circle any more, or
    never was, hears their own sound alone.
    """
    return rule.others is not None and CHILDREN in rule.others.deny_rules


def _own(rule: Rule, viewer: Viewer) -> Q:
    """Return the condition for what is the viewer's own, or of somebody they answer for."""
    return _mine(rule, viewer) | _overseen(rule, viewer)


def _mine(rule: Rule, viewer: Viewer) -> Q:
    return Person(rule.owner).rows(viewer) if rule.owner else NO_ROWS


def _overseen(rule: Rule, viewer: Viewer) -> Q:
    """Return the condition for what is of somebody whom the viewer answers for."""
    own = NO_ROWS
    if rule.owner and rule.is_shown and not rule.no_childs:
        for relation in _overseers:
            overseen = relation(rule.owner).rows(viewer)
            if overseen != NO_ROWS:
                for each in _deny_rules:
                    if each.before_overseers:
                        overseen &= each.rows(rule.owner, viewer)
                own = overseen if own == NO_ROWS else own | overseen
    return own


def _chosen(model: type[Model], rule: Rule, viewer: Viewer) -> Q:
    """Return the condition for rows whose audience this viewer is in."""
    found = NO_ROWS
    for audience, relation, where in _ties(model, rule):
        tied = _tied(rule, audience, relation, viewer)
        if tied != NO_ROWS:
            found |= where & tied
    return found


def _tied(rule: Rule, audience: Audience, relation: Relation, viewer: Viewer) -> Q:
    pose = viewer.pose
    if pose is not None and pose.audience == audience and rule.owner:
        where = relation.where if isinstance(relation, If) else Q()
        return where & Q(**{rule.owner: pose.owner_id})
    return relation.rows(viewer)


def _ties(model: type[Model], rule: Rule) -> Iterator[tuple[Audience, Relation, Q]]:
    """Yield each audience, whom it means here, and the condition for rows that have it."""
    for audience, relation in rule.within.items():
        yield audience, relation, Q()
    if rule.audience:
        for audience in Audience:
            yield audience, _meant(model, rule, audience), Q(**{rule.audience: audience})


def _meant(model: type[Model], rule: Rule, audience: Audience) -> Relation:
    if audience in rule.relations:
        return rule.relations[audience]
    if audience in _standard and rule.owner:
        return _standard[audience](model, rule.owner)
    return Nobody()


def _field_rule(rule: Rule, name: str) -> Rule:
    return Rule(owner=rule.owner, audience=rule.fields[name], relations=rule.relations)


def _let_through(rule: Rule, viewer: Viewer, but: set[str]) -> Q:
    """Return the condition that no deny rule stops it, some left out by name."""
    found = Q()
    for each in _deny_rules:
        if each.name not in but:
            found &= _lets_through(each, rule, viewer)
    return found


def _behind(name: str, rule: Rule, viewer: Viewer) -> Q:
    """Return the condition that one deny rule, by name, doesn't stop it."""
    return _lets_through(deny_rule(name), rule, viewer)


def _lets_through(each: DenyRule, rule: Rule, viewer: Viewer) -> Q:
    found = Q()
    if rule.owner and not (each.name == CHILDREN and rule.no_childs):
        found &= each.rows(rule.owner, viewer)
    if rule.others and each.name in rule.others.deny_rules:
        clear = each.rows(rule.others.relation.person, viewer)
        if clear:
            found &= ~rule.others.relation.with_any(~clear)
    return found


def people_for(obj: Model) -> Q:
    """Return the condition on users who may see this row: the inverse of `rows_for`."""
    model = type(obj)
    rule = rule_of(model)
    if rule.only and not model._default_manager.filter(rule.only, pk=obj.pk).exists():
        return NO_ROWS
    seen = _people_who_see(obj, rule)
    if rule.through:
        seen &= people_for(getattr(obj, rule.through))
    return seen


def field_people_for(obj: Model, name: str) -> Q:
    """Return the condition, on people who may see this row, who see its field `name` too."""
    rule = rule_of(type(obj))
    field_rule = _field_rule(rule, name)
    seen = _people_chosen(obj, field_rule) | _people_of(obj, rule)
    for relation in rule.also:
        seen |= relation.people(obj)
    return seen


def _people_who_see(obj: Model, rule: Rule) -> Q:
    if not rule.owner and not rule.also and not rule.within:
        return Q() if rule.through else NO_ROWS
    seen = _people_chosen(obj, rule)
    for each in _deny_rules:
        if each.name != CHILDREN:
            seen &= _people_of_deny_rule(each, obj, rule)
    for relation in rule.also:
        seen |= relation.people(obj)
    if _for_children_too(rule):
        seen |= _owner_of(obj, rule)
    seen &= _people_of_deny_rule(deny_rule(CHILDREN), obj, rule)
    if _for_children_too(rule):
        return seen | _overseers_of(obj, rule)
    return seen | _people_of(obj, rule)


def _people_of(obj: Model, rule: Rule) -> Q:
    """Return the condition for the owner, and for those who answer for them."""
    return _owner_of(obj, rule) | _overseers_of(obj, rule)


def _owner_of(obj: Model, rule: Rule) -> Q:
    return Person(rule.owner).people(obj) if rule.owner else NO_ROWS


def _overseers_of(obj: Model, rule: Rule) -> Q:
    own = NO_ROWS
    if not rule.owner:
        return own
    owner = value_at(obj, rule.owner)
    if rule.is_shown and owner is not None:
        for relation in _overseers:
            overseers = relation(rule.owner).people(obj)
            for each in _deny_rules:
                if each.before_overseers:
                    overseers &= each.people(owner)
            own |= overseers
    return own


def _people_chosen(obj: Model, rule: Rule) -> Q:
    model = type(obj)
    seen = NO_ROWS
    now = Audience(value_at(obj, rule.audience)) if rule.audience else None
    chosen = [] if now is None else [(now, _meant(model, rule, now))]
    for _audience, relation in [*rule.within.items(), *chosen]:
        seen |= relation.people(obj)
    return seen


def _people_of_deny_rule(each: DenyRule, obj: Model, rule: Rule) -> Q:
    found = Q()
    if rule.owner:
        owner = value_at(obj, rule.owner)
        if owner is not None:
            found &= each.people(owner)
        elif each.name != CHILDREN:  # nobody's thing is no child's
            found &= NO_ROWS
    if rule.others and each.name in rule.others.deny_rules:
        for key in rule.others.relation.keys(obj):
            found &= each.people(key)
    return found


def people() -> Any:
    """Return everybody who can look at all: accounts that are neither leaving nor suspended."""
    model = get_user_model()
    return model._default_manager.filter(model.present())
