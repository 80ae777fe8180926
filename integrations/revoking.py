"""Giving a sign-in network's permission back: each network's own way, where it offers one.

Every call is safe to repeat: what is already invalid is what was wanted.
"""

import hashlib
import hmac

from django.conf import settings

from integrations import apple
from integrations.boundary import disclose
from integrations.deletion import Refused, identifiers, read_json, send
from integrations.networks import Network
from integrations.providers import find

REFRESH = "refresh_token"


def by_app(network: Network) -> bool:
    """Return whether a network revokes at our app's own word, so that no token is needed."""
    return network.id == "facebook"


def revoke(network: Network, subject: str, tokens: list[str], people: list[int]) -> None:
    """End our permission at a network for one person there. `people`: whom this is about.

    Raises Refused when the network can't be reached or doesn't do it.
    """
    provider = find(network.key)
    if network.is_openid:
        endpoint, auth = _published(network), (network.app["client_id"], network.app["secret"])
        with disclose(provider.key, people, identifiers(provider), "rights", "legal obligation"):
            for token in tokens:
                send("POST", endpoint, {}, {"token": token}, auth=auth)
        return
    way = {"facebook": _facebook, "google": _google, "apple": _apple, "twitter_oauth2": _x}
    with disclose(provider.key, people, identifiers(provider), "rights", "legal obligation"):
        way[network.id](network, subject, tokens)


def _published(network: Network) -> str:
    """Return the revocation endpoint that an OpenID provider publishes (RFC 8414)."""
    base = network.own.removesuffix("/.well-known/openid-configuration").rstrip("/")
    published = read_json(send("GET", f"{base}/.well-known/openid-configuration", {}))
    endpoint = published.get("revocation_endpoint")
    if not isinstance(endpoint, str) or not endpoint:
        raise Refused("no revocation endpoint")
    return endpoint


def _facebook(network: Network, subject: str, tokens: list[str]) -> None:
    """Take all permissions of our app back, in the app's own name."""
    app_id, secret = network.app["client_id"], network.app["secret"]
    token = f"{app_id}|{secret}"
    proof = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    url = f"{_url('facebook graph')}/{subject}/permissions"
    answer = send("DELETE", url, {}, {"access_token": token, "appsecret_proof": proof})
    if read_json(answer).get("success") is not True:
        raise Refused("an answer that doesn't say success")


def _google(network: Network, subject: str, tokens: list[str]) -> None:
    for token in tokens:
        answer = send("POST", _url("google revoke"), {}, {"token": token}, also={400})
        if answer.status_code == 400 and read_json(answer).get("error") != "invalid_token":
            raise Refused("status 400")


def _apple(network: Network, subject: str, tokens: list[str]) -> None:
    for token in tokens:
        about = {
            "client_id": apple.client_ids(network)[0],
            "client_secret": apple.client_secret(network),
            "token": token,
            "token_type_hint": REFRESH,
        }
        send("POST", _url("apple revoke"), {}, about)


def _x(network: Network, subject: str, tokens: list[str]) -> None:
    auth = (network.app["client_id"], network.app["secret"])
    for token in tokens:
        about = {"token": token, "token_type_hint": REFRESH}
        send("POST", _url("twitter_oauth2 revoke"), {}, about, auth=auth)


def _url(name: str) -> str:
    return str(settings.NETWORK_URLS[name])
