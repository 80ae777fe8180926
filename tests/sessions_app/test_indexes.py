"""Lists read as much as they show: by an index, never the whole of a large table."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from bench import data
from community import queries as community
from community.models import Favourite
from foundation.paging import earlier_than
from messaging import queries as messaging
from messaging.models import Conversation
from privacy.gate.viewer import NOBODY, Viewer
from sessions_app import queries
from sessions_app.api import rows
from sessions_app.models import Recording

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("large data")]
RECORDINGS, PEOPLE, CONVERSATIONS = 50_000, 5_000, 5_000
LARGE = {
    "sessions_app_recording",
    "sessions_app_stem",
    "sessions_app_mix",
    "sessions_app_jamsession",
    "sessions_app_participant",
    "messaging_conversation",
    "messaging_member",
    "messaging_message",
    "community_favourite",
}


@pytest.fixture(scope="module")
def member(django_db_setup: None, django_db_blocker: Any) -> Iterator[User]:
    """Fill the tables inside one transaction for all tests here; return a person in them."""
    with django_db_blocker.unblock(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")  # else each test checks them all again
            data.fill(cursor, RECORDINGS, PEOPLE)
            for statement in data.talk(CONVERSATIONS, 20, PEOPLE):
                cursor.execute(statement)
            cursor.execute("analyze")
            cursor.execute("set constraints all deferred")
        yield User.objects.get(username="player42")
        transaction.set_rollback(True)


def plan(found: Any) -> dict[str, Any]:
    """Run a query, and return what PostgreSQL did for it."""
    return plan_of(*found.query.sql_with_params())


def plan_of(sql: str, parameters: Any = None) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"explain (analyze, buffers, timing off, format json) {sql}", parameters)
        (answer,) = cursor.fetchone()
    whole = json.loads(answer) if isinstance(answer, str) else answer
    top: dict[str, Any] = whole[0]["Plan"]
    return top


def nodes(top: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield top
    for inner in top.get("Plans", []):
        yield from nodes(inner)


def first_page(found: Any, moment: str = "created_at") -> Any:
    return found.order_by(f"-{moment}", "-pk")[:21]


LISTS: dict[str, Callable[[User, Viewer], Any]] = {
    "newest public, anonymous": lambda user, viewer: first_page(queries.new_recordings(NOBODY)),
    "newest public, member": lambda user, viewer: first_page(queries.new_recordings(viewer)),
    "API, anonymous": lambda user, viewer: first_page(rows.listed_rows(NOBODY)),
    "API, member": lambda user, viewer: first_page(rows.listed_rows(viewer)),
    "API, mine": lambda user, viewer: first_page(
        rows.listed_rows(viewer).filter(queries.mine(viewer))
    ),
    "mine": lambda user, viewer: first_page(queries.my_recordings(viewer)),
    "by owner, anonymous": lambda user, viewer: first_page(queries.recordings_with(NOBODY, user)),
    "by owner, member": lambda user, viewer: first_page(
        queries.recordings_with(Viewer(user.pk + 1), user)
    ),
    "live sessions, anonymous": lambda user, viewer: first_page(queries.live_sessions(NOBODY)),
    "live sessions, member": lambda user, viewer: first_page(queries.live_sessions(viewer)),
    "sessions of a person": lambda user, viewer: first_page(queries.sessions_of(viewer, user)),
    "conversations": lambda user, viewer: first_page(messaging.conversations(viewer), "last_at"),
    "messages": lambda user, viewer: first_page(
        messaging.messages_of(viewer, Conversation.objects.filter(members__user=user)[0])
    ),
    "favourites": lambda user, viewer: first_page(community.favourites(viewer), "kept_at"),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_reads_by_index(member: User, name: str) -> None:
    top = plan(LISTS[name](member, Viewer(member.pk)))
    whole = [one["Relation Name"] for one in nodes(top) if one["Node Type"] == "Seq Scan"]
    assert set(whole) & LARGE == set(), json.dumps(top, indent=1)
    assert any("Index" in one["Node Type"] for one in nodes(top))


@pytest.mark.parametrize("name", LISTS)
def test_a_list_reads_little_more_than_it_shows(member: User, name: str) -> None:
    """An index that is walked from end to end would pass the test above, and fail this one."""
    top = plan(LISTS[name](member, Viewer(member.pk)))
    # Of each row the gate asks its owner, its players' ages, and who looks: some 20 blocks.
    assert top["Shared Hit Blocks"] + top["Shared Read Blocks"] < 1500, json.dumps(top, indent=1)
    passed_over = [one.get("Rows Removed by Filter", 0) for one in nodes(top)]
    assert max(passed_over) < 200, json.dumps(top, indent=1)


def test_whether_a_long_list_of_favourites_shows_is_told_by_one_row(member: User) -> None:
    """Each of thousands would be asked for the same audience."""
    assert Favourite.objects.filter(user=member).count() > 1000
    with CaptureQueriesContext(connection) as asked:
        assert community.beside(NOBODY, member)["keeps"] is False
    (statement,) = asked.captured_queries
    top = plan_of(statement["sql"])
    assert top["Shared Hit Blocks"] + top["Shared Read Blocks"] < 200, json.dumps(top, indent=1)


@pytest.mark.parametrize("anonymous", [True, False])
def test_a_page_far_down_reads_what_the_first_reads(member: User, anonymous: bool) -> None:
    deep = Recording.objects.order_by("-created_at", "-pk")[RECORDINGS * 9 // 10]
    found = rows.listed_rows(NOBODY if anonymous else Viewer(member.pk))
    near = plan(first_page(found))
    far = plan(first_page(found.filter(earlier_than(deep.created_at, deep.pk))))
    read = [one["Shared Hit Blocks"] + one["Shared Read Blocks"] for one in (near, far)]
    assert read[1] < read[0] * 3 + 50
