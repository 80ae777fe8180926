"""Named lists of connected networks."""

from django.db.models import (
    QuerySet,
)

from accounts.networks.models import Connection
from privacy.gate.access import visible
from privacy.gate.viewer import Viewer


def connections(viewer: Viewer) -> QuerySet[Connection]:
    """Return the networks the viewer connected, each with its account there and what was kept."""
    rows = visible(Connection, viewer).select_related("account")
    return rows.prefetch_related("facts").order_by("account__date_joined", "pk")
