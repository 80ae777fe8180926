"""Something told in each part of a profile that takes a person's own words, with a mark in it.

Parts of these kinds are found by their registration: one that is added is told, looked for, copied
and erased in the tests of all of them. What is of another kind (a place, a telephone number) each
story tells by itself, and a new one fails here until a story does.
"""

from collections.abc import Callable
from typing import Any

from accounts.profile.fields import PROFILE_FIELDS, ProfileField
from accounts.profile.fields.kinds import Lines, Prose, Text
from accounts.profile.models import Profile

TOLD_BY_EACH_STORY = {
    "photo", "stage_name", "status", "bio", "roles", "instruments", "genres", "available", "place",
    "languages", "links", "phone", "birthday", "gender",
}  # fmt: skip


def in_own_words() -> dict[str, ProfileField]:
    """Return the parts whose stories need no words of their own, by name."""
    rest = {name: one for name, one in PROFILE_FIELDS.items() if name not in TOLD_BY_EACH_STORY}
    for name, one in rest.items():
        assert isinstance(one, (Text, Prose, Lines)), f"the stories of profiles don't tell {name}"
    return rest


def marked(field: ProfileField, mark: Callable[[str], str]) -> Any:
    """Return what a part holds, as the API takes it: a text or a list with the mark of its name."""
    value = [mark(field.name)] if isinstance(field, Lines) else mark(field.name)
    assert field.check(value) == value, f"{field.name} doesn't take {value!r} as it is"
    return value


def columns(mark: Callable[[str], str]) -> dict[str, Any]:
    """Return what `in_own_words` hold, by column."""
    return {one.column: marked(one, mark) for one in in_own_words().values()}


def typed(mark: Callable[[str], str]) -> dict[str, Any]:
    """Return the same as it is typed into the form, by input."""
    profile = Profile(**columns(mark))
    return {
        name: value
        for one in in_own_words().values()
        for name, value in one.initial(profile).items()
    }


def by_name(mark: Callable[[str], str]) -> dict[str, str]:
    """Return the mark that each of them shows, by the name of the part."""
    return {name: mark(name) for name in in_own_words()}
