"""What stands on the page of sharing and apps, and below it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.identity.models import User
from accounts.identity.switches import SWITCHES
from foundation.settings_map import below, entry

for name, words in SWITCHES.items():
    column: Any = User._meta.get_field(name)
    entry(
        "sharing", column.verbose_name, column.help_text,
        route="sharing", anchor=f"id_{name}", words=words,
    )  # fmt: skip
entry(
    "sharing", _("Secret links"),
    _("Taking one back shuts it at once, for everyone who holds it."),
    route="sharing", anchor="secret-links", words=_("share link url revoke"),
)  # fmt: skip
entry(
    "sharing", _("Followers"),
    _("Who follows you and whom you follow; removing somebody tells them nothing."),
    route="followers", icon="followers", order=60, words=_("following requests remove unfollow"),
)  # fmt: skip
entry(
    "sharing", _("People you blocked"),
    _("Neither of you sees the other; taking it back lets you meet again."),
    route="blocks", icon="shield", order=61, words=_("block unblock harassment keep away"),
)  # fmt: skip
entry(
    "sharing", _("People you muted"),
    _("Your lists, search and notices leave them out; they aren't told and lose nothing."),
    route="mutes", icon="shield", order=61, words=_("mute unmute silence hide quiet ignore"),
)  # fmt: skip
entry(
    "sharing", _("Connected networks"),
    _("Other ways to sign in, each with what it told us; taking one away leaves your account."),
    route="networks", icon="plug", order=62, also=["security"],
    words=_("social google apple facebook twitter x openid connect disconnect accounts login"),
)  # fmt: skip
below("sharing", "take_away_network")
