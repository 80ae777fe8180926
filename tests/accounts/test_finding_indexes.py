"""A search reads by index, and asks the gate about few more than it shows: `bench/people.py`."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.discovery import queries
from accounts.discovery.index_terms import Wanted
from accounts.models import Findable, User
from accounts.profile.vocabulary import INSTRUMENTS
from bench import data, people
from privacy.gate.viewer import NOBODY, Viewer
from tests.sessions_app.test_indexes import nodes, plan

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("large data")]
PEOPLE = 60_000
LARGE = {"accounts_findable", "accounts_user", "accounts_profile"}
SEARCHES = people.searches()
COMMON = Wanted(instrument=next(iter(INSTRUMENTS)))


@pytest.fixture(scope="module")
def member(django_db_setup: None, django_db_blocker: Any) -> Iterator[Viewer]:
    """Fill the tables inside one transaction for all tests here; return somebody in them."""
    with django_db_blocker.unblock(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
            cursor.execute(data.statements(0, PEOPLE)[0])
            viewer = User.objects.get(username="player42")
            for statement in people.fill(PEOPLE, viewer.pk):
                cursor.execute(statement)
            cursor.execute("analyze")
            cursor.execute("set constraints all deferred")
        yield Viewer(viewer.pk)
        transaction.set_rollback(True)


def asked(top: dict[str, Any]) -> int:
    """Return of how many people the gate asked anything."""
    users = [one for one in nodes(top) if one.get("Relation Name") == "accounts_user"]
    return max(int(one["Actual Loops"]) for one in users)


def read(top: dict[str, Any]) -> int:
    return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])


@pytest.mark.parametrize("name", SEARCHES)
def test_a_search_reads_by_index_and_asks_about_a_page(member: Viewer, name: str) -> None:
    wanted, by_member, behind = SEARCHES[name]
    top = plan(queries.matching(member if by_member else NOBODY, wanted, behind, 21))
    whole = [one["Relation Name"] for one in nodes(top) if one["Node Type"] == "Seq Scan"]
    assert set(whole) & LARGE == set(), json.dumps(top, indent=1)
    # One in fifty is gone, suspended or a child.
    assert asked(top) < 2 * 21, json.dumps(top, indent=1)


@pytest.mark.parametrize("by_member", [True, False])
def test_a_page_far_down_reads_what_the_first_reads(member: Viewer, by_member: bool) -> None:
    """Also in the middle of a week in which thousands were here."""
    viewer = member if by_member else NOBODY
    everybody = Findable.objects.order_by("-week", "-user").values_list("week", "user")
    week = everybody[0][0]
    middle = everybody.filter(week=week)[everybody.filter(week=week).count() * 9 // 10]
    first = read(plan(queries.matching(viewer, COMMON, None, 21)))
    for behind in (middle, everybody[PEOPLE * 8 // 10]):
        assert read(plan(queries.matching(viewer, COMMON, behind, 21))) < first * 3 + 50, behind


def test_those_one_knows_are_looked_up_and_nobody_else(member: Viewer) -> None:
    """What they tell few comes by their keys: as many as one follows and has played with."""
    top = plan(queries.matching(member, COMMON, None, 21))
    by_key = [one for one in nodes(top) if one.get("Index Name") == "accounts_findable_pkey"]
    assert [int(one["Actual Loops"]) for one in by_key] == [people.FOLLOWED + people.PLAYED]
