"""Sign-in networks: which are switched on, whose word is good, where their pictures are."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

OPENID = "openid_connect"


@dataclass(frozen=True)
class Network:
    """A network as it is configured here.

    - `id`: allauth's name of it, which SocialAccount.provider holds.
    - `key`: its name among outside services (`integrations.providers`).
    - `pictures`: hosts of its pictures; `own`: its own address, for OpenID Connect.
    """

    id: str
    key: str
    name: str
    app: dict[str, Any]
    pictures: tuple[str, ...] = ()
    own: str = ""

    @property
    def is_openid(self) -> bool:
        return self.key.startswith("openid:")


PICTURES = {
    "facebook": ("*.fbcdn.net", "*.fbsbx.com"),
    "google": ("*.googleusercontent.com",),
    "apple": (),
    "twitter_oauth2": ("pbs.twimg.com",),
}


def configured() -> list[Network]:
    """Return the networks that are switched on, in a steady order."""
    networks = []
    for name, pictures in PICTURES.items():
        for app in _apps(name):
            networks.append(Network(name, f"network:{name}", app["name"], app, pictures))
    for app in _apps(OPENID):
        about = app.get("settings", {})
        networks.append(
            Network(
                app["provider_id"],
                f"openid:{app['provider_id']}",
                app["name"],
                app,
                tuple(about.get("picture_hosts", ())),
                about.get("server_url", ""),
            )
        )
    return networks


def find(provider_id: str) -> Network:
    """Return a network by allauth's name of it; LookupError when it isn't switched on."""
    for network in configured():
        if network.id == provider_id:
            return network
    raise LookupError(f"no network {provider_id!r} is configured")


def find_by_key(key: str) -> Network:
    """Return a network by its name among outside services; LookupError when it's not on."""
    for network in configured():
        if network.key == key:
            return network
    raise LookupError(f"no network {key!r} is configured")


def key_of(provider_id: str) -> str:
    """Return a network's name among outside services, also of one that was switched off."""
    return f"network:{provider_id}" if provider_id in PICTURES else f"openid:{provider_id}"


def name_of(provider_id: str) -> str:
    """Return what people call a network; one that was switched off keeps its id."""
    try:
        return find(provider_id).name
    except LookupError:
        return provider_id


def verifies(network: Network, address: str, claims: dict[str, Any]) -> bool:
    """Return whether a network's word that an address is verified is good for a new account.

    Facebook and X don't give such a word. Google's holds for its own mailboxes and those of its
    customers' domains (`hd`); an OpenID provider's where the operator said so.
    """
    if claims.get("email_verified") not in (True, "true"):
        return False
    if network.id == "apple":
        return True
    if network.id == "google":
        return address.lower().endswith(("@gmail.com", "@googlemail.com")) or bool(claims.get("hd"))
    return network.is_openid and bool(network.app["settings"].get("verifies_addresses"))


def _apps(name: str) -> list[dict[str, Any]]:
    apps: list[dict[str, Any]] = settings.SOCIALACCOUNT_PROVIDERS.get(name, {}).get("APPS", [])
    return apps
