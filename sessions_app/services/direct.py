"""A person's word on who may connect with them directly, and so see their network address."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.connections.services import purge_rows
from accounts.models import User
from foundation import limits
from foundation.live import cut_people, tell
from sessions_app.direct_queries import may_go_direct
from sessions_app.models import DirectAnswer, DirectChoice, JamSession
from sessions_app.services.recording import Refused


@transaction.atomic
def answer(session: JamSession, person: User, others: Iterable[User], *, yes: bool) -> None:
    """Note whether a person lets others connect with them directly. Idempotent. Raises Refused.

    The last word counts. Their sockets ask anew at once: what is taken back passes no more.
    """
    _check(person)
    limits.DIRECT_ANSWERS.spend(person.pk)
    now = timezone.now()
    rows = [
        DirectAnswer(person=person, other=other, session=session, yes=yes, answered_at=now)
        for other in others
        if other.pk != person.pk and may_go_direct(other)
    ]
    DirectAnswer.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["person", "other"],
        update_fields=["session", "yes", "answered_at"],
    )
    _tell(session, person)


@transaction.atomic
def choose(person: User, *, known: bool, session: JamSession | None = None) -> None:
    """Have a person go direct with people they know, or not. Idempotent. Raises Refused.

    `session`: whose room hears of it at once; other rooms do with their next look.
    """
    _check(person)
    limits.DIRECT_ANSWERS.spend(person.pk)
    DirectChoice.objects.update_or_create(user=person, defaults={"known": known})
    _tell(session, person)


def _check(person: User) -> None:
    if not may_go_direct(person):
        raise Refused(_("A child's sound always goes through the relay. Nothing was changed."))


def _tell(session: JamSession | None, person: User) -> None:
    cut_people(person.pk)  # in whatever other room they are
    if session is None:
        return
    transaction.on_commit(lambda: tell(f"jam.{session.pk}", type="room.direct"), robust=True)


def take_back(user: User, row: DirectAnswer) -> None:
    """Forget one's own answer: one is asked again."""
    DirectAnswer.objects.filter(pk=row.pk, person=user).delete()
    cut_people(user.pk)


@transaction.atomic
def forget_answers(user: User) -> None:
    """Forget what one said of everybody: one is asked again. Idempotent."""
    DirectAnswer.objects.filter(person=user).delete()
    cut_people(user.pk)


def forget_choice(user: User, row: DirectChoice) -> None:
    """Forget that one goes direct with people one knows: one doesn't."""
    DirectChoice.objects.filter(pk=row.pk, user=user).delete()
    cut_people(user.pk)


def purge_answers(user: Any, batch: int) -> int:
    """Delete what somebody said, and what others said about them."""
    return purge_rows(DirectAnswer.objects.filter(Q(person=user) | Q(other=user)), batch)
