"""Sign-ins that are over are forgotten, address and all."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.utils import timezone


def forget_ended() -> None:
    """Delete expired web sessions, and the sign-ins whose session is gone."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(alive)).delete()
