"""What people are told of planned sessions. The words name nobody; the page they lead to may."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.connections.queries import hears_of
from accounts.models import User
from foundation.moments import moment_in_words
from privacy import notices
from privacy.gate.access import can_see
from privacy.gate.viewer import Via, Viewer
from sessions_app.models import JamSession, Rsvp
from sessions_app.models.planning import TOLD, not_over

S = Rsvp.State

notices.kind(
    "session_plans",
    choosable=True,
    mail=False,
    title=_lazy("Jams that people you follow plan"),
    text=_lazy("Somebody you follow plans a jam that you may see."),
    to=lambda session: hears_of(session.host_id if session.is_coming else None),
    told=(
        _lazy("Somebody you follow plans a jam"),
        _lazy("Its page tells you when, and takes your answer."),
    ),
)
notices.kind(
    "session_changes",
    choosable=True,
    title=_lazy("Sessions you answered"),
    text=_lazy("A session that you answered changes or is called off, or a seat is yours."),
)
notices.kind(
    "session_answers",
    choosable=True,
    mail=False,
    title=_lazy("Answers to your sessions"),
    text=_lazy("Somebody comes to a session of yours, asks for a seat, or can't come after all."),
)
notices.kind(
    "session_reminders",
    choosable=True,
    title=_lazy("Reminders of sessions"),
    text=_lazy("An hour before a session that you said you would come to."),
    still=lambda notice: _still_ahead(notice.about),
)


def _still_ahead(about: str) -> bool:
    rows = JamSession.objects.filter(not_over(), public_id=about.partition(":")[2])
    return rows.filter(starts_at__gt=timezone.now()).exists()


def answers_to(session: JamSession) -> list[Rsvp]:
    """Return the answers of those who hear what becomes of a session."""
    rows = Rsvp.objects.filter(User.present("user__"), session=session, state__in=TOLD)
    return list(rows.select_related("user").order_by("asked_at", "pk"))


def when(session: JamSession, person: User) -> str:
    """Return when a planned session is, in words of this person's clock."""
    return moment_in_words(session.starts_at, person)  # type: ignore[arg-type]


def tell_about(session: JamSession, person: User, title: str, *said: str) -> None:
    """Tell somebody who answered what became of a session; its page, if they may see it."""
    shown = can_see(Viewer.of(person, Via.JOB), session)
    more: dict[str, Any] = {"url": session.get_absolute_url(), "about": session} if shown else {}
    text = " ".join(said or [_("It is on %(when)s.") % {"when": when(session, person)}])
    notices.tell(person, "session_changes", title, text, **more)


def tell_called_off(session: JamSession, *, gone: bool = False) -> None:
    """Tell all who answered that a session won't be; `gone`: its page isn't there any more."""
    more: dict[str, Any] = {} if gone else {"url": session.get_absolute_url(), "about": session}
    for rsvp in answers_to(session):
        notices.tell(
            rsvp.user,
            "session_changes",
            _("A session that you answered is called off"),
            _("It would have been on %(when)s.") % {"when": when(session, rsvp.user)},
            **more,
        )


def tell_host(session: JamSession, state: Rsvp.State) -> None:
    """Tell the host what somebody answered."""
    host = session.host
    if host is None or not host.is_present:
        return
    said = {
        S.GOING: _("Somebody comes to your session"),
        S.PENDING: _("Somebody asks for a seat in your session"),
        S.WAITING: _("Somebody is on the waiting list of your session"),
        S.MAYBE: _("Somebody isn't sure to come to your session any more"),
        S.CANT: _("Somebody can't come to your session after all"),
    }[state]
    notices.tell(
        host,
        "session_answers",
        said,
        _("It is on %(when)s.") % {"when": when(session, host)},
        url=session.get_absolute_url(),
        about=session,
    )


def remind(rsvp: Rsvp) -> None:
    """Remind somebody of a session that begins soon."""
    notices.tell(
        rsvp.user,
        "session_reminders",
        _("A session of yours begins within the hour"),
        _("It is on %(when)s. The room opens a quarter of an hour before.")
        % {"when": when(rsvp.session, rsvp.user)},
        url=rsvp.session.get_absolute_url(),
        about=rsvp.session,
    )
