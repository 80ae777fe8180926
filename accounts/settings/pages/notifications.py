"""What stands on the page of notifications."""

from django.utils.translation import gettext_lazy as _

from foundation.settings_map import Entry, entry, source
from privacy import notices

entry(
    "notifications", _("Your notices"),
    _("Everything we told you, newest first."),
    route="notices", icon="info", order=90, words=_("inbox list messages"),
)  # fmt: skip
entry(
    "notifications", _("Quiet hours"),
    _("Between two times no mail goes out and nothing is marked as new; alerts still come."),
    route="notification_settings", anchor="id_quiet", order=30,
    words=_("do not disturb night sleep mute silence pause snooze"),
)  # fmt: skip
entry(
    "notifications", _("Security alerts"),
    _("They always come at once, in the product and by e-mail; they can't be switched off."),
    route="notification_settings", anchor="always", order=20,
    words=_("mandatory required sign-in warning"),
)  # fmt: skip


def _kinds() -> list[Entry]:
    """Return each kind of notice that can be chosen, whichever module declared it."""
    return [
        Entry(
            "notifications", kind.title,
            _("%(what)s In the product, by e-mail, both or neither.") % {"what": kind.text},
            "notification_settings", anchor=f"kind-{kind.key}", order=10,
            words=_("notify alert mail e-mail notice tell me"),
        )
        for kind in notices.kinds()
        if kind.choosable
    ]  # fmt: skip


source(_kinds)
