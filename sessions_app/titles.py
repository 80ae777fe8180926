"""What a thing without a title of its own is called. Never stored: a name in a title would stay."""

from typing import Any

from django.utils.translation import gettext as _


def of_session(session: Any, host: Any) -> str:
    """Return a session's title; without one, whose jam it is. `host` is None where no one is shown.

    Who is not shown takes their words along.
    """
    if session.is_standing and not session.title:
        return _("Rehearsal room")
    if host is None:
        return _("Jam") if session.host_id is not None else session.title or _("Jam")
    return session.title or _("%(name)s's jam") % {"name": host.username}


def of_recording(title: str) -> str:
    return title or _("Untitled take")
