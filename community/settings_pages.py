"""What this app adds to the settings."""

from django.utils.translation import gettext_lazy as _

from foundation.settings_map import entry

entry(
    "privacy", _("What you see of me"),
    _("Your pages as others meet them, and who that is today."),
    route="seen", icon="eye", order=10, words=_("view as visibility audience who can see public"),
)  # fmt: skip
entry(
    "sharing", _("Who sees my favourites"),
    _("Your list of favourites is yours alone until you choose an audience for it."),
    route="favourites", icon="heart", order=70, words=_("favorites liked saved audience"),
)  # fmt: skip
