"""What people are asked for, or may object to: purposes with their exact words.

A purpose is registered only while something runs on it. Its words have versions; when they change
in substance, append a `Text` with the next number: a yes to older words no longer counts, and the
person is asked again at their next visit. Old words stay here, as what the evidence refers to.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from privacy import datamap
from privacy.datamap import Basis


@dataclass(frozen=True)
class Text:
    """One version of the words that are shown when asking."""

    version: int
    words: Any  # lazily translated

    def sha256(self) -> str:
        """Return the hash of the words as they are shown now, in the language in force."""
        return hashlib.sha256(str(self.words).encode()).hexdigest()


@dataclass(frozen=True)
class Purpose:
    """Something done with personal data that a person may refuse.

    - `basis`: CONSENT runs only after a yes; INTEREST runs until the person objects.
    - `stops`: what stops when it is withdrawn, in words for the person.
    - `stop(user)`: deletes what was collected for it, in the transaction that withdraws.
    - `visitors`: whether it can run for somebody without account, who decides on the cookie page.
    - `heeds_signal`: whether Global Privacy Control says no to it.
    - `adults_only`: nobody below 18 is asked, and no yes of theirs is recorded or counts.
    - `held_to`: why data is held for it ("to …"), for the data map, which then knows it by the same
      key; `held_as`: its heading there, if not the label. None is held for it without.
    """

    key: str
    label: Any
    basis: Basis
    texts: tuple[Text, ...]
    stops: Any
    stop: Callable[[Any], None] | None = None
    visitors: bool = False
    heeds_signal: bool = True
    adults_only: bool = False
    held_to: Any = ""
    held_as: Any = ""

    def concerns(self, user: Any) -> bool:
        """Return whether this person may be asked at all; visitors are nobody's children."""
        return not self.adults_only or user.is_adult

    @property
    def text(self) -> Text:
        """The words in force."""
        return self.texts[-1]

    @property
    def asks(self) -> bool:
        """Whether it needs a yes, or only heeds a no."""
        return self.basis is Basis.CONSENT


_purposes: dict[str, Purpose] = {}


def register(purpose: Purpose) -> None:
    """Add a purpose; called from `<app>/privacy.py`, or here for what the machinery runs itself.

    Nothing else names it: the pages where people choose, the cookie, requests
    (`request.choices[key]`), the evidence, the policy and the data map follow.
    """
    versions = [text.version for text in purpose.texts]
    if purpose.key in _purposes or not versions or versions != sorted(set(versions)):
        raise ValueError(f"purpose {purpose.key} is registered twice, or its versions don't grow")
    if purpose.basis not in {Basis.CONSENT, Basis.INTEREST}:
        raise ValueError(f"purpose {purpose.key} rests on a basis that can't be refused")
    if purpose.held_to:
        datamap.purpose(
            purpose.key, purpose.held_to, purpose.basis, purpose.held_as or purpose.label
        )
    _purposes[purpose.key] = purpose


def get(key: str) -> Purpose:
    """Return a purpose, or raise LookupError: a misspelt key must not read as a no."""
    try:
        return _purposes[key]
    except KeyError:
        raise LookupError(f"There is no purpose {key}.") from None


def purposes() -> list[Purpose]:
    """Return all purposes, in the order they were registered."""
    return list(_purposes.values())


register(
    Purpose(
        key="marketing",
        label=_("News by e-mail"),
        basis=Basis.CONSENT,
        texts=(
            Text(
                1,
                _(
                    "Send me news about Jamsite by e-mail: what is new, and what is planned. "
                    "A few times a year; every mail ends it with one click."
                ),
            ),
        ),
        stops=_("No news is sent any more, also none that is being sent out right now."),
        adults_only=True,
    )
)
register(
    Purpose(
        key="research",
        label=_("Research"),
        basis=Basis.CONSENT,
        texts=(
            Text(
                1,
                _(
                    "My public performances may be part of a data set for research into how people "
                    "make music, without anything of my account."
                ),
            ),
            Text(
                2,
                _(
                    "Let my public performances be part of a data set for research into how people "
                    "make music, without anything of my account."
                ),
            ),
        ),
        stops=_("Nothing of yours is part of the next release of a data set."),
    )
)
