"""An account from somebody's copy: without a password, its address not yet confirmed."""

from pathlib import Path
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.identity.models import User
from accounts.profile import checks
from accounts.profile.fields import PROFILE_FIELDS
from accounts.profile.models import FIELDS, Plays, Profile, RealName
from accounts.profile.services.photos import clean_photo
from accounts.profile.services.profiles import changed
from privacy.portability.importing import Incoming, Refused, Result, files
from privacy.portability.importing.run import audience, moment, text_for


def make_account(incoming: Incoming, row: dict[str, Any], result: Result) -> None:
    """Find the account that an earlier run made of this copy, or make it. Rights stay behind."""
    public_id = incoming.id_for(row["public_id"])
    incoming.user = User.objects.filter(public_id=public_id).first()
    if incoming.user is not None:
        result.there += 1
        return
    if row["age_group"] == User.AgeGroup.CHILD:
        raise Refused(_("This is a child's copy: a school makes the account, with consent."))
    email = (incoming.email or row["email"]).lower()
    incoming.user = User.objects.create_user(
        _free_username(incoming.username),
        _free_address(email),
        public_id=public_id,
        date_joined=moment(row["date_joined"]),
        **_age(row),
    )
    EmailAddress.objects.create(user=incoming.user, email=email, primary=True, verified=False)
    result.made += 1


def _age(row: dict[str, Any]) -> dict[str, Any]:
    """Return the age group of a copy: teenagers stay so, children come through partners alone."""
    group = row.get("age_group", User.AgeGroup.ADULT)
    if group not in {User.AgeGroup.TEEN, User.AgeGroup.ADULT}:
        raise Refused(_("This is a child's account. Children come in through partners alone."))
    if group == User.AgeGroup.ADULT:
        return {}
    until = moment(row["adult_from"]) if row.get("adult_from") else None
    return {"age_group": group, "adult_from": until, "indexed": False,
            "strangers_may_write": False}  # fmt: skip


def _free_username(name: str) -> str:
    try:
        return str(get_adapter().clean_username(name))
    except ValidationError as fault:
        raise Refused(
            _("The username %(name)s can't be used: %(why)s Give another one with --username.")
            % {"name": name, "why": " ".join(fault.messages)}
        ) from None


def _free_address(email: str) -> str:
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(_("The archive holds no valid address. Give one with --email.")) from None
    taken = User.objects.filter(email__iexact=email).exists()
    if taken or EmailAddress.objects.filter(email__iexact=email).exists():
        raise Refused(_("There is an account with this address. Give another one with --email."))
    return email


def bring_profile(incoming: Incoming, row: dict[str, Any], result: Result) -> None:
    """Fill a profile that is still empty; the photo is made anew from its pixels."""
    profile = Profile.objects.get(user=incoming.user)
    if any(getattr(profile, column) for columns in FIELDS.values() for column in columns):
        result.there += 1  # somebody has been at it
        return
    _fill_columns(profile, row, result)
    if row["photo"]:
        _bring_photo(profile, incoming.media(row["photo"]), result)
    profile.save()
    changed(incoming.user)
    result.made += 1


def _fill_columns(profile: Profile, row: dict[str, Any], result: Result) -> None:
    for field in PROFILE_FIELDS.values():
        try:
            columns = field.bring(row)
        except ValidationError:
            result.skip(_("a field of the profile that isn't taken here"))
            continue
        for column, value in columns.items():
            setattr(profile, column, value)
    for name in FIELDS:
        setattr(profile, f"{name}_audience", audience(row.get(f"{name}_audience") or ""))


def _bring_photo(profile: Profile, path: Path | None, result: Result) -> None:
    """Take a photo in, from the file that the archive holds; None when it holds none."""
    if path is None:
        result.skip(_("a photo that the archive lacks"))
        return
    try:
        with path.open("rb") as source:
            photo = clean_photo(source)
    except ValidationError as fault:
        result.skip(" ".join(fault.messages))
        return
    for column, file in photo.sizes.items():
        setattr(profile, column, default_storage.save(f"photos/{file.name}", file))
        files.remember(str(getattr(profile, column)))


def bring_instrument(incoming: Incoming, row: dict[str, Any], result: Result) -> None:
    try:
        slug, level = checks.instrument(row.get("instrument"), row.get("level"))
    except ValidationError:
        result.skip(_("an instrument that isn't known here"))
        return
    played = Plays.objects.filter(user=incoming.user)
    _row, made = played.get_or_create(
        user=incoming.user,
        instrument=slug,
        defaults={"level": level, "place": played.count()},
    )
    if made:
        changed(incoming.user)
    result.made += made
    result.there += not made


def bring_real_name(incoming: Incoming, row: dict[str, Any], result: Result) -> None:
    name = text_for(RealName, "name", row.get("name"))
    _row, made = RealName.objects.get_or_create(user=incoming.user, defaults={"name": name})
    result.made += made
    result.there += not made
