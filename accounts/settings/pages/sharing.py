"""What stands on the page of sharing and apps, and below it."""

from django.utils.translation import gettext_lazy as _

from foundation.settings_map import below, entry

entry(
    "sharing", _("I decide who may follow me"),
    _("Off: whoever wants to follow you does so at once."),
    route="sharing", anchor="id_approves_followers",
    words=_("approve follow requests private account followers"),
)  # fmt: skip
entry(
    "sharing", _("Anyone may write to me"),
    _("Off: only people you follow, whose follow you accepted or played with."),
    route="sharing", anchor="id_strangers_may_write",
    words=_("messages strangers contact direct message inbox"),
)  # fmt: skip
entry(
    "sharing", _("Other people's apps may show my sessions and recordings"),
    _("Off: apps by third parties see your public profile, and nothing else."),
    route="sharing", anchor="id_api_access",
    words=_("third-party API developers access"),
)  # fmt: skip
entry(
    "sharing", _("Search engines may list my public pages"),
    _("Off: they are asked to leave out your profile and whatever you play on."),
    route="sharing", anchor="id_indexed",
    words=_("google index noindex found discoverable"),
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
