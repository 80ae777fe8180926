"""What stands on the account page, and below it."""

from django.utils.translation import gettext_lazy as _

from foundation.settings_map import below, entry

entry(
    "account", _("E-mail address"),
    _("Where we write to you. It is never shown to anyone."),
    route="account_email", icon="mail", order=20, also=["security"],
    words=_("mail address contact confirm verify primary change remove delete"),
)  # fmt: skip
below("account", "leave_cancel")
