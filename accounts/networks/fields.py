"""Where a thing that a network tells fits into a profile, if it does, in the profile's own form."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from accounts.profile import checks, places
from accounts.profile.fields import PROFILE_FIELDS
from accounts.profile.vocabulary import language_codes
from privacy.gate.audiences import Audience

PHOTO = "photo"
REAL_NAME = "real_name"
LONGEST_NAME = 120


@dataclass(frozen=True)
class Fit:
    """Values of columns; `shown_by` is the field whose audience covers them."""

    shown_by: str
    values: dict[str, Any] = field(default_factory=dict)

    def alone(self) -> dict[str, Any]:
        """Return the values, to be seen by nobody else until the person widens it."""
        return {**self.values, f"{self.shown_by}_audience": Audience.ME}


def fit(name: str, value: str) -> Fit | None:
    """Return where a thing fits, or None for what the profile has no place for."""
    if name == "picture":
        return Fit(PHOTO)
    if name == "name":
        return Fit(REAL_NAME) if len(value) <= LONGEST_NAME else None
    try:
        return _checked(name, value)
    except ValidationError:
        return None


def _checked(name: str, value: str) -> Fit | None:
    if name == "location":
        return _place(value)
    if name == "link":
        return Fit("links", {"links": checks.links(value.splitlines())})
    if name == "language":
        code = value.split("-", maxsplit=1)[0].split("_", maxsplit=1)[0].lower()
        return Fit("languages", {"languages": [code]}) if code in language_codes() else None
    column = {"about": "bio"}.get(name, name)
    if column not in {"bio", "gender", "birthday", "phone"}:
        return None
    return Fit(column, {column: PROFILE_FIELDS[column].check(value)})


def _place(value: str) -> Fit | None:
    """Read "Town, Country" or "Country"; what is finer, or a joke, is no place."""
    town, _, country = (part.strip() for part in value.rpartition(","))
    names = {places.fold(name): code for code, name in places.country_names("en")}
    code = names.get(places.fold(country))
    if code is None:
        return None
    place = checks.place(code, town.split(",")[0])
    return Fit("place", dict(zip(("country", "town_id", "town"), place, strict=True)))
