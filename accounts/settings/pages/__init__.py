"""The six pages of the settings; a module for each says what stands on it and below it."""

from django.utils.translation import gettext_lazy as _

from accounts.settings.pages import account, notifications, profile, security, sharing
from foundation.settings_map import page

__all__ = ["account", "notifications", "profile", "security", "sharing"]

page(
    "account", "account_settings", icon="user", order=10,
    title=_("Account"),
    text=_("What you gave when you signed up, your time zone, taking it all with you, leaving."),
)  # fmt: skip
page(
    "profile", "edit_profile", icon="photo", order=20,
    title=_("Profile"),
    text=_("What others can learn about you, each field with who sees it."),
)  # fmt: skip
page(
    "security", "security_settings", icon="key", order=30,
    title=_("Security"),
    text=_("How you come in, where you are signed in, and how to shut others out."),
)  # fmt: skip
page(
    "sharing", "sharing", icon="followers", order=40,
    title=_("Sharing and apps"),
    text=_("Who comes near: followers, blocks, links, connected networks and apps."),
)  # fmt: skip
page(
    "notifications", "notification_settings", icon="mail", order=50,
    title=_("Notifications"),
    text=_("What we tell you, where, and when we keep quiet."),
)  # fmt: skip
page(
    "privacy", "privacy_home", icon="shield", order=60,
    title=_("Privacy"),
    text=_("What others see, what we hold, what you agreed to, taking it and ending it."),
)  # fmt: skip
