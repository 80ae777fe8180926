"""The six pages of the settings; see `accounts.settings.pages`."""

from accounts.settings import pages

__all__ = ["pages"]
