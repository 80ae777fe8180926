"""A stand-in for each network, and the walk there and back, as a browser does it."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from django.test import Client

from jamsite.environment import Environment
from jamsite.settings import networks
from tests.networks import standin
from tests.networks.standin import StandIn

IDS = {"x": "twitter_oauth2"}
Walk = Callable[..., Any]


@pytest.fixture
def there(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """All networks, switched on."""
    found = StandIn()
    for name, value in standin.environment(found.url).items():
        monkeypatch.setenv(name, value)
    settings.SOCIALACCOUNT_PROVIDERS = networks.providers(Environment())
    settings.NETWORK_URLS = standin.own_urls(found.url)
    for owner, name, value in standin.attributes(found.url):
        monkeypatch.setattr(owner, name, value)
    yield found
    found.close()


def login_url(network: str) -> str:
    if network in {"guild", "loose"}:
        return f"/account/oidc/{network}/login/"
    return f"/account/{IDS.get(network, network)}/login/"


def goes_there(client: Client, network: str, start: str = "") -> dict[str, str]:
    """Press the button; return what the network is asked with."""
    answer = client.post(start or login_url(network))
    assert answer.status_code == 302, answer.content.decode()
    return {"": answer["Location"], **dict(parse_qsl(urlsplit(answer["Location"]).query))}


def decides(there: StandIn, network: str, asked: dict[str, str], answer: str = "yes") -> Any:
    """Say yes or no there; return what comes back, without following it."""
    page = requests.get(asked[""], timeout=5)
    assert page.status_code == 200, page.text
    form = {name: value for name, value in asked.items() if name}
    return requests.post(
        f"{there.url}/{network}/decide", {**form, "answer": answer},
        allow_redirects=False, timeout=5,
    )  # fmt: skip


def comes_back(client: Client, network: str, decided: Any) -> Any:
    """Take what the network sends to our callback, as the browser would."""
    if network != "apple":
        address = urlsplit(decided.headers["Location"])
        return client.get(f"{address.path}?{address.query}")
    fields = dict(_hidden(decided.text))
    # A post from another site: the browser leaves the session cookie at home.
    stranger = Client()
    posted = stranger.post("/account/apple/login/callback/", fields)
    if posted.status_code != 302:
        return posted
    client.cookies.update(stranger.cookies)
    address = urlsplit(posted["Location"])
    return client.get(f"{address.path}?{address.query}")


def _hidden(page: str) -> list[tuple[str, str]]:
    import html
    import re

    found = re.findall(r'name="([^"]+)" value="([^"]*)"', page)
    return [(name, html.unescape(value)) for name, value in found]


@pytest.fixture
def walk(there: StandIn) -> Walk:
    """Return a walk to a network and back: `walk(client, "google")` → our answer."""

    def go(client: Client, network: str, answer: str = "yes", start: str = "") -> Any:
        asked = goes_there(client, network, start)
        return comes_back(client, network, decides(there, network, asked, answer))

    return go
