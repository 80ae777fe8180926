"""Locking an account: nobody comes in, by any door, before a new password was set by mail.

What a lock ends: every web session and app token, open sockets, known devices, links of other
alerts, mailed links that would set a password or leave. What it leaves: passkeys and other second
steps, connected networks, everything the person shows and shares. Locked is not leaving.
"""

from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.http import int_to_base36
from django.utils.translation import gettext as _

from accounts.identity.models import User
from accounts.identity.services import addresses
from accounts.security.models import AccountLock, SafetyEvent, SafetyLink
from accounts.security.services import alerts, devices, safety_links, sign_ins
from foundation.addresses import absolute
from foundation.work import failing_kindly, soon
from privacy import notices
from privacy.erasure import leaving_by_mail

Does = SafetyLink.Does


class AddressTaken(Exception):
    """The old address belongs to another account by now."""


def is_locked(user: User) -> bool:
    return AccountLock.objects.filter(user=user, ended_at__isnull=True).exists()


def unlocked(people: QuerySet[User]) -> QuerySet[User]:
    """Leave out whose account is locked."""
    locked = AccountLock.objects.filter(user=OuterRef("pk"), ended_at__isnull=True)
    return people.filter(~Exists(locked))


def who_may_reset(address: str) -> list[User]:
    """Return the accounts that a link to this address may set a password for, in one query.

    Those that confirmed it come before one that signed up with it and hasn't; whoever only added
    it, perhaps mistyped, has no link sent there. Each tells `locked_elsewhere`: while an account
    is locked, only the mailbox that locked it is believed.
    """
    proved = EmailAddress.objects.filter(email=address, verified=True)
    named = User.objects.filter(email__iexact=address)
    theirs = proved.order_by().values("user").union(named.values("pk"))
    lock = AccountLock.objects.filter(user=OuterRef("pk"), ended_at__isnull=True)
    people = User.objects.filter(is_active=True, pk__in=theirs).annotate(
        proved=Exists(proved.filter(user=OuterRef("pk"))),
        locked_elsewhere=Exists(lock.exclude(address__iexact=address)),
    )
    who: list[Any] = list(people)
    return [person for person in who if person.proved] or who


def tell_where_links_go(address: str) -> None:
    """Tell a mailbox of a locked account, which may be anybody's, that no link comes here."""
    notices.write(
        address,
        "alert",
        _("No link was sent"),
        _(
            "Somebody asked for a link to set a new password. The account is locked, and while it "
            "is, the link goes to no mailbox but the one that locked it."
        ),
    )


# Asking for a link, signed out --------------------------------------------------------------


@transaction.atomic
def ask(name: str) -> SafetyLink:
    """Take the wish to lock the account of a username or address; a job mails the link.

    A row is written whether there is such an account or not.
    """
    link = SafetyLink.objects.create(
        user=leaving_by_mail.find(name), expires_at=timezone.now() + safety_links.LASTS
    )
    soon("accounts.run_safety_link", link.pk)
    return link


def run(link_id: int) -> None:
    """Mail one link, to the account's own address. A second run makes the first link void."""
    link = SafetyLink.claim(link_id)
    if link is None:
        return
    with failing_kindly(link), transaction.atomic():
        user = link.user
        if user is None or not user.is_active or link.expires_at <= timezone.now():
            link.cancel()
            return
        if safety_links.are_at_hand(user, Does.LOCK):
            link.cancel()  # whoever asked so often: those in the mailbox work
            return
        secret = safety_links.new_secret()
        text = _(
            "Somebody, probably you, wants to lock your account. Open this page and press the "
            "button; opening it alone changes nothing. Everybody is signed out everywhere, and "
            "nobody comes in before you set a new password. The link works once, for seven days:"
        )
        end = _("If you didn't ask for it, there is nothing to do.")
        body = f"{text}\n\n{safety_links.path_of(secret)}\n\n{end}"
        notices.write(user.email, "alert", _("Lock your account"), body)
        link.finish(secret_hash=safety_links.hash_of(secret), address=user.email)


# What a link does ---------------------------------------------------------------------------


@transaction.atomic
def use(secret: str) -> SafetyLink:
    """Do what a link was sent for; it works once. Raises Http404 or AddressTaken."""
    link = safety_links.open_link(secret, take=True)
    user = link.user
    assert user is not None  # open links have one
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])
    if link.does == Does.UNDO:
        _bring_back(user, link)
    lock(user, link.address, believe=link.does == Does.UNDO)
    return link


@transaction.atomic
def lock(user: User, address: str, *, believe: bool = False) -> AccountLock:
    """Lock an account; a new password is set through `address`. Idempotent.

    A second lock leaves the first one's address, unless `believe`: then this one counts.
    """
    person = User.objects.select_for_update().get(pk=user.pk)
    row, made = AccountLock.objects.get_or_create(
        user=person, ended_at=None, defaults={"address": address}
    )
    if believe and row.address != address:
        row.address = address
        row.save(update_fields=["address"])
    # Another unusable password: links that would set one and sessions that hang on the old die.
    person.set_unusable_password()
    person.save(update_fields=["password"])
    sign_ins.end_all(person)
    devices.forget_all(person)
    safety_links.void(person, undo=believe)
    leaving_by_mail.void(person)
    if made:
        alerts.note(person, SafetyEvent.Kind.LOCKED)
        notices.tell(
            person,
            "safety",
            str(SafetyEvent.Kind.LOCKED.label),
            _("Everybody was signed out. It opened again with a new password."),
            url=reverse("sign_ins"),
            mail=False,
        )
    _mail_the_way_back(person, row)
    return row


def _mail_the_way_back(person: User, row: AccountLock) -> None:
    """Mail the link that sets a new password, to the mailbox that locked the account."""
    hours = settings.PASSWORD_RESET_TIMEOUT // 3600
    text = _(
        "Your account is locked. Everybody was signed out everywhere, and no password, passkey or "
        "network opens it. People see your profile as before. Set a new password when you are "
        "ready, and it opens again; your second step stays as it is. The link works once, for "
        "%(hours)d hours; after that, ask for another one under “Forgot your password?”:"
    ) % {"hours": hours}
    notices.write(
        row.address, "alert", _("Your account is locked"), f"{text}\n\n{_reset_link(person)}"
    )


def _reset_link(person: User) -> str:
    # allauth's forms import our adapter, which imports this.
    from allauth.account.forms import default_token_generator  # noqa: PLC0415

    key = default_token_generator.make_token(person)
    path = reverse("account_reset_password_from_key", args=[int_to_base36(person.pk), key])
    return absolute(path)


@transaction.atomic
def open_again(user: User) -> bool:
    """End the lock: a new password was set through its mailbox. Returns whether there was one."""
    now = timezone.now()
    ended = AccountLock.objects.filter(user=user, ended_at__isnull=True).update(ended_at=now)
    if ended:
        alerts.note(user, SafetyEvent.Kind.UNLOCKED)
    return bool(ended)


def _bring_back(user: User, link: SafetyLink) -> None:
    """Make the old address the account's own again, and the only one.

    Which of the others somebody added to keep a door open can't be known; they can be added again.
    """
    address = link.address
    theirs = EmailAddress.objects.filter(user=user)
    others = EmailAddress.objects.exclude(user=user).filter(email__iexact=address, verified=True)
    people = get_user_model()._default_manager.exclude(pk=user.pk)
    if others.exists() or people.annotate(low=Lower("email")).filter(low=address.lower()).exists():
        raise AddressTaken
    gone = theirs.exclude(email__iexact=address)
    addresses.remember(user, *gone.values_list("email", flat=True))
    gone.delete()
    EmailAddress.objects.update_or_create(
        user=user, email=address.lower(), defaults={"verified": True, "primary": True}
    )
    user.email = address
    user.save(update_fields=["email"])
    alerts.note(user, SafetyEvent.Kind.UNDONE)
