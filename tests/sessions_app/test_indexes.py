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
from sessions_app import finding, queries
from sessions_app.api import rows
from sessions_app.finding import Wanted
from sessions_app.models import Recording
from tests.planned import in_days

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("large data")]
RECORDINGS, PEOPLE, CONVERSATIONS, PLANNED = 50_000, 5_000, 5_000, 10_000
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


# One in fifty wants a harp, one in forty is of each genre.
PLANS = """insert into sessions_app_jamsession (public_id, host_id, title, about, audience,
    created_at, closes_at, starts_at, opens_at, zone, minutes, genre, tempo, seats)
    select substr(md5('plan' || i), 1, 22), person.id, 'Plan ' || i, '',
    case when i %% 3 = 0 then 'participants' else 'public' end, now(),
    now() + i * interval '5 minutes', now() + i * interval '5 minutes',
    now() + i * interval '5 minutes' - interval '15 minutes', 'UTC', 90,
    'genre' || (i %% 40), 60 + i %% 120,
    case when i %% 50 = 1 then array['harp'] else array['drums', 'voice'] end
    from generate_series(1, %(planned)s) as i
    join accounts_user as person on person.username = 'player' || (i %% %(people)s + 1)"""
SEATS_OF_HOSTS = """insert into sessions_app_participant (session_id, user_id, joined_at)
    select id, host_id, now() from sessions_app_jamsession where starts_at is not null"""


@pytest.fixture(scope="module")
def member(django_db_setup: None, django_db_blocker: Any) -> Iterator[User]:
    """Fill the tables inside one transaction for all tests here; return a person in them."""
    with django_db_blocker.unblock(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")  # else each test checks them all again
            data.fill(cursor, RECORDINGS, PEOPLE)
            cursor.execute(PLANS, {"planned": PLANNED, "people": PEOPLE})
            cursor.execute(SEATS_OF_HOSTS)
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


def soonest(found: Any) -> Any:
    return found.order_by("starts_at", "pk")[:21]


ANY = Wanted()
# Whether a seat is free is asked of plans in order: cheaper than to sort all that want a harp.
MOST_PASSED = {"found by a seat": 2000}
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
    "found live, anonymous": lambda user, viewer: first_page(finding.live_rows(NOBODY, ANY)),
    "found live, member": lambda user, viewer: first_page(finding.live_rows(viewer, ANY)),
    "found to come, anonymous": lambda user, viewer: soonest(finding.coming_rows(NOBODY, ANY)),
    "found to come, member": lambda user, viewer: soonest(finding.coming_rows(viewer, ANY)),
    "found by genre": lambda user, viewer: soonest(
        finding.coming_rows(viewer, Wanted(genre="genre7"))
    ),
    "found by a seat": lambda user, viewer: soonest(
        finding.coming_rows(viewer, Wanted(instrument="harp"))
    ),
    "found by a day": lambda user, viewer: soonest(
        finding.coming_rows(viewer, Wanted(since=in_days(9), until=in_days(10)))
    ),
    "found with people one knows": lambda user, viewer: soonest(
        finding.coming_rows(viewer, Wanted(known=True))
    ),
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
    assert max(passed_over) < MOST_PASSED.get(name, 200), json.dumps(top, indent=1)


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
