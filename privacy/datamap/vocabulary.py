"""The words of the data map: what can be said of a field, a model, a store."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.db.models import FileField, Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privacy.datamap.retention import Event, Retention, Until

Words = str | Promise


class Basis(Enum):
    """Legal bases of GDPR article 6(1), as far as they are used."""

    CONTRACT = "contract"
    CONSENT = "consent"
    LEGAL = "legal obligation"
    INTEREST = "legitimate interest"


class Erase(Enum):
    """What becomes of a row, a field or a store's entry when its person is erased."""

    DELETE = "deleted"  # the row goes, with its files
    BLANK = "emptied"  # a row stays for others, its personal fields go; a field: NULL or DEFAULT
    CUSTOM = "handled by its app"  # the app's own step, named in `Held.purge`
    KEEP = "kept"  # with the reason in `Held.kept_because`, and a typed end
    NOTHING = "not about a person"
    # Of fields whose row stays:
    FILE = "its file is deleted"
    NULL = "emptied to null"
    DEFAULT = "set back to its default"
    RANDOM = "replaced by a random value"  # a tombstone: unique, and nobody's
    RENDER = "rendered again without you"
    # Of stores that are no tables:
    EXPIRES = "ends by itself"
    OUTSIDE = "deleted where it is, by order or by you"


BASES: Mapping[Basis, Words] = {
    Basis.CONTRACT: _("our agreement with you"),
    Basis.CONSENT: _("your consent"),
    Basis.LEGAL: _("a legal duty of ours"),
    Basis.INTEREST: _("a legitimate interest of ours, which you may object to"),
}
ENDS: Mapping[Erase, Words] = {
    Erase.DELETE: _("deleted"),
    Erase.BLANK: _("emptied; the rest stays with the others"),
    Erase.CUSTOM: _("deleted"),
    Erase.KEEP: _("kept for a while"),
    Erase.NOTHING: _("nothing in it is about you"),
}
SEEN_BY: Mapping[str, Words] = {
    "public": _("anyone"),
    "audience": _("the people you chose"),
    "participants": _("the people who are in it with you"),
    "owner": _("you"),
    "staff": _("staff, for a reason that is logged"),
    "nobody": _("nobody"),
}
SHARED = {"public", "audience", "participants"}
WITH_THE_ACCOUNT = Until(Event.ACCOUNT)
PEOPLE = "people"  # the recipient "the people you chose"; others are keys of providers


@dataclass(frozen=True)
class Datum:
    """One field, or one key inside a JSON field; what is None follows the model.

    - `seen_by`: a word of `SEEN_BY`.
    - `keys`: for a JSON field, every key that is ever written: path → Datum. Paths join keys with
      a dot; `[]` stands for the items of a list, `*` for any key ("min[]", "tracks[].name", "*").
    - `recipients`: `PEOPLE`, or keys of `integrations.providers`.
    """

    category: str
    erase: Erase | None = None
    export: bool = True
    seen_by: str = "audience"
    note: Words = ""
    label: Words = ""
    purposes: Sequence[str] | None = None
    basis: Basis | None = None
    retention: Retention | None = None
    recipients: Sequence[str] | None = None
    keys: Mapping[str, "Datum"] | None = None

    @property
    def personal(self) -> bool:
        return self.category.startswith("user")


@dataclass(frozen=True)
class Resolved:
    """Everything that holds for one field, its model's defaults filled in."""

    name: str
    category: str
    personal: bool
    purposes: tuple[str, ...]
    basis: Basis
    retention: tuple[Retention, ...]
    seen_by: str
    recipients: tuple[str, ...]
    export: str
    erase: Erase


@dataclass(frozen=True)
class Held:
    """What one model holds about people.

    - `subjects`: lookup paths to the people a row is about, the one who provided it first.
    - `retention`: how long: one end, or several of which the first to come holds.
    - `erase`: what happens to rows of a person who leaves; DELETE removes them with their files,
      BLANK empties the personal fields, CUSTOM calls `purge(user, batch)` until it returns 0.
    - `left`: whether CUSTOM left anything of a person, where more than `rows_of` is theirs.
    - `find`: the rows of a person where no path leads to them, as under a pseudonym.
    - `kept_because`: the reason of KEEP; the end is in `retention`, and is no event of the account.
    - `exported`: which of a person's rows go into their copy; all, unless said otherwise.
    - `exported_to`: of those, what goes to this person now, where rows hold others' voices too.
    - `order`: place in the erasure plan, small first; the account itself is 100.
    - `correct`: name of the URL where the person corrects it.
    - `remove`: the owning app's service that deletes one row at its person's wish: `(user, row)`.
    """

    model: type[Model]
    label: Words
    fields: Mapping[str, Datum]
    subjects: Sequence[str] = ()
    purposes: Sequence[str] = ()
    basis: Basis = Basis.CONTRACT
    retention: Retention | Sequence[Retention] = WITH_THE_ACCOUNT
    recipients: Sequence[str] = ()
    erase: Erase = Erase.DELETE
    purge: Callable[[Any, int], int] | None = None
    left: Callable[[Any], bool] | None = None
    find: Callable[[Any], QuerySet[Any]] | None = None
    erased_how: Words = ""
    kept_because: Words = ""
    exported: Q = field(default_factory=Q)
    exported_to: Callable[[Any], Q] | None = None
    order: int = 50
    correct: str = ""
    remove: Callable[[Any, Any], None] | None = None

    @property
    def name(self) -> str:
        return self.model._meta.label_lower

    @property
    def ends(self) -> tuple[Retention, ...]:
        """Every end of a row, as declared for the model."""
        ends: Any = self.retention
        return tuple(ends) if isinstance(ends, list | tuple) else (ends,)

    @property
    def kept(self) -> str:
        """How long, in words."""
        return "; ".join(str(end) for end in self.ends)

    def rows_of(self, user: Any) -> QuerySet[Any]:
        """Return the rows about a person, as their provider (the first subject path)."""
        if self.find is not None:
            return self.find(user).order_by("pk")
        return self.model._default_manager.filter(**{self.subjects[0]: user.pk}).order_by("pk")

    def file_fields(self) -> list[str]:
        return [
            item.name for item in self.model._meta.concrete_fields if isinstance(item, FileField)
        ]


@dataclass(frozen=True)
class Store:
    """A place with personal data that is no table: files, queues, caches, mail, logs, browsers.

    - `where`: "server", "your browser" or "provider".
    - `places`: what is in it, pattern → words: key families, folders, names of cookies or of
      browser storage. A key that no pattern knows fails a test.
    - `erase`: EXPIRES, DELETE, FILE, OUTSIDE or NOTHING; `erased_how` says it in words.
    """

    name: str
    label: Words
    categories: Sequence[str]
    purposes: Sequence[str]
    retention: Retention
    erased_how: Words
    erase: Erase = Erase.EXPIRES
    basis: Basis = Basis.CONTRACT
    recipients: Sequence[str] = ()
    seen_by: str = "nobody"
    where: str = "server"
    places: Mapping[str, Words] = field(default_factory=dict)

    @property
    def kept(self) -> str:
        return str(self.retention)
