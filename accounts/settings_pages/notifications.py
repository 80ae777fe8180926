"""What stands on the page of notifications."""

from django.utils.translation import gettext_lazy as _

from foundation.settings_map import entry

entry(
    "notifications", _("Your notices"),
    _("Everything we told you, newest first."),
    route="notices", icon="info", order=90, words=_("messages inbox news alerts"),
)  # fmt: skip
