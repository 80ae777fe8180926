"""Web sessions as Django keeps them in the database, read together with whose they are.

`SESSION_ENGINE`. Nearly every page asks both, so one query answers both: see
`accounts.identity.person_at_hand`.
"""

from typing import Any

from allauth.usersessions.models import UserSession
from asgiref.sync import sync_to_async
from django.contrib.sessions.backends import db
from django.db import connection
from django.db.models import TextField
from django.utils import timezone

from accounts.sign_in.backends import person_queryset
from foundation.postgres.statements import Gap, Statement

_PERSON = Statement(
    lambda: person_queryset(
        UserSession.objects.filter(session_key=Gap("session", TextField())).values("user")[:1]
    )
)
_SESSION_AND_PERSON = """SELECT stored.session_data, person.*
    FROM django_session stored LEFT JOIN ({}) person ON true
    WHERE stored.session_key = %s AND stored.expire_date > %s"""


class SessionStore(db.SessionStore):
    """Django's store; `person` is whose sign-in the session is, once it was read."""

    person: Any = None

    def load(self) -> dict[str, Any]:
        key = self.session_key or ""
        row = self._row(key) if key.isascii() and key.isalnum() else None
        if row is None:
            self._session_key = None
            return {}
        stored, *columns = row
        self.person = next(_PERSON.written()[2]([columns])) if columns[0] is not None else None
        return self.decode(stored)

    def _row(self, key: str) -> Any:
        sql, parameters, _people = _PERSON.written()
        filled = [key if isinstance(value, Gap) else value for value in parameters]
        with connection.cursor() as cursor:
            cursor.execute(_SESSION_AND_PERSON.format(sql), [*filled, key, timezone.now()])
            return cursor.fetchone()

    async def aload(self) -> dict[str, Any]:
        return await sync_to_async(self.load)()

    def clear(self) -> None:
        super().clear()
        self.person = None
