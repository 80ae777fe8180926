"""Signing in through a network: what it learns, recorded when it sent somebody back to us.

allauth carries the protocol. The network's own pages get a random state and our client id; that
the person signs in to this site is what it learns about them.
"""

from integrations.boundary import disclose


def learned_of_sign_in(provider_id: str, user_id: int) -> None:
    """Record that a network learned of a sign-in. Raises Undeclared for one not configured."""
    with disclose(f"openid:{provider_id}", [user_id], ("user.account",), "account"):
        pass  # the browser has gone there and come back
