"""An account from somebody's copy: without a password, its address not yet confirmed."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.models import Profile, User
from accounts.services.profiles import clean_photo
from privacy.importing import Incoming, Refused, Result, files
from privacy.importing.run import audience, moment, text_for


def make_account(incoming: Incoming, row: dict[str, Any], result: Result) -> None:
    """Find the account that an earlier run made of this copy, or make it. Rights stay behind."""
    public_id = incoming.id_for(row["public_id"])
    incoming.user = User.objects.filter(public_id=public_id).first()
    if incoming.user is not None:
        result.there += 1
        return
    email = (incoming.email or row["email"]).lower()
    incoming.user = User.objects.create_user(
        _free_username(incoming.username),
        _free_address(email),
        public_id=public_id,
        date_joined=moment(row["date_joined"]),
    )
    EmailAddress.objects.create(user=incoming.user, email=email, primary=True, verified=False)
    result.made += 1


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
    if profile.photo or profile.bio or profile.status:
        result.there += 1
        return
    for name in ("bio", "status"):
        setattr(profile, name, text_for(Profile, name, row[name]))
    for name in ("photo_audience", "bio_audience", "status_audience"):
        setattr(profile, name, audience(row[name]))
    path = incoming.media(row["photo"])
    if path is not None:
        try:
            with path.open("rb") as source:
                photo = clean_photo(source)
        except ValidationError as fault:
            result.skip(" ".join(fault.messages))
        else:
            profile.photo = default_storage.save(f"photos/{photo.name}", photo)
            files.remember(str(profile.photo))
    elif row["photo"]:
        result.skip(_("a photo that the archive lacks"))
    profile.save()
    result.made += 1
