"""What stands below the privacy page: seven doors, and the record behind them."""

from django.utils.translation import gettext_lazy as _

from foundation.settings_map import below, entry

entry(
    "privacy", _("What Jamsite holds"),
    _("Every kind of data about you, word for word; correct it or delete it there."),
    route="held", icon="book", order=20,
    words=_("personal data stored information access delete correct history"),
)  # fmt: skip
entry(
    "privacy", _("Purposes and consent"),
    _("Each optional use of your data; a no holds at once and deletes what was collected for it."),
    route="consent", icon="check", order=40,
    words=_("statistics analytics marketing news newsletter crash reports object agree tracking"),
)  # fmt: skip
entry(
    "privacy", _("What was counted"),
    _("The events of usage statistics about you, while you allow them."),
    route="usage", icon="clock", order=45, words=_("usage analytics statistics events"),
)  # fmt: skip
entry(
    "privacy", _("My requests"),
    _("Ask us for anything that settings can't do; you see until when we answer."),
    route="requests", icon="mail", order=50,
    words=_("support help contact ask correct restrict complaint GDPR CCPA know"),
)  # fmt: skip
entry(
    "privacy", _("Take my data"),
    _("One file with all we hold about you, sounds included; making it changes nothing."),
    route="exports", icon="box", order=60, also=["account"],
    words=_("download export copy archive backup portability zip"),
)  # fmt: skip
entry(
    "privacy", _("Leave"),
    _("Shows first what happens to everything; after that you still have days to come back."),
    route="leave", icon="door", order=70, danger=True, also=["account"],
    words=_("delete account close erase remove quit deactivate cancel"),
)  # fmt: skip
entry(
    "privacy", _("Who received what"),
    _("Each time data about you went to somebody outside, and why."),
    route="disclosures", icon="plug", order=80, words=_("third parties disclosures sold shared"),
)  # fmt: skip
entry(
    "privacy", _("Looks of our staff"),
    _("Each time one of us opened a page about you, with the reason they gave."),
    route="access_log", icon="eye", order=81, words=_("admin support moderator access log"),
)  # fmt: skip
entry(
    "privacy", _("Cookies and choices"),
    _("Every cookie, what it is for, and what this browser may keep."),
    route="cookies", icon="info", order=90, words=_("cookie storage browser consent refuse"),
)  # fmt: skip
below("privacy", "held_kind", "request", "lift_restriction")
