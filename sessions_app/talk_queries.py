"""What was said and written in a session's room, as far as somebody may read it."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.urls import reverse

from accounts.identity.queries import naming
from accounts.models import User
from privacy.gate.access import get_visible_or_404, visible
from privacy.gate.relations import ALL_ROWS
from privacy.gate.viewer import Viewer
from schools.deny_rules import circle_of
from sessions_app import queries
from sessions_app.models import ChatLine, JamSession, Sheet, SheetLine

M = TypeVar("M", bound=Model)


def been_inside(viewer: Viewer, public_id: str) -> JamSession:
    """Return a session in whose room the viewer has been; everybody else gets the 404."""
    rows = queries.sessions(viewer).filter(pk__in=queries.my_seats_inside(viewer))
    return get_visible_or_404(rows, viewer, public_id=public_id)


def chat_lines(viewer: Viewer, session: Any) -> QuerySet[ChatLine]:
    """Return what was said in a session's room (a key) since the viewer first came in.

    A child reads its circle alone, as it is told of nobody else while it is there.
    """
    rows = visible(ChatLine, viewer).filter(session=session).select_related("author")
    return among_circle(rows, viewer, "author")


def shared_file(line: ChatLine, session: JamSession) -> dict[str, Any] | None:
    """Return what is told of a line's file: name, bytes, address; None of a line without one."""
    if not line.file:
        return None
    url = reverse("chat_file", args=[session.public_id, line.public_id])
    return {"name": line.file_name, "size": line.file_size, "url": url}


def among_circle(rows: QuerySet[M], viewer: Viewer, person: str) -> QuerySet[M]:
    """Return the rows of those whom a child who looks may meet; all of them to anybody else."""
    circle = circle_of(viewer.user_id)
    if circle == ALL_ROWS:
        return rows
    return rows.filter(**{f"{person}__in": User.objects.filter(circle).order_by().values("pk")})


def sheets_of(viewer: Viewer, session: Any) -> QuerySet[Sheet]:
    """Return a session's (a key's) notes and the songs of its set list, in order.

    None that somebody added of whom the viewer isn't told there.
    """
    rows = visible(Sheet, viewer).filter(session=session)
    mine = among_circle(rows, viewer, "added_by") | rows.filter(added_by__isnull=True)
    return naming(mine, viewer, "added_by").order_by("place", "pk")


def sheet_lines(viewer: Viewer, sheet: Sheet) -> QuerySet[SheetLine]:
    """Return the lines of a sheet that the viewer sees, in order; of their circle to a child."""
    rows = visible(SheetLine, viewer).filter(sheet=sheet).select_related("author")
    return among_circle(rows, viewer, "author").order_by("place", "pk")
