"""What stands below the security page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation.settings_map import below, entry


def has_password(person: Any) -> bool:
    return bool(person.has_usable_password())


def has_no_password(person: Any) -> bool:
    return not has_password(person)


entry(
    "security", _("Password"),
    _("A new one holds at once; you stay signed in here."),
    route="account_change_password", icon="key", order=10, shown=has_password,
    words=_("change secret login sign in"),
)  # fmt: skip
entry(
    "security", _("Choose a password"),
    _("You come in through a network so far; with a password you can also come in without it."),
    route="account_set_password", icon="key", order=10, shown=has_no_password,
    words=_("set secret login sign in"),
)  # fmt: skip
entry(
    "security", _("Where you are signed in"),
    _("Every browser and app that is in, each with a button that ends it at once."),
    route="sign_ins", icon="clock", order=40,
    words=_("sessions devices sign-ins login log out end browser"),
)  # fmt: skip
entry(
    "security", _("Passkeys and second steps"),
    _("Come in with a fingerprint or key, or have a code asked for besides your password."),
    route="mfa_index", icon="shield", order=20,
    words=_("two factor 2fa mfa authenticator app totp code recovery passkey key fingerprint face"),
)  # fmt: skip
entry(
    "security", _("What happened"),
    _("Every change to how your account is entered, for a year; nobody can shorten the list."),
    route="safety_log", icon="book", order=50,
    words=_("log history alerts events password changed lock"),
)  # fmt: skip
below(
    "security", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn",
)  # fmt: skip
below("security", "account_change_password", "account_set_password")
