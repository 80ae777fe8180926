"""What keeps an account its owner's, where allauth's flows pass: the doors of every client.

Pages and the headless API run through the same methods of the adapter, so what stands here holds
for both.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.identity.allauth_internals import (
    ErrorResponse,
    clear_login,
    get_reauthentication_flows,
    is_headless_request,
)
from accounts.identity.models import User
from accounts.identity.services import addresses
from accounts.security.models import SafetyEvent
from accounts.security.services import alerts, locks, sign_in_events, sign_ins
from accounts.security.services.alerts import Alert
from foundation import reauthentication
from foundation.masking import masked_address

Kind = SafetyEvent.Kind

# allauth's own letters → what we tell instead: a word of the log, and a sentence.
TOLD: dict[str, tuple[str, Any]] = {
    "account/email/password_changed": (
        Kind.PASSWORD, gettext_lazy("The password of your account was changed.")
    ),
    "account/email/password_set": (
        Kind.PASSWORD, gettext_lazy("A password was set for your account, which had none.")
    ),
    "account/email/password_reset": (
        Kind.PASSWORD,
        gettext_lazy("A new password was set for your account, with a link sent by mail."),
    ),
    "mfa/email/totp_activated": (
        Kind.FACTOR_ADDED, gettext_lazy("Codes of an app are now asked for when you sign in.")
    ),
    "mfa/email/totp_deactivated": (
        Kind.FACTOR_REMOVED,
        gettext_lazy("Codes of an app are no longer asked for when you sign in."),
    ),
    "mfa/email/webauthn_added": (
        Kind.FACTOR_ADDED, gettext_lazy("A passkey was added to your account.")
    ),
    "mfa/email/webauthn_removed": (
        Kind.FACTOR_REMOVED, gettext_lazy("A passkey was removed from your account.")
    ),
    "mfa/email/recovery_codes_generated": (
        Kind.CODES_MADE,
        gettext_lazy("New recovery codes were made. The old ones don't work any more."),
    ),
    "socialaccount/email/account_connected": (
        Kind.CONNECTED, gettext_lazy("A network was connected: it can sign in to your account.")
    ),
    "socialaccount/email/account_disconnected": (
        Kind.DISCONNECTED,
        gettext_lazy("A network was disconnected: it can't sign in to your account any more."),
    ),
}  # fmt: skip


_why_stopped: list[Callable[[User], dict[str, Any]]] = []


def stopped_because(says: Callable[[User], dict[str, Any]]) -> None:
    """Have the app that stops children's accounts say why one is stopped: `words` and more."""
    _why_stopped.append(says)


HELD = "_letters_held"


@contextmanager
def letters_held(request: HttpRequest) -> Iterator[list[EmailAddress]]:
    """Hold back letters that confirm an address; yield the addresses that would have got one."""
    held: list[EmailAddress] = []
    setattr(request, HELD, held)
    try:
        yield held
    finally:
        delattr(request, HELD)


class GuardingAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Locks, alerts, devices and fresh confirmation, for all flows of allauth."""

    def pre_login(self, request: HttpRequest, user: User, **about: Any) -> HttpResponse | None:
        """Stop at a locked account, whichever proof opened the door this far."""
        sign_in_events.set_out(request)
        if user.is_child and user.state == User.State.SUSPENDED:
            clear_login(request)
            return self._stopped(request, user)
        if locks.is_locked(user):
            clear_login(request)
            return self._refused(request)
        answer: HttpResponse | None = super().pre_login(request, user, **about)
        return answer

    def login(self, request: HttpRequest, user: User) -> None:
        """Ask once more after the last step: a lock may have come while a code was typed."""
        if locks.is_locked(user):
            clear_login(request)
            raise ImmediateHttpResponse(self._refused(request))
        super().login(request, user)

    def _stopped(self, request: HttpRequest, child: User) -> HttpResponse:
        """Tell a child why its account is stopped, once it has shown that it is its own."""
        why = _why_stopped[0](child)
        if is_headless_request(request):
            fault = ValidationError(why["words"], code="account_stopped")
            raise ImmediateHttpResponse(ErrorResponse(request, fault, status=403))
        return render(request, "children/stopped.html", {"why": why}, status=403)

    def _refused(self, request: HttpRequest) -> HttpResponse:
        """Say that it is locked: to somebody who has shown a passkey or a network's word for it."""
        if is_headless_request(request):
            fault = ValidationError(_("This account is locked."), code="account_locked")
            raise ImmediateHttpResponse(ErrorResponse(request, fault, status=403))
        return render(request, "accounts/locked_out.html", status=403)

    def post_login(self, request: HttpRequest, user: User, **about: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **about)
        sign_in_events.came_in(request, response, user)
        return response

    @transaction.atomic
    def set_password(self, user: User, password: str) -> None:
        """Set a password, unless the account was locked or got another one meanwhile."""
        now = User.objects.select_for_update().get(pk=user.pk)
        if now.password != user.password:
            raise PermissionDenied
        user.set_password(password)
        user.save(update_fields=["password"])

    def should_send_confirmation_mail(
        self, request: HttpRequest, email_address: EmailAddress, signup: bool
    ) -> bool:
        """Leave the letter to who holds the letters of this request."""
        held: list[EmailAddress] | None = getattr(request, HELD, None)
        if held is not None:
            held.append(email_address)
        return held is None

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Send the link, but for a locked account to no mailbox than the one that locked it."""
        if user.locked_elsewhere:  # type: ignore[attr-defined]  # from locks.who_may_reset
            locks.tell_where_links_go(email)
        else:
            super().send_password_reset_mail(user, email, context)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell what changed; this is where allauth says so, whatever client changed it."""
        special = SPECIAL.get(template_prefix)
        if special is not None:
            special(user, context or {})
            return
        kind, text = TOLD[template_prefix]
        account = (context or {}).get("account")
        detail = account.get_provider().name if account is not None else ""
        if kind == Kind.PASSWORD:
            self._password_changed(user, template_prefix)
        alerts.tell(user, Alert(kind, str(text), detail=str(detail)))

    def _password_changed(self, user: User, template_prefix: str) -> None:
        """End what hung on the old password, and open a lock that waited for a new one."""
        request = self.request
        if template_prefix.endswith("reset"):
            locks.open_again(user)
            sign_ins.end_all(user)
        else:
            sign_in_events.moved(request)
            sign_ins.end_all(user, but=request.session.session_key)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Tell of one more address as soon as it can do anything: when it is confirmed."""
        user = email_address.user
        others = EmailAddress.objects.filter(user=user, verified=True).exclude(pk=email_address.pk)
        is_further = others.exists()
        done: bool = super().confirm_email(request, email_address)
        if done and is_further:
            text = _("An address was added to your account and confirmed: %(address)s.")
            alerts.alert(
                user, Kind.EMAIL_ADDED, text % {"address": email_address.email},
                detail=masked_address(email_address.email),
            )  # fmt: skip
        return done

    def is_reauthentication_required(self, *, app: str, **about: Any) -> bool:
        """Ask people without password or second step too: allauth lets them through unasked."""
        user = self.request.user
        if user.is_authenticated and not get_reauthentication_flows(user):
            if not reauthentication.is_fresh(self.request):
                raise ReauthenticationRequired
            return False
        return True


def _email_changed(user: User, about: dict[str, Any]) -> None:
    old, new = about["from_email"], about["to_email"]
    text = _("The e-mail address of your account was changed from %(old)s to %(new)s.")
    alerts.alert(
        user, Kind.EMAIL_CHANGED, text % {"old": old, "new": new},
        to=(old,), also=(new,), undo_for=old, detail=masked_address(new),
    )  # fmt: skip


def _email_removed(user: User, about: dict[str, Any]) -> None:
    gone = about["deleted_email"]
    addresses.remember(user, gone)
    text = _("An address was removed from your account: %(address)s.") % {"address": gone}
    alerts.alert(user, Kind.EMAIL_REMOVED, text, also=(gone,), detail=masked_address(gone))


SPECIAL: dict[str, Callable[[User, dict[str, Any]], None]] = {
    "account/email/email_changed": _email_changed,
    "account/email/email_deleted": _email_removed,
}


def code_was_used(sender: Any, *, user: User, authenticator: Any, **_about: Any) -> None:
    """Tell of a recovery code: allauth says so by a signal alone, for sign-in and confirmation."""
    if authenticator.type == authenticator.Type.RECOVERY_CODES:
        authenticator.refresh_from_db()  # the code was taken from a row of its own
        left = len(authenticator.wrap().get_unused_codes())
        text = _("A recovery code was used on your account. It doesn't work again; %(n)d are left.")
        alerts.alert(user, Kind.CODE_USED, text % {"n": left})
