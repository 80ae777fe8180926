"""What a model's visibility rule is made of; `privacy.gate.rules` re-exports it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from privacy.gate.audiences import Audience
from privacy.gate.relations import Related, Relation


@dataclass(frozen=True)
class Others:
    """The other people whose thing it is too, and the deny rules that stand for them as well."""

    relation: Related
    deny_rules: frozenset[str]


@dataclass(frozen=True)
class Rule:
    """Who may see the rows of one model.

    - `owner`: path to the person whose item it is ("pk": the row is the person); they see it.
    - `audience`: path to the audience they chose; `relations` says whom each audience means, where
      it isn't what it means everywhere.
    - `within`: for rows without a choice, relations by the audience that they amount to.
    - `also`: relations that see the row whatever its audience and whatever stands before its owner
      (people whose own sound is in it). Only the deny rules before apps and children stop them.
    - `others`: see `Others`.
    - `only`: rows that can be seen at all.
    - `through`: column of a parent row; who can't see the parent can't see the child.
    - `fields`: columns with an audience of their own, and the column that holds it.
    - `open_to_apps`: its public part is shown to third-party apps whatever its owner switched.
    - `no_childs`: `only` leaves out what is a child's, so neither guardians nor circles are asked
      of each row.
    """

    owner: str | None = None
    audience: str | None = None
    relations: Mapping[Audience, Relation] = field(default_factory=dict)
    within: Mapping[Audience, Relation] = field(default_factory=dict)
    also: tuple[Relation, ...] = ()
    others: Others | None = None
    only: Q = field(default_factory=Q)
    through: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    open_to_apps: bool = False
    no_childs: bool = False

    @property
    def is_shown(self) -> bool:
        """Whether rows are shown to others than their owner, so that guardians look after them."""
        return bool(self.audience or self.within or self.fields)

    @property
    def names_anybody(self) -> bool:
        """Whether it says of somebody that they see rows: else who sees the parent does."""
        return bool(self.owner or self.also or self.within)

    def stands_before_owner(self, deny_rule: str) -> bool:
        """Whether a deny rule that stands for the others whose thing it is, does for the owner too.

        A child can be heard in a recording. Who owns it and isn't of the child's circle any more,
        or never was, hears their own sound alone.
        """
        return self.others is not None and deny_rule in self.others.deny_rules
