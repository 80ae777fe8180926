"""What outside services know people by: told to them, encrypted until then, when someone leaves."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken

from accounts.models import Connection
from accounts.networks.services import tokens
from integrations import networks
from integrations.providers import Provider


def network(provider: Provider, user: Any) -> dict[str, Any] | None:
    """Return the id that a sign-in network knows them by, and the tokens to give back there."""
    account = SocialAccount.objects.filter(
        user=user, provider=networks.find_by_key(provider.key).id
    ).first()
    if account is None:
        return None
    kept = SocialToken.objects.filter(account=account).order_by("pk")
    kept_tokens = list(kept.values_list("token", flat=True))
    connection = Connection.objects.filter(account=account).first()
    return {
        "subject": account.uid,
        "tokens": [*kept_tokens, *(tokens(connection) if connection else [])],
    }


def mail(provider: Provider, user: Any) -> dict[str, Any]:
    """Return every address that mail may have gone to."""
    addresses = set(EmailAddress.objects.filter(user=user).values_list("email", flat=True))
    return {"addresses": sorted({*addresses, user.email})}


def relay(provider: Provider, user: Any) -> None:
    """A relay knows nobody: its credentials name a random connection (see `integrations.turn`)."""


def livekit(provider: Provider, user: Any) -> None:
    """LiveKit knows nobody: its tokens name a random stay (see `integrations.livekit`)."""
