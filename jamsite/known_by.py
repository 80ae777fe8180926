"""What outside services know people by: told to them, encrypted until then, when someone leaves."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken

from integrations.providers import Provider


def network(provider: Provider, user: Any) -> dict[str, Any] | None:
    """Return the tokens to revoke at a sign-in network, and the id it knows them by."""
    account = SocialAccount.objects.filter(
        user=user, provider__in=[provider.key.partition(":")[2], provider.key]
    ).first()
    if account is None:
        return None
    tokens = SocialToken.objects.filter(account=account).order_by("pk")
    return {"subject": account.uid, "tokens": list(tokens.values_list("token", flat=True))}


def mail(provider: Provider, user: Any) -> dict[str, Any]:
    """Return every address that mail may have gone to."""
    addresses = set(EmailAddress.objects.filter(user=user).values_list("email", flat=True))
    return {"addresses": sorted({*addresses, user.email})}


def relay(provider: Provider, user: Any) -> None:
    """A relay knows nobody: its credentials name a random connection (see `integrations.turn`)."""
