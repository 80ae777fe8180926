"""What stands on the account page, and below it."""

from django.utils.translation import gettext_lazy as _

from foundation.settings_map import below, entry

entry(
    "account", _("E-mail address"),
    _("Where we write to you. It is never shown to anyone."),
    route="account_email", icon="mail", order=20, row=False, also=["security"],
    words=_("mail address contact confirm verify primary change remove delete"),
)  # fmt: skip
below("account", "leave_cancel")
entry(
    "account", _("Time zone"),
    _("Pages and letters tell times by this clock, and quiet hours follow it."),
    route="account_settings", anchor="id_time_zone", order=30,
    words=_("timezone clock hour time date region local"),
)  # fmt: skip
entry(
    "account", _("Username"),
    _("Public: everyone sees it; a new one holds everywhere at once, once in 30 days."),
    route="change_username", order=10, row=False, words=_("name nickname handle rename change"),
)  # fmt: skip
entry(
    "account", _("Age group"),
    _("Nobody but you sees it; it decides which protections your account has."),
    route="account_settings", anchor="age-group", order=15,
    words=_("birthday child teen adult age"),
)  # fmt: skip
entry(
    "account", _("Children you answer for"),
    _("See, correct, copy or delete what is held of a child, or take your consent back."),
    route="wards", icon="jammed", order=60,
    words=_("parent guardian mother father kid consent ward"),
)  # fmt: skip
entry(
    "account", _("Schools you work for"),
    _("Your classes, the consents of parents, and the accounts of children in them."),
    route="schools", icon="book", order=65,
    words=_("teacher class partner programme pupil student"),
)  # fmt: skip
