"""The switches that a person has over who comes near them, each a yes or no of their account.

To add one: its column in `accounts.identity.models.User`, whose label and help say what it is and
what off means, the migration, and its line here. Form, settings, data map and writer follow.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

# In the order of the form: the column, and other words that it is looked for by in the settings.
SWITCHES: dict[str, Any] = {
    "approves_followers": _("approve follow requests private account followers"),
    "strangers_may_write": _("messages strangers contact direct message inbox"),
    "api_access": _("third-party API developers access"),
    "indexed": _("google index noindex found discoverable"),
}
