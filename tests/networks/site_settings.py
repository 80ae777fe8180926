"""A development site whose networks are the local stand-in; only browser tests run it."""

import os
from typing import Any

from jamsite.settings.development import *  # noqa: F403
from jamsite.settings.development import (
    CONTENT_SECURITY_POLICY,
    INSTALLED_APPS,
    SOCIALACCOUNT_PROVIDERS,
)
from tests.networks import standin

_url = os.environ["NETWORKS_STANDIN"]
for _name, _urls in standin.provider_urls(_url).items():
    SOCIALACCOUNT_PROVIDERS[_name] |= _urls
NETWORK_URLS = standin.own_urls(_url)
_directives: Any = CONTENT_SECURITY_POLICY["DIRECTIVES"]
_directives["form-action"].append(_url)
INSTALLED_APPS = [*INSTALLED_APPS, "tests.networks.apps.StandInConfig"]
