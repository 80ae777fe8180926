"""Networks that people sign in with: connected, kept from, taken away."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.identity.models import User
from accounts.networks import fields
from accounts.networks.models import Connection, NetworkFact
from accounts.profile.models import Profile
from accounts.profile.services import profiles
from accounts.profile.services.photos import Photo
from foundation import sealing
from integrations import fetching, networks, revoking
from privacy import notices, rls
from privacy.erasure import provider_orders
from privacy.gate.viewer import Viewer


class Taken(Exception):
    """This account at the network signs somebody else in here."""


class Another(Exception):
    """The person has connected another account of the same network."""


class LastWayIn(Exception):
    """Without this network nobody could sign in to the account: a password comes first."""


def grant_of(network: networks.Network, token: Any) -> str:
    """Return a network's lasting permission, sealed; "" where none came, or none is needed.

    Nothing else of what allows us to ask there is kept.
    """
    lasting = getattr(token, "token_secret", "")
    if not lasting or revoking.by_app(network):
        return ""
    return sealing.seal(lasting).decode()


def tokens(connection: Connection) -> list[str]:
    """Return the tokens that can be given back at the network."""
    if connection.grant is None:
        return []
    try:
        return [sealing.unseal(connection.grant)]
    except sealing.Unreadable:
        return []


def connection_of(account: SocialAccount, grant: str = "") -> Connection:
    """Return our side of allauth's row, with the newest permission (from `grant_of`)."""
    made, _new = Connection.objects.get_or_create(account=account, defaults={"user": account.user})
    if grant:
        made.grant = grant.encode()
        made.save(update_fields=["grant"])
    return made


def connect(user: User, provider_id: str, uid: str, grant: str) -> bool:
    """Let an account at a network sign this person in; return False when it did already.

    Nothing but its id there is kept. Raises Taken or Another, and then nothing has changed.
    """
    rows = SocialAccount.objects.filter(provider=provider_id)
    account = rows.filter(uid=uid).first()
    if account is not None:
        if account.user_id != user.pk:
            raise Taken
        connection_of(account, grant)
        return False
    if rows.filter(user=user).exists():
        raise Another
    try:
        with transaction.atomic():
            account = SocialAccount.objects.create(
                user=user, provider=provider_id, uid=uid, extra_data={"sub": uid}
            )
            connection_of(account, grant)
            _tell(
                user,
                _("%(network)s was connected to your account"),
                _("It can sign you in from now on. If this wasn't you, take it away at once."),
                provider_id,
            )
    except IntegrityError:  # somebody else was quicker by a moment
        raise Taken from None
    return True


def has_other_way_in(user: User, connection: Connection) -> bool:
    """Return whether a password, a passkey or another network would still sign the person in."""
    if user.has_usable_password() or _has_passkey(user):
        return True
    return Connection.objects.filter(user=user).exclude(pk=connection.pk).exists()


def _has_passkey(user: User) -> bool:
    if not apps.is_installed("allauth.mfa"):
        return False
    from allauth.mfa.models import Authenticator  # noqa: PLC0415  (the app may be switched off)

    kept = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return bool(kept.exists())


@transaction.atomic
def disconnect(user: User, connection: Connection) -> None:
    """Take a network away, and give its permission back there. The account stays as it is.

    Raises LastWayIn when the person couldn't come in any more.
    """
    User.objects.select_for_update().get(pk=user.pk)  # two at once must not take both ways in
    if not Connection.objects.filter(pk=connection.pk, user=user).exists():
        return
    if not has_other_way_in(user, connection):
        raise LastWayIn
    _end(connection, give_back=True)
    _tell(
        user,
        _("%(network)s was taken away from your account"),
        _("It can't sign you in any more. Your account here is as it was."),
        connection.account.provider,
    )


def ended_there(provider_id: str, uid: str) -> bool:
    """Take a network away because the person ended it there; True when there was something.

    They stay without this way in whatever else they have: a new password can be had by mail.
    """
    with transaction.atomic():
        rows = SocialAccount.objects.select_for_update().filter(provider=provider_id, uid=uid)
        account = rows.first()
        if account is None:
            return False
        connection = connection_of(account)
        with rls.looking(Viewer.of(connection.user)):
            _end(connection, give_back=False)
        text = _("You ended it there, so it can't sign you in any more. Your account here stays.")
        if not has_other_way_in(connection.user, connection):
            text += " " + _("To come in, set a password: on the sign-in page, “Forgot password”.")
        _tell(
            connection.user,
            _("%(network)s was taken away from your account"),
            text,
            provider_id,
        )
    return True


def goes_to(name: str, value: str) -> str:
    """Return "account", "profile", or "here" for what stays on the list of networks alone."""
    fit = fields.fit(name, value)
    if fit is None:
        return "here"
    return "account" if fit.shown_by == fields.REAL_NAME else "profile"


def forget_fact(user: User, fact: NetworkFact) -> None:
    """Delete one thing kept from a network; what went to the profile is changed there."""
    NetworkFact.objects.filter(pk=fact.pk, user=user).delete()


def fetch(provider_id: str, arrived: dict[str, str], ticked: Iterable[str]) -> Photo | None:
    """Fetch the picture, if it is to be kept, before there is an account that waits for it.

    Returns None where there is none to keep, or none that can be read.
    """
    if "picture" not in ticked or not arrived.get("picture"):
        return None
    network = networks.find(provider_id)
    try:
        picture = fetching.picture(
            network.key, arrived["picture"], network.pictures, own=network.own
        )
        return profiles.clean_photo(BytesIO(picture))
    except (fetching.Unfit, ValidationError):
        return None


def keep(
    connection: Connection,
    arrived: dict[str, str],
    ticked: Iterable[str],
    photo: Photo | None = None,
) -> list[str]:
    """Keep what the person ticked of what arrived; return the names of what couldn't be kept.

    In the profile where it fits a field there, to be seen by nobody else until they widen it.
    """
    user, failed = connection.user, []
    # On their behalf: they made the account a moment ago, and may not be signed in yet.
    with rls.looking(Viewer.of(user)), transaction.atomic():
        for name in ticked:
            if name not in arrived:
                continue
            place = _put(user, name, arrived[name], photo)
            if place is None:
                failed.append(name)
                continue
            value = "" if place else arrived[name]
            NetworkFact.objects.update_or_create(
                connection=connection,
                name=name,
                defaults={"user": user, "value": value, "place": place},
            )
    return failed


def _put(user: User, name: str, value: str, photo: Photo | None) -> str | None:
    """Put one thing into the profile; return the field, "" where there is none, None if unfit."""
    fit = fields.fit(name, value)
    if fit is None:
        return ""
    if fit.shown_by == fields.PHOTO:
        if photo is None:
            return None
        profiles.write_profile(user, fit.alone())
        profiles.replace_photo(Profile.objects.get(user=user), photo)
    elif fit.shown_by == fields.REAL_NAME:
        profiles.write_profile(user, {}, real_name=value)
    else:
        profiles.write_profile(user, fit.alone())
    return fit.shown_by


def _end(connection: Connection, *, give_back: bool) -> None:
    account = connection.account
    if give_back:
        known_by = {
            "person": connection.user_id,
            "subject": account.uid,
            "tokens": tokens(connection),
        }
        try:
            network = networks.find(account.provider)
        except LookupError:  # it was switched off meanwhile; nobody to tell
            network = None
        if network is not None and (known_by["tokens"] or revoking.by_app(network)):
            provider_orders.give_back(network.key, known_by)
    SocialAccount.objects.filter(pk=account.pk).delete()  # and with it ours, and what was kept


def _tell(user: User, title: str, text: str, provider_id: str) -> None:
    name = {"network": networks.name_of(provider_id)}
    notices.tell(user, "safety", title % name, text, url="/settings/networks/")
