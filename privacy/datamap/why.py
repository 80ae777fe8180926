"""Why data is held, and which code serves which purpose.

Code may read data that was collected for a purpose it serves. `serves` says what an app, or one
module of it, is for; `reads` is the declared exception, with its reason. The check is
`privacy.datamap.purpose_limitation`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privacy.datamap.vocabulary import Basis


@dataclass(frozen=True)
class Purpose:
    """One reason to hold data, told to the person as `text`; `basis` is its usual legal basis."""

    key: str
    text: str | Promise
    basis: Basis = Basis.CONTRACT
    name: str | Promise = ""


_purposes: dict[str, Purpose] = {}
PURPOSES: dict[str, str | Promise] = {}  # key → text; filled by `purpose`


def purpose(
    key: str, text: str | Promise, basis: Basis = Basis.CONTRACT, name: str | Promise = ""
) -> Purpose:
    """Declare a purpose; raises ValueError when the key is taken."""
    if key in _purposes:
        raise ValueError(f"purpose {key} is declared twice")
    _purposes[key] = Purpose(key, text, basis, name or key.capitalize())
    PURPOSES[key] = text
    return _purposes[key]


def purposes() -> list[Purpose]:
    """Return every purpose, in the order of their declaration."""
    return list(_purposes.values())


purpose(
    "account",
    _("to know you when you come back and to keep your account safe"),
    name=_("Your account"),
)
purpose("jamming", _("to let you meet, play and record with others"), name=_("Playing together"))
purpose("publishing", _("to show what you chose to show, to whom you chose"), name=_("Showing"))
purpose("messages", _("to carry what you write to the people you write to"), name=_("Messages"))
purpose(
    "safety", _("to protect people against attacks and abuse"), Basis.INTEREST, name=_("Safety")
)
purpose(
    "rights",
    _("to carry out what you ask for under data protection law"),
    Basis.LEGAL,
    name=_("Your rights"),
)
purpose(
    "operations", _("to keep the service running"), Basis.INTEREST, name=_("Running the service")
)
purpose(
    "news",
    _("to send you news that you agreed to"),
    Basis.CONSENT,
    name=_("News by e-mail"),
)


@dataclass(frozen=True)
class Reading:
    """A declared exception: this module reads this model, for this reason."""

    module: str
    model: type[Model]
    because: str


_served: dict[str, tuple[str, ...]] = {}
_readings: dict[tuple[str, str], Reading] = {}


def serves(module: str, *keys: str) -> None:
    """Declare the purposes of an app or module ("messaging", "sessions_app.services.mixing").

    The longest declared prefix of a module's dotted name holds.
    """
    if module in _served:
        raise ValueError(f"what {module} serves is declared twice")
    _served[module] = keys


def reads(module: str, model: type[Model], because: str) -> None:
    """Declare that a module reads data collected for a purpose it doesn't serve, and why."""
    key = (module, model._meta.label_lower)
    if key in _readings:
        raise ValueError(f"that {module} reads {key[1]} is declared twice")
    _readings[key] = Reading(module, model, because)


def served() -> Mapping[str, tuple[str, ...]]:
    return _served


def readings() -> list[Reading]:
    return sorted(
        _readings.values(), key=lambda reading: (reading.module, reading.model._meta.label_lower)
    )
