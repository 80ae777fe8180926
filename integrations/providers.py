"""The outside services that this site is really configured with.

One registry for everybody who asks: the policy's table, the record of disclosures, the deletion
orders. A service that is not configured is not listed; one that is not listed gets nothing.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from integrations import networks


@dataclass(frozen=True)
class Provider:
    """One outside service.

    - `key`: stable name in records, such as "openid:google" or "mail".
    - `purpose`, `data`: in words for people; `categories`: fideslang names of what it may get.
    - `region`: where it works, as the operator states it; "" when nobody said.
    - `deletion`: "revoke" (OAuth token revocation), "webhook" or "by hand".
    """

    key: str
    name: str
    purpose: str
    data: str
    categories: tuple[str, ...] = ()
    region: str = ""
    deletion: str = "by hand"


def configured() -> list[Provider]:
    """Return every outside service in use, in a steady order."""
    return [*_networks(), *_mail(), *_relays(), *_livekit()]


def find(key: str) -> Provider:
    """Return one provider, or raise LookupError: nothing may go to an undeclared one."""
    for provider in configured():
        if provider.key == key:
            return provider
    raise LookupError(f"no outside service {key!r} is configured")


def is_ours(host: str) -> bool:
    """Return whether a host is this machine, which is no outside service."""
    return host in {"", "localhost", *settings.INTERNAL_HOSTS}


def _deletion(key: str, otherwise: str) -> str:
    return "webhook" if key in settings.DELETION_ENDPOINTS else otherwise


def _networks() -> list[Provider]:
    return [
        Provider(
            key=network.key,
            name=network.name,
            purpose="lets you sign in with an account you have there",
            data=(
                "it learns that you sign in here; your id there comes from it, and what else you "
                "tick when you sign up"
            ),
            categories=("user.unique_id", "user.contact.email", "user.account"),
            deletion="revoke",
        )
        for network in networks.configured()
    ]


def _mail() -> list[Provider]:
    host = getattr(settings, "EMAIL_HOST", "localhost")
    if is_ours(host):
        return []
    return [
        Provider(
            key="mail",
            name=host,
            purpose="carries our mail to you",
            data="your e-mail address and the text of the mail",
            categories=("user.contact.email", "user.account"),
            deletion=_deletion("mail", "by hand"),
        )
    ]


def _relays() -> list[Provider]:
    relays = [*settings.TURN_URLS, *settings.STUN_URLS]
    if not relays:
        return []
    hosts = sorted({urlsplit(relay.replace(":", "://", 1)).hostname or relay for relay in relays})
    return [
        Provider(
            key="relay",
            name=", ".join(hosts),
            purpose="connects players without showing their addresses to each other",
            data="your network address and encrypted sound, while you play",
            categories=("user.device.ip_address",),
            deletion=_deletion("relay", "by hand"),
        )
    ]


def _livekit() -> list[Provider]:
    if not settings.LIVEKIT_URL:
        return []
    return [
        Provider(
            key="livekit",
            name=urlsplit(settings.LIVEKIT_URL).hostname or settings.LIVEKIT_URL,
            purpose="carries the sound of sessions with more than eight places",
            data=(
                "your network address, and your sound while you play in such a session: encrypted "
                "on the way to it and from it, and not stored there; your name isn't told"
            ),
            categories=("user.biometric.voice", "user.device.ip_address"),
            region=settings.LIVEKIT_REGION,
            deletion=_deletion("livekit", "by hand"),
        )
    ]
