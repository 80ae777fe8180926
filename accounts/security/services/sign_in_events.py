"""Somebody came in: what is kept of it, and whether they are told."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.identity.allauth_internals import is_headless_request
from accounts.identity.models import User
from accounts.identity.services.last_use import SESSION_KEY
from accounts.security.models import KnownDevice, SafetyEvent
from accounts.security.services import agents, alerts, devices

NEW = timedelta(days=1)  # the first sign-in of an account this young is its own sign-up


def set_out(request: HttpRequest) -> None:
    """Keep what the first step of a sign-in told, for the row that is written after the last."""
    zone = agents.zone_of(request)
    if zone:
        request.session[agents.ZONE_FIELD] = zone


def came_in(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Complete the row of a sign-in, tell its person if the device is new, and know it from now."""
    row = UserSession.objects.filter(session_key=request.session.session_key).first()
    if row is None:
        return
    row.data = agents.words_of(request, row.ip)
    row.save(update_fields=["data"])
    request.session.pop(agents.ZONE_FIELD, None)
    request.session[SESSION_KEY] = row.pk
    known = devices.is_known(request, user)
    if not known and not _is_sign_up(user):
        _tell(user, row)
    if is_headless_request(request) != "app":  # which holds no cookies: each of its sign-ins is new
        devices.remember(request, response, user)


def moved(request: HttpRequest) -> None:
    """Have a sign-in keep its row when its web session gets another key (password changed)."""
    key = request.session.get(SESSION_KEY)
    if key is not None and request.session.session_key:
        UserSession.objects.filter(pk=key).update(session_key=request.session.session_key)


def _is_sign_up(user: User) -> bool:
    young = user.date_joined > timezone.now() - NEW
    before = KnownDevice.objects.filter(user=user), SafetyEvent.objects.filter(user=user)
    return young and not any(rows.exists() for rows in before)


def _tell(user: User, row: UserSession) -> None:
    machine = agents.machine(row.data) or _("a device that says nothing of itself")
    place = agents.region(row.data)
    where = _(" near %(place)s (as its clock says)") % {"place": place} if place else ""
    if row.data.get("place"):
        where = _(" near %(place)s") % {"place": place}
    text = _("Somebody signed in to your account with %(machine)s%(where)s.") % {
        "machine": machine, "where": where,
    }  # fmt: skip
    alerts.alert(user, SafetyEvent.Kind.SIGN_IN, text, detail=machine)
