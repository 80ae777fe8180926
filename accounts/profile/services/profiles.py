"""Writers of profiles. Values come in checked (`accounts.profile.checks`); all end in `changed`."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction

from accounts.identity.models import User
from accounts.profile.models import CHILD_FIELDS, FIELDS, MAX_INSTRUMENTS, Plays, Profile, RealName
from accounts.profile.services.photos import SIZES, Photo, clean_photo
from privacy.gate.audiences import Audience, AudienceField

__all__ = ["clean_photo", "on_change", "open_to_jam", "replace_photo", "write_profile"]

Played = Iterable[tuple[str, int]]  # slug and level
_hooks: list[Callable[[User], None]] = []

WIDE = (Audience.PUBLIC, Audience.LINK, Audience.MEMBERS)


def on_change(hook: Callable[[User], None]) -> None:
    """Have something follow each change of a profile, in its transaction: an index of people."""
    _hooks.append(hook)


def changed(user: Any) -> None:
    for hook in _hooks:
        hook(user)


@transaction.atomic
def write_profile(
    user: Any,
    values: Mapping[str, Any],
    *,
    instruments: Played | None = None,
    real_name: str | None = None,
) -> Profile:
    """Write columns of a profile, what is played, and the real name; what isn't named stays.

    A child's profile takes instruments and nothing else, whoever asks.
    """
    profile = Profile.objects.select_for_update().get(user=user)
    allowed = _writable(user)
    for name, value in values.items():
        if name in allowed:
            setattr(profile, name, value)
    profile.save()
    if instruments is not None:
        _play(user, instruments)
    if real_name is not None and not user.is_child:
        _call(user, real_name)
    changed(user)
    return profile


def _writable(user: Any) -> set[str]:
    names = CHILD_FIELDS if user.is_child else tuple(FIELDS)
    columns = {column for name in names for column in FIELDS[name]} - set(SIZES)
    own = set() if user.is_child else {"findable"}
    return columns | {f"{name}_audience" for name in names} | own


def _play(user: Any, instruments: Played) -> None:
    """Make somebody's list of instruments this one, in this order."""
    wanted = dict(list(instruments)[:MAX_INSTRUMENTS])
    Plays.objects.filter(user=user).exclude(instrument__in=wanted).delete()
    Plays.objects.bulk_create(
        [
            Plays(user=user, instrument=slug, level=level, place=place)
            for place, (slug, level) in enumerate(wanted.items())
        ],
        update_conflicts=True,
        unique_fields=["user", "instrument"],
        update_fields=["level", "place"],
    )


def _call(user: Any, name: str) -> None:
    """Set somebody's real name; an empty one deletes it."""
    if name:
        RealName.objects.update_or_create(user=user, defaults={"name": name})
    else:
        RealName.objects.filter(user=user).delete()


def open_to_jam(user: Any, until: datetime | None) -> None:
    """Say that somebody would like to play until then (see `checks.until`), or no more (None)."""
    write_profile(user, {"available_until": until})


@transaction.atomic
def replace_photo(profile: Profile, photo: Photo | None) -> None:
    """Set, change or remove the photo; old files go once the row no longer names them."""
    old = [name for column in SIZES if (name := getattr(profile, column).name)]
    for column in SIZES:
        setattr(profile, column, photo.sizes[column] if photo else "")
    profile.save()
    changed(profile.user)
    transaction.on_commit(lambda: _delete(old))


def _delete(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)


def first_profile(user: User) -> Profile:
    """Return the profile of a new account; a teenager's opens to accepted followers alone."""
    profile, made = Profile.objects.get_or_create(user=user)
    if made and user.age_group == User.AgeGroup.TEEN:
        for column in Profile._meta.concrete_fields:
            if isinstance(column, AudienceField) and getattr(profile, column.name) in WIDE:
                setattr(profile, column.name, Audience.FOLLOWERS)
        profile.save()
    return profile
