"""The accounts app's part in leaving: end what is open, remember the public names."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from accounts.identity.models import User
from accounts.identity.services import suspensions
from foundation.live import cut
from privacy.gate import tombstones
from privacy.models import Erasure


def hide(user: User, erasure: Erasure) -> None:
    """End every sign-in, and bury the profile's address."""
    tombstones.bury(User, [user.username], erasure.pk)
    while purge_sign_ins(user, 500):
        pass


def show(user: User, erasure: Erasure) -> None:
    """Keep a child stopped without consent, and who is suspended suspended; sign-ins stay ended."""
    stopped = User.objects.filter(pk=user.pk, enrolment__stopped_at__isnull=False)
    if suspensions.is_suspended(user) or stopped.exists():
        User.objects.filter(pk=user.pk).update(state=User.State.SUSPENDED)


def after(user: User, erasure: Erasure) -> None:
    """Have every socket of theirs ask the gate again."""
    cut(f"user.{user.pk}")


def purge_sign_ins(user: User, batch: int) -> int:
    """Delete sign-ins with their web sessions: one may have begun within the grace period."""
    rows = dict(UserSession.objects.filter(user=user).values_list("pk", "session_key")[:batch])
    Session.objects.filter(session_key__in=rows.values()).delete()
    UserSession.objects.filter(pk__in=rows).delete()
    return len(rows)
