"""What templates are given about connected networks."""

from typing import Any

from django.urls import reverse

from accounts.networks.forms import label_of
from accounts.networks.models import Connection, NetworkFact
from integrations import networks


def present_connection(connection: Connection) -> dict[str, Any]:
    """Return what its person is shown of a connected network."""
    account = connection.account
    return {
        "name": networks.name_of(account.provider),
        "uid": account.uid,
        "since": account.date_joined,
        "last_used": account.last_login,
        "has_grant": connection.grant is not None,
        "facts": [present_fact(fact) for fact in connection.facts.all()],
        "url": reverse("take_away_network", args=[connection.public_id]),
    }


def present_fact(fact: NetworkFact) -> dict[str, Any]:
    return {
        "label": label_of(fact.name),
        "lines": fact.value.splitlines(),
        "in_profile": bool(fact.place),
        "forget_url": reverse("forget_fact", args=[fact.public_id]),
    }
