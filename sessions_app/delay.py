"""The delay to expect between somebody and who plays in a session, for lists of sessions."""

from typing import Any

from django.db.models import Exists, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Greatest

from privacy.gate.access import visible
from privacy.gate.viewer import Viewer
from sessions_app.models import Latency, Participant
from sessions_app.models.latency import fresh


def expected(viewer: Viewer) -> Any:
    """Return the worst grade that holds between the viewer and who has a seat, as a column.

    Of those with whom both measured it; null where there is none.
    """
    if not viewer.is_member:
        return Value(None, output_field=IntegerField())
    back = visible(Latency, viewer).filter(
        fresh(), partner=viewer.user_id, measured_by=OuterRef("partner")
    )
    pairs = visible(Latency, viewer).filter(fresh(), measured_by=viewer.user_id)
    pairs = pairs.annotate(back=Subquery(back.order_by().values("grade")[:1]))
    seated = Participant.objects.filter(session=OuterRef(OuterRef("pk")), user=OuterRef("partner"))
    here = pairs.filter(Exists(seated.order_by()), back__isnull=False)
    worst: Any = here.annotate(worst=Greatest("grade", "back")).order_by("-worst")
    return Subquery(worst.values("worst")[:1], output_field=IntegerField())
