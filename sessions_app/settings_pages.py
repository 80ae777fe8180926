"""What this app adds to the settings."""

from django.utils.translation import gettext_lazy as _

from foundation.settings_map import entry
from sessions_app.direct_queries import may_go_direct

entry(
    "account", _("Storage"),
    _("How much of your own sound is kept here, how much there is room for, and how to make room."),
    route="storage", icon="download", order=40,
    words=_("quota space disk size full limit gigabytes stems takes kept machine upload"),
)  # fmt: skip
entry(
    "account", _("Calendar"),
    _("A secret address by which your calendar program follows the sessions you said you come to."),
    route="calendar_settings", icon="calendar", order=45,
    words=_("ics ical feed subscribe secret address sessions planned dates"),
)  # fmt: skip
entry(
    "sharing", _("Network address"),
    _("Whether people you know see your network address in rooms, and sound reaches you sooner."),
    route="direct_settings", icon="shield", order=62, shown=may_go_direct,
    words=_("ip address relay turn direct peer to peer latency delay location hide"),
)  # fmt: skip
