"""How a request finds its person."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Exists, OuterRef

from accounts.models import User
from accounts.services import locks
from privacy import consent, notices
from privacy.models import Notice


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's sign-in; the person comes with what every page asks of them.

    `has_news`: something they were told is unseen; in quiet hours only alerts count.
    `consents`: see `privacy.consent.newest`.
    """

    def get_user(self, user_id: int) -> User | None:
        unseen = Notice.objects.filter(
            user=OuterRef("pk"), seen_at__isnull=True, listed=True
        ).order_by()
        people = User.objects.annotate(has_news=Exists(unseen), consents=consent.newest())
        person: Any = locks.unlocked(people).filter(pk=user_id).first()
        if person is None or not self.user_can_authenticate(person):
            return None
        if person.has_news and person.quiet_from is not None:
            person.has_news = notices.marks(person)
        found: User = person
        return found
