"""Many threads borrow a few connections from one pool: nobody finds another's viewer on one."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from foundation.database_identity import NobodyMiddleware, behalf
from messaging.models import Message
from privacy import rls
from privacy.gate import access
from privacy.rls.middleware import ViewerMiddleware
from tests.cast import Cast
from tests.privacy.world import World

THREADS, REQUESTS = 8, 600
ROLES = ("owner", "participant", "stranger", "leaving", "anonymous")


def raw() -> set[int]:
    """Return every message that PostgreSQL shows: no gate, no ORM."""
    with connection.cursor() as cursor:
        cursor.execute("select id from messaging_message")
        return {row[0] for row in cursor.fetchall()}


def plainly(request: HttpRequest) -> set[int]:
    return raw()


def in_a_transaction(request: HttpRequest) -> set[int]:
    with transaction.atomic():
        return raw()


def after_an_error(request: HttpRequest) -> set[int]:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select no_such_column")
    return raw()


def after_the_system_was_here(request: HttpRequest) -> set[int]:
    with rls.bypass_rls("a test"):
        assert raw()
    return raw()


VIEWS: tuple[Callable[[HttpRequest], set[int]], ...] = (
    plainly, in_a_transaction, after_an_error, after_the_system_was_here,
)  # fmt: skip


@pytest.fixture
def pooled(settings: Any) -> Any:
    """A pool with fewer connections than threads, as a busy server has."""
    database: Any = connection
    options = database.settings_dict["OPTIONS"]
    before = options["pool"]
    database.close()
    database.close_pool()
    options["pool"] = {"min_size": 1, "max_size": 3, "timeout": 30}
    yield
    database.close()
    database.close_pool()
    options["pool"] = before


@pytest.mark.clause("second-wall")
@pytest.mark.promise("JK-11", "VJ-22")
@pytest.mark.django_db(transaction=True)
def test_no_thread_sees_what_the_last_one_saw(
    pooled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = Cast.assemble()
    World(cast)
    with behalf(None):
        expected = {
            role: set(access.visible(Message, cast.viewer(role)).values_list("pk", flat=True))
            for role in ROLES
        }
    assert all(expected[role] for role in ("owner", "participant"))
    assert expected["owner"] != expected["participant"]
    assert expected["anonymous"] == expected["leaving"] == set()

    def one_request(turn: tuple[str, Callable[[HttpRequest], set[int]]]) -> tuple[str, set[int]]:
        role, view = turn
        found: set[int] = set()

        def answer(request: HttpRequest) -> HttpResponse:
            if role != "anonymous" or random.random() < 0.5:
                assert request.user.is_anonymous == (role == "anonymous")
            found.update(view(request))
            return HttpResponse()

        request: Any = RequestFactory().get("/")
        request.session = {}
        request.person = AnonymousUser() if role == "anonymous" else cast[role]
        try:
            NobodyMiddleware(ViewerMiddleware(answer))(request)
        finally:
            connection.close()  # back to the pool, as at the end of every request
        return role, found

    monkeypatch.setattr("privacy.rls.middleware.get_user", lambda request: request.person)
    chance = random.Random(7)
    turns = [(chance.choice(ROLES), chance.choice(VIEWS)) for _ in range(REQUESTS)]
    with ThreadPoolExecutor(THREADS) as threads:
        answers = list(threads.map(one_request, turns))
    wrong = [(role, found) for role, found in answers if found != expected[role]]
    assert wrong == []
