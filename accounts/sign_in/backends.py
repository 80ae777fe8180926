"""How a request finds its person, and a password its account."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Now
from django.http import HttpRequest

from accounts.identity import person_at_hand
from accounts.identity.hashers import plain
from accounts.identity.models import User
from accounts.profile.models import Profile
from accounts.security.services import lockouts, locks
from foundation.postgres.statements import Gap, Statement
from privacy import consent, notices
from privacy.models import Notice


def person_queryset(key: Any) -> QuerySet[User]:
    """Return the person with this key with what every page asks of them: see `Backend`."""
    unseen = Notice.objects.filter(
        user=OuterRef("pk"), seen_at__isnull=True, listed=True
    ).order_by()  # fmt: skip
    mine = Profile.objects.filter(user=OuterRef("pk"), available_until__gt=Now()).order_by()
    people = User.objects.select_related("profile").annotate(
        has_news=Exists(unseen),
        consents=consent.newest(),
        open_now_until=Subquery(mine.values("available_until")[:1]),
    )
    return locks.unlocked(people).filter(pk=key)


_PERSON = Statement(lambda: person_queryset(Gap("key")))


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's sign-in; the person comes with what every page asks of them.

    `has_news`: something they were told is unseen; in quiet hours only alerts count.
    `consents`: see `privacy.consent.newest`.
    `profile`: for their name and photo in the header.
    `open_now_until`: they are open to jam until then, or None.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Look at one password, once, whether anybody has the name or not.

        Each attempt costs the same work and counts towards the same limits (TooMany).
        """
        password = credentials.get("password")
        login = credentials.get("email") or credentials.get("username") or ""
        if not password:
            return None
        user = find_account(login)
        counts = lockouts.counts_of(request, user, login) if request is not None else []
        lockouts.before(counts)
        if user is None:
            for _form in {password, plain(password)}:  # a hash may be of either: the same work
                self._mitigate_timing_attack(password)
            return None
        if not user.check_password(password):
            return None
        lockouts.was_right(counts)
        if not self.user_can_authenticate(user):
            self._stash_user(user)  # for allauth, which says that the account is not active
            return None
        return user

    def get_user(self, user_id: int) -> User | None:
        person: Any = person_at_hand.with_key(user_id) or _PERSON.first(key=user_id)
        if person is None or not self.user_can_authenticate(person):
            return None
        if person.has_news and person.quiet_from is not None:
            person.has_news = notices.marks(person)
        user: User = person
        return user

    def user_can_authenticate(self, user: User) -> bool:
        """Keep a child out whose parent took consent back, in every way of signing in."""
        stopped = user.is_child and user.state == User.State.SUSPENDED
        return not stopped and bool(super().user_can_authenticate(user))


def find_account(login: str) -> User | None:
    """Return the account of a username or an address, with the same queries whether there is one.

    An address that somebody confirmed is theirs, whoever else has written it down.
    """
    login = login.strip()
    if "@" not in login:  # which no username holds
        return User.objects.filter(username__iexact=login).first()
    confirmed = EmailAddress.objects.filter(email=login.lower(), verified=True)
    holder = confirmed.select_related("user").first()
    first = User.objects.filter(email__iexact=login).first()
    return holder.user if holder is not None else first
