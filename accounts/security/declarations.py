"""What keeps an account its owner's."""

from collections.abc import Iterator
from datetime import timedelta

from allauth.mfa.utils import is_mfa_enabled
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import User
from accounts.identity.services import addresses
from accounts.security.models import AccountLock, KnownDevice, SafetyEvent, SafetyLink
from privacy import datamap as dm
from privacy import notices
from privacy.datamap import browser_storage
from privacy.gate import rules
from privacy.gate.rules import Rule
from privacy.subject_requests import identity

for _model in (KnownDevice, SafetyEvent, SafetyLink, AccountLock):
    rules.see(_model, Rule(owner="user"))

dm.declare(
    KnownDevice,
    label=_("Browsers you signed in with"),
    subjects=["user"],
    purposes=["safety"],
    basis=dm.Basis.INTEREST,
    retention=dm.For(
        "RETENTION_DEVICES_DAYS", since="last_used_at", after=_("you last signed in with it")
    ),
    fields={
        "id": dm.technical(),
        "user": dm.link(export=False),
        "secret_hash": dm.Datum("user.authorization.credentials", export=False, seen_by="nobody"),
        "created_at": dm.moment(),
        "last_used_at": dm.moment(),
    },
    order=91,
)
dm.declare(
    SafetyEvent,
    label=_("Changes to how your account is entered"),
    subjects=["user"],
    purposes=["safety"],
    basis=dm.Basis.INTEREST,
    retention=dm.For("RETENTION_SAFETY_DAYS", since="created_at", after=_("it happened")),
    fields={
        "id": dm.technical(),
        "user": dm.link(export=False),
        "kind": dm.Datum("user.behavior", seen_by="owner"),
        "detail": dm.Datum("user.account", seen_by="owner", note=_("such as a passkey's name")),
        "created_at": dm.moment(),
    },
    order=91,
)
dm.declare(
    SafetyLink,
    label=_("Links in your security letters"),
    subjects=["user"],
    purposes=["safety"],
    basis=dm.Basis.INTEREST,
    retention=dm.For(timedelta(days=1), since="expires_at"),
    fields={
        "id": dm.technical(),
        "user": dm.link(export=False),
        "does": dm.moment(),
        "address": dm.Datum("user.contact.email", seen_by="owner", note=_("where it was sent")),
        "secret_hash": dm.Datum("user.authorization.credentials", export=False, seen_by="nobody"),
        "created_at": dm.moment(),
        "expires_at": dm.moment(),
        "used_at": dm.moment(),
        **dm.work(),
    },
    order=91,
)
dm.declare(
    AccountLock,
    label=_("Locks of your account"),
    subjects=["user"],
    purposes=["safety"],
    basis=dm.Basis.INTEREST,
    retention=dm.For(
        "RETENTION_SAFETY_DAYS", since="ended_at", after=_("it was opened with a new password")
    ),
    fields={
        "id": dm.technical(),
        "user": dm.link(export=False),
        "address": dm.Datum(
            "user.contact.email", seen_by="owner", note=_("where a new password can be set")
        ),
        "locked_at": dm.moment(),
        "ended_at": dm.moment(),
    },
    order=91,
)
notices.kind(
    "alert",
    while_leaving=True,
    why=_(
        "You get this because it is about how your account is entered. It can't be switched off."
    ),
)
browser_storage.keeps(
    "cookie",
    "",
    setting="DEVICE_COOKIE_NAME",
    purpose=_("lets us tell you of a sign-in from a browser that isn't yours"),
    lifetime=_("180 days after you last signed in with this browser"),
    when=_("when you sign in"),
)


def _more_than_a_mailbox(user: User) -> bool:
    """Whether who reads somebody's mail hasn't shown yet that it is them."""
    return user.is_child or user.is_staff or is_mfa_enabled(user)


identity.guarded_when(_more_than_a_mailbox)


def _addresses(user: User) -> Iterator[str]:
    """Yield the addresses that letters with links went to, and where locks came from."""
    yield from SafetyLink.objects.filter(user=user).values_list("address", flat=True)
    yield from AccountLock.objects.filter(user=user).values_list("address", flat=True)


addresses.held_elsewhere(_addresses)
