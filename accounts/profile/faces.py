"""How people look wherever they are named: photo, stage name, instrument, as far as one may see.

A page asks for as many faces as it likes; the first one that is looked at brings them all, in one
query. Who may be named at all was decided before (`queries.naming`, `queries.shown_people`).
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.functional import cached_property

from accounts.profile.models import Plays, Profile
from accounts.profile.vocabulary import INSTRUMENTS
from foundation.addresses import path_of
from foundation.postgres.expressions import AmongKeys
from foundation.postgres.statements import Gap
from privacy.gate.access import visible, with_visible_fields
from privacy.gate.statements import GatedStatement
from privacy.gate.viewer import Viewer
from privacy.sharing.media import url_for


def _profiles(viewer: Viewer) -> QuerySet[Profile]:
    plays = visible(Plays, viewer).filter(user=OuterRef("user"))
    first = Subquery(plays.order_by("place", "pk").values("instrument")[:1])
    theirs = Profile.objects.filter(AmongKeys("user", Gap("keys")))
    rows = with_visible_fields(theirs, viewer)
    return rows.defer("bio").annotate(first_instrument=first).order_by()


_PROFILES = GatedStatement(_profiles)


class Faces:
    """The faces on one page, for one viewer."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self._asked: dict[int, Face] = {}
        self._found: dict[int, Any] = {}

    def of(self, user: Any) -> "Face":
        """Return the face of somebody who may be named to this viewer."""
        if user.pk not in self._asked:  # on a list of takes it is the same few, again and again
            self._asked[user.pk] = Face(self, user.pk, user.username, user.public_id)
        return self._asked[user.pk]

    def look(self, key: int) -> Any | None:
        """Return the profile of one who was asked for, or None where it is hidden."""
        if missing := self._asked.keys() - self._found.keys():
            self._found.update(dict.fromkeys(missing))
            rows = _PROFILES.all(self.viewer, keys=sorted(missing))
            self._found.update({row.user_id: row for row in rows})
        return self._found[key]


@dataclass(frozen=True, eq=False)
class Face:
    """One person, for templates: what isn't shown to the viewer is empty."""

    faces: Faces
    key: int
    username: str
    public_id: str

    @cached_property
    def _profile(self) -> Any | None:
        return self.faces.look(self.key)

    def load(self) -> None:
        """Bring what there is to see now, where a query can be made."""
        _ = self._profile

    def _shows(self, field: str) -> bool:
        return self._profile is not None and getattr(self._profile, f"sees_{field}")

    @cached_property
    def url(self) -> str:
        return path_of("profile", self.username)

    @cached_property
    def name(self) -> str:
        """The stage name, or else the username."""
        profile: Any = self._profile
        return (profile.stage_name if self._shows("stage_name") else "") or self.username

    @cached_property
    def handle(self) -> str:
        """The username where it isn't the name already."""
        return "" if self.name == self.username else self.username

    @cached_property
    def photo_url(self) -> str:
        """The photo in its smallest size."""
        return self._photo("photo_small")

    @property
    def photo_middle_url(self) -> str:
        return self._photo("photo_middle")

    def _photo(self, part: str) -> str:
        profile: Any = self._profile
        if not self._shows("photo") or not profile.photo:
            return ""
        return url_for(profile, part if getattr(profile, part) else "photo", self.faces.viewer)

    @cached_property
    def instrument(self) -> str:
        """The instrument they name first, in words."""
        profile: Any = self._profile
        slug = profile.first_instrument if self._shows("instruments") else None
        return str(INSTRUMENTS.get(slug, "")) if slug else ""
