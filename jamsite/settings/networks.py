"""Sign-in networks: what the environment switches on, as allauth and the browser need it."""

from typing import Any
from urllib.parse import urlsplit

from jamsite.environment import Environment

# Everything that a network can send and that has a meaning here; it sends what it was allowed to.
FACEBOOK_FIELDS = [
    "id", "email", "name", "gender", "location", "link", "timezone", "birthday",
    "picture.width(640).height(640)", "likes.limit(100)", "friends.limit(100)",
]  # fmt: skip
X_FIELDS = ["id", "name", "username", "description", "location", "profile_image_url", "url"]
# Where browsers go on to from the sign-in page: they hold redirects to form-action too.
ORIGINS = {
    "facebook": ["https://www.facebook.com", "https://m.facebook.com"],
    "google": ["https://accounts.google.com"],
    "apple": ["https://appleid.apple.com"],
    "twitter_oauth2": ["https://x.com", "https://twitter.com"],
}


def urls(env: Environment) -> dict[str, str]:
    """Return the addresses that our own code asks; allauth knows the others."""
    return {
        "facebook graph": f"https://graph.facebook.com/{env.facebook_version}",
        "google revoke": "https://oauth2.googleapis.com/revoke",
        "apple issuer": "https://appleid.apple.com",
        "apple keys": "https://appleid.apple.com/auth/keys",
        "apple revoke": "https://appleid.apple.com/auth/revoke",
        "twitter_oauth2 revoke": "https://api.x.com/2/oauth2/revoke",
    }


def providers(env: Environment) -> dict[str, Any]:
    """Return allauth's SOCIALACCOUNT_PROVIDERS. What isn't configured has no app, so no button."""
    switched_on: dict[str, Any] = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": _openid(env)},
    }
    if env.facebook_app_id:
        app = {"name": "Facebook", "client_id": env.facebook_app_id, "secret": env.facebook_secret}
        switched_on["facebook"] = {
            "APPS": [app],
            "METHOD": "oauth2",
            "VERSION": env.facebook_version,
            "SCOPE": env.facebook_scopes,
            "FIELDS": FACEBOOK_FIELDS,
        }
    if env.google_client_id:
        app = {"name": "Google", "client_id": env.google_client_id, "secret": env.google_secret}
        switched_on["google"] = {
            "APPS": [app],
            "SCOPE": ["openid", "profile", "email"],
            "OAUTH_PKCE_ENABLED": True,
            # A lasting permission, kept for one thing: to give it back when the person says so.
            "AUTH_PARAMS": {"access_type": "offline"},
        }
    if env.apple_client_id:
        switched_on["apple"] = {"APPS": [_apple(env)]}
    if env.x_client_id:
        app = {"name": "X", "client_id": env.x_client_id, "secret": env.x_secret}
        switched_on["twitter_oauth2"] = {
            "APPS": [app],
            "FIELDS": X_FIELDS,
            "SCOPE": ["users.read", "tweet.read", "offline.access"],
            "OAUTH_PKCE_ENABLED": True,
        }
    return switched_on


def origins(env: Environment) -> list[str]:
    """Return the origins that our sign-in forms lead to."""
    switched_on = providers(env)
    addresses = [
        address for name, some in ORIGINS.items() if name in switched_on for address in some
    ]
    for provider in env.openid_providers:
        address = urlsplit(provider.server_url)
        addresses += [f"{address.scheme}://{address.netloc}", *provider.login_origins]
    return addresses


def _openid(env: Environment) -> list[dict[str, Any]]:
    return [
        {
            "provider_id": provider.id,
            "name": provider.name,
            "client_id": provider.client_id,
            "secret": provider.secret,
            "settings": {
                "server_url": provider.server_url,
                "scope": provider.scopes,
                "verifies_addresses": provider.verifies_addresses,
                "picture_hosts": provider.picture_hosts,
            },
        }
        for provider in env.openid_providers
    ]


def _apple(env: Environment) -> dict[str, Any]:
    return {
        "name": "Apple",
        "client_id": env.apple_client_id,
        "secret": env.apple_key_id,  # allauth's names: "secret" is the key's id, "key" the team's
        "key": env.apple_team_id,
        "settings": {"certificate_key": env.apple_private_key},
    }
