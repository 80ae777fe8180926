"""Named lists of favourites, through the gate."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import JSONObject

from accounts.connections.queries import my_ties
from accounts.models import User
from bands.models import BandMember
from community.models import Favourite
from foundation.postgres.statements import Gap
from privacy.gate.access import visible
from privacy.gate.statements import GatedPages, GatedStatement
from privacy.gate.viewer import Viewer
from sessions_app import queries as sessions
from sessions_app.models import Recording


def favourites(viewer: Viewer) -> QuerySet[Recording]:
    """Return the recordings the viewer keeps, as far as they may still hear them."""
    mine = FilteredRelation("favourites", condition=Q(favourites__user=viewer.user_id))
    rows = sessions.shown_recordings(viewer).annotate(mine=mine)
    return rows.filter(mine__isnull=False).annotate(kept_at=F("mine__created_at"))


def favourites_of(viewer: Viewer, person: Any) -> QuerySet[Recording]:
    """Return what somebody (a key) keeps: of the list they show, what this viewer may hear."""
    kept_rows = visible(Favourite, viewer).filter(user=person).order_by()
    theirs = FilteredRelation("favourites", condition=Q(favourites__user=person))
    rows = sessions.shown_recordings(viewer).annotate(theirs=theirs)
    return rows.filter(theirs__in=kept_rows.values("pk")).annotate(kept_at=F("theirs__created_at"))


def beside(viewer: Viewer, person: User) -> dict[str, Any]:
    """Return what stands beside a profile, in one query.

    `in_bands`; `keeps`: whether favourites show; `follow` and `muted`: see `my_ties`.
    """
    columns: dict[str, Any]
    (columns,) = _BESIDE.all(viewer, person=person.pk)
    return columns


def _beside(viewer: Viewer) -> Any:
    person = Gap("person")
    seats = visible(BandMember, viewer).filter(user=OuterRef("pk")).order_by("-since", "-pk")
    named = seats.values(shape=JSONObject(name="band__name", slug="band__slug", plays="plays"))
    # A list is shown whole or not at all: one row tells, before thousands are looked at.
    newest = Favourite.objects.filter(user=person).order_by("-created_at", "-pk")
    is_shown = visible(Favourite, viewer).filter(pk=Subquery(newest.values("pk")[:1]))
    keeps = Q(Exists(is_shown)) & Q(Exists(favourites_of(viewer, person)))
    rows = User.objects.filter(pk=person).annotate(
        in_bands=ArraySubquery(named), keeps=ExpressionWrapper(keeps, BooleanField())
    )
    tied = rows.annotate(**my_ties(viewer))
    return tied.values("in_bands", "keeps", "follow", "muted")


_BESIDE: GatedStatement[Any] = GatedStatement(_beside)
kept = GatedPages(favourites, moment="kept_at")
kept_by = GatedPages(lambda viewer: favourites_of(viewer, Gap("person")), moment="kept_at")


def is_favourite(viewer: Viewer, recording_id: str) -> bool:
    return visible(Favourite, viewer).filter(recording__public_id=recording_id).exists()
