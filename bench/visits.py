"""The pages that benches ask for, as a visitor and as a member, on 20,000 recordings.

The member follows 500 people, has played with 100 and has 20 conversations; everybody wants to be
found. Pages for members alone are asked for by the member alone.
"""

import functools
from dataclasses import dataclass
from typing import Any

from bench.place import place

RECORDINGS = 20_000
LIST = "/api/v1/recordings/"
EMPTY = "/bench/empty/"
MEMBER = "player42"
WHO = {"anonymous": "", "signed in": MEMBER}


@dataclass(frozen=True)
class Visit:
    """One address, asked for by one kind of viewer."""

    page: str
    who: str
    path: str
    cookie: str
    note: str = ""

    @property
    def name(self) -> str:
        return f"{self.page}, {self.who}"


@functools.cache
def visits() -> tuple[Visit, ...]:
    """Fill the database, and return each page for each kind of viewer that it has."""
    place().fill(RECORDINGS)
    return asked()


def asked() -> tuple[Visit, ...]:
    """Return each page for each kind of viewer that it has; the database is filled."""
    cookies = {who: cookie(name) for who, name in WHO.items()}
    for_all = {
        "home": ("/", ""),
        "find": ("/find/?q=player", "a full list; the limit of searches counts, and is lifted"),
        "recording page": (_newest(), ""),
        "profile page": (f"/@{MEMBER}/", ""),
        "API list of 20": (LIST, "the throttle counts, and is lifted"),
    }
    for_members = {
        "conversations": ("/messages/", "a full list"),
        "settings": ("/settings/", ""),
    }
    all_visits = [
        Visit(page, who, path, cookies[who], note)
        for page, (path, note) in for_all.items()
        for who in WHO
    ]
    who = "signed in"
    all_visits += [
        Visit(page, who, path, cookies[who], note) for page, (path, note) in for_members.items()
    ]
    return tuple(all_visits)


def _newest() -> str:
    from sessions_app.models import Recording

    ready = Recording.objects.filter(audience="public", state="ready", owner__state="active")
    return str(ready.order_by("-created_at").select_related("owner")[0].get_absolute_url())


def cookie(username: str) -> str:
    """Return the cookie of somebody who has just signed in."""
    if not username:
        return ""
    from accounts.models import User

    return cookie_of(User.objects.get(username=username))


def cookie_of(person: Any) -> str:
    from allauth.usersessions.models import UserSession
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    UserSession.objects.create(user=person, session_key=session.session_key, ip="127.0.0.1")
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
