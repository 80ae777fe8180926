"""Taking an archive in, part by part. Twice is as good as once.

Things get ids made from the account's and their old ones, so a second run finds what the first
made; each section is a transaction of its own.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from foundation.ids import ALPHABET, LENGTH
from foundation.work import workshop
from privacy.gate.audiences import Audience
from privacy.portability.export.values import HIDDEN
from privacy.portability.importing.archive_reader import Archive


class Refused(Exception):
    """The account can't be made here; the message says why and what to do."""


@dataclass
class Result:
    """What came of one section."""

    made: int = 0
    there: int = 0
    skipped: dict[str, int] = field(default_factory=dict)

    def skip(self, why: str) -> None:
        self.skipped[why] = self.skipped.get(why, 0) + 1


@dataclass
class Incoming:
    """One import: the archive, the account it goes to, and what to make of its ids."""

    archive: Archive
    folder: Path
    username: str
    email: str
    user: Any = None
    fresh: bool = False
    results: dict[str, Result] = field(default_factory=dict)

    def id_for(self, old: str) -> str:
        """Return the public id that a thing gets here: the same at every run."""
        key = settings.SECRET_KEY.encode()
        whose = str(getattr(self.user, "public_id", ""))
        digest = hmac.digest(key, f"privacy.importing~{whose}~{old}".encode(), sha256)
        number, letters = int.from_bytes(digest), ""
        for _place in range(LENGTH):
            number, rest = divmod(number, len(ALPHABET))
            letters += ALPHABET[rest]
        return letters

    def find(self, rows: Any, old: str | None) -> Any:
        """Return what an earlier part or run made of a thing, or None."""
        if not old or old == HIDDEN:
            return None
        return rows.filter(public_id=self.id_for(old)).first()

    def media(self, path: str | None) -> Path | None:
        """Unpack one file and return where it lies; None when the archive lacks it."""
        target = self.folder / "media"
        return target if path and self.archive.unpack(path, target) else None


Maker = Callable[[Incoming, dict[str, Any], Result], None]


@dataclass(frozen=True)
class _Bringer:
    name: str
    make: Maker
    order: int


_bringers: dict[str, _Bringer] = {}


def register_importer(model: type[models.Model], make: Maker, *, order: int) -> None:
    """Say how rows of a model come in; called from `<app>/privacy.py`. Small `order` first.

    `make` gets one row at a time, counts into the result, and changes nothing the second time.
    The account is order 0: `make` sets `incoming.user`, or raises Refused.
    """
    name = model._meta.label_lower
    if name in _bringers:
        raise ValueError(f"{name} is brought in twice")
    _bringers[name] = _Bringer(name, make, order)


def take_in(archive: Archive, *, username: str = "", email: str = "") -> Incoming:
    """Check the whole archive, then bring its sections in, one transaction each.

    Raises Unfit or Refused, before anything is written if the archive itself is at fault.
    """
    archive.check()
    with workshop() as folder:
        incoming = Incoming(archive, folder, username or archive.about["username"], email)
        for bringer in sorted(_bringers.values(), key=lambda item: (item.order, item.name)):
            with transaction.atomic():
                result = incoming.results[bringer.name] = Result()
                for row in archive.rows(bringer.name):
                    bringer.make(incoming, row, result)
            if incoming.user is None:
                raise Refused(_("The archive holds no account."))
    return incoming


def not_brought(incoming: Incoming) -> dict[str, int]:
    """Return the sections that stay in the archive, with their rows."""
    return {name: n for name, n in incoming.archive.counts.items() if name not in _bringers}


def moment(text: str | None) -> Any:
    """Return a moment of the archive, or None."""
    return parse_datetime(text) if text else None


def audience(chosen: str) -> str:
    """Return who may see a thing here: anyone stays anyone, all other circles stayed behind."""
    return Audience.PUBLIC if chosen == Audience.PUBLIC else Audience.ME


def text_for(model: type[models.Model], name: str, value: Any) -> str:
    """Return text cut to what its column takes, or none where the column refuses it."""
    column: Any = model._meta.get_field(name)
    text = str(value or "")[: column.max_length]
    try:
        column.run_validators(text)
    except ValidationError:
        return ""
    return text
