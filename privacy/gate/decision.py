"""Who sees what: the whole rule, written once, in the order in which it is asked.

A rule becomes one relation. Read as `rows` it says which rows a viewer sees (lists, objects, the
policies of row-level security), read as `people` who sees a row (fan-out). Neither direction says
anything about order or precedence by itself.
"""

from dataclasses import replace
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model, Q

from privacy.gate.audiences import Audience
from privacy.gate.deny_rules import APPS, CHILDREN, AppsNeed, PastOthers, PastOwner
from privacy.gate.probe import localised
from privacy.gate.relations import (
    AllOf,
    AnyOf,
    Anyone,
    If,
    InAudience,
    Nobody,
    Person,
    Relation,
    ToParent,
)
from privacy.gate.rule import Rule
from privacy.gate.rules import deny_rule, deny_rules, means, overseers_of, rule_of
from privacy.gate.viewer import SOMEBODY, Viewer


def who_sees(model: type[Model]) -> Relation:
    """Return who sees a row of a model.

    Of rows that can be seen at all (`only`):

    1. whom the owner's audience means, past every deny rule: leaving, restricted, blocked, …;
    2. or whose thing it is too (`also`), whatever stands before its owner;
    3. both of them past the circle of a child;
    4. or the owner, and who answers for them. Where a child can be heard in what somebody else
       owns, its circle stands before that owner too;
    5. through a third-party app: as far as the owner lets apps, or, of what is open to apps
       (`open_to_apps`), as far as it is no child's;
    6. and who sees the parent, where there is one (`through`).
    """
    rule = rule_of(model)
    chosen = AnyOf(_audiences(model, rule)) & _past_all_but({CHILDREN, APPS}, rule)
    tied = AnyOf((chosen, *rule.also))
    circle, owner, overseers = _past(CHILDREN, rule), _owner(rule), _overseers(rule)
    if not rule.names_anybody:
        seen: Relation = Anyone() if rule.through else Nobody()
    elif rule.stands_before_owner(CHILDREN):
        seen = overseers | ((tied | owner) & circle)
    else:
        seen = owner | overseers | (tied & circle)
    apps = AppsNeed(_past(CHILDREN if rule.open_to_apps else APPS, rule))
    return If(rule.only, AllOf((seen, apps, *_parents(model, rule))))


def who_sees_field(model: type[Model], name: str) -> Relation:
    """Return who, of those who see a row, sees a field with an audience of its own.

    Deny rules stand before the row already; the one before apps also before what isn't public.
    """
    rule = rule_of(model)
    column = rule.fields[name]
    own = replace(rule, audience=column, within={})
    seen = AnyOf((*_audiences(model, own), _owner(rule), _overseers(rule), *rule.also))
    public = If(Q(**{column: Audience.PUBLIC}), Anyone())
    return seen & AppsNeed(public | _past(APPS, rule))


def who_is_in(model: type[Model], audience: Audience) -> Relation:
    """Return whom, of those who see a row, its owner counts into an audience.

    What `who_sees_field` says of one field, said once for all fields that have this audience.
    """
    rule = rule_of(model)
    meant = InAudience(audience, means(audience, model, rule), rule.owner)
    seen = AnyOf((meant, _owner(rule), _overseers(rule), *rule.also))
    return seen if audience is Audience.PUBLIC else seen & AppsNeed(_past(APPS, rule))


def _audiences(model: type[Model], rule: Rule) -> tuple[Relation, ...]:
    """Return whom each audience means here, on the rows that have it."""
    fixed = (InAudience(audience, tie, rule.owner) for audience, tie in rule.within.items())
    if not rule.audience:
        return tuple(fixed)
    column = rule.audience
    chosen = (
        InAudience(audience, means(audience, model, rule), rule.owner, column)
        for audience in Audience
    )
    return (*fixed, *chosen)


def _owner(rule: Rule) -> Relation:
    return Person(rule.owner) if rule.owner else Nobody()


def _overseers(rule: Rule) -> Relation:
    """Return who answers for the owner, as long as the owner's things are shown at all."""
    if not rule.owner or not rule.is_shown or rule.no_childs:
        return Nobody()
    let = [PastOwner(denies, rule.owner) for denies in deny_rules() if denies.before_overseers]
    return AnyOf(tuple(AllOf((overseer, *let)) for overseer in overseers_of(rule.owner)))


def _past(name: str, rule: Rule) -> Relation:
    """Return whom one deny rule lets get at the owner, and at the others whose thing it is."""
    denies = deny_rule(name)
    past: list[Relation] = []
    if rule.owner and not (name == CHILDREN and rule.no_childs):
        past.append(PastOwner(denies, rule.owner))
    if rule.others and name in rule.others.deny_rules:
        past.append(PastOthers(denies, rule.others.relation))
    return AllOf(tuple(past))


def _past_all_but(names: set[str], rule: Rule) -> Relation:
    return AllOf(
        tuple(_past(denies.name, rule) for denies in deny_rules() if denies.name not in names)
    )


def _parents(model: type[Model], rule: Rule) -> tuple[Relation, ...]:
    if not rule.through:
        return ()
    parent = model._meta.get_field(rule.through).related_model
    if not isinstance(parent, type):
        raise TypeError(f"{model.__name__}.{rule.through} is no relation")
    return (ToParent(rule.through, parent, who_sees(parent)),)


# Reading it
# -------------------------------------------------------------------


def rows_for(model: type[Model], viewer: Viewer) -> Q:
    """Return the condition on `model`'s rows that this viewer may see."""
    return _rows(who_sees(model), model, viewer)


def field_rows_for(model: type[Model], name: str, viewer: Viewer) -> Q:
    """Return the condition, on rows that are visible at all, whose field `name` is seen too."""
    return _rows(who_sees_field(model, name), model, viewer)


def audience_rows_for(model: type[Model], audience: Audience, viewer: Viewer) -> Q:
    """Return the condition, on rows that are visible at all, whose owner counts this viewer in."""
    return _rows(who_is_in(model, audience), model, viewer)


def stands_open(person: str, viewer: Viewer) -> Q:
    """Return the condition that no deny rule stands between this viewer and the person at a path.

    For people who are named where the viewer may be anyway: players, members, authors.
    """
    return _past_all_but(set(), Rule(owner=person)).rows(viewer)


def _rows(relation: Relation, model: type[Model], viewer: Viewer) -> Q:
    """Read a relation as rows, with borrowed eyes too: never more than who borrows them sees.

    What isn't that person's own is shown as any member sees it: whom somebody else shows what is
    between those two.
    """

    def seen_by(eyes: Viewer) -> Q:
        return localised(model, relation.rows(eyes))

    real, owner = viewer.real, rule_of(model).owner
    if real is None:
        return seen_by(viewer)
    theirs = seen_by(replace(viewer, real=None))
    if owner and viewer.user_id:
        own = Q(**{owner: real.user_id})
        theirs = (own & theirs) | (~own & seen_by(Viewer(SOMEBODY, viewer.via)))
    return theirs & seen_by(real)


def people_for(obj: Model) -> Q:
    """Return the condition on users who may see this row: the inverse of `rows_for`."""
    return who_sees(type(obj)).people(obj)


def field_people_for(obj: Model, name: str) -> Q:
    """Return the condition, on people who may see this row, who see its field `name` too."""
    return who_sees_field(type(obj), name).people(obj)


def people() -> Any:
    """Return everybody who can look at all: accounts that are neither leaving nor suspended."""
    model = get_user_model()
    return model._default_manager.filter(model.present())
