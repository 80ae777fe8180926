"""Conditions as SQL that is written before it is known who looks: for pages, and for policies."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Mod

from messaging.models import Message
from privacy.gate import rules
from privacy.gate.viewer import Viewer
from privacy.gate.written import Column, ViewerKey, Written, written
from privacy.rls import compile as policies
from sessions_app.models import Mix, Participant, Recording, Stem

KEY = ViewerKey("%s", "whoever looks")
ME: Any = ViewerKey(policies.VIEWER)
OWNER = Column("owner_id", "owner_id")
STEMS = Stem.objects.order_by().filter(recording=OuterRef("pk"))
MINE = '"rls"."sessions_app_stem__player_id"'

pytestmark = pytest.mark.django_db  # SQL is written for the connection's server


def test_what_is_not_known_yet_is_a_parameter() -> None:
    found = written(Recording, Q(audience="public") | Q(owner=KEY))
    assert isinstance(found, Written)
    assert found.sql == "(%s = %s OR %s = (%s))"
    audience = Column("audience", "audience")
    assert found.parameters == (audience, "public", OWNER, "whoever looks")


def test_inner_tables_have_names_that_no_query_around_them_has() -> None:
    beside = Participant.objects.order_by().filter(session__participants__user=OuterRef("owner"))
    found = written(Recording, Q(Exists(beside)))
    assert isinstance(found, Written)
    assert found.sql == (
        'EXISTS(SELECT 1 AS "a" FROM "sessions_app_participant" g_U0'
        ' INNER JOIN "sessions_app_jamsession" g_U1 ON (g_U0."session_id" = g_U1."id")'
        ' INNER JOIN "sessions_app_participant" g_U2 ON (g_U1."id" = g_U2."session_id")'
        ' WHERE g_U2."user_id" = (%s) LIMIT 1)'
    )
    assert found.parameters == (OWNER,)


def test_writing_leaves_the_rule_as_it_was() -> None:
    rule = Q(Exists(STEMS.filter(player=ME))) & Q(pk__in=STEMS.union(STEMS).values("recording"))
    before = str(Recording.objects.filter(rule).query)
    first = written(Recording, rule)
    policies._sql(Recording, rule)
    assert written(Recording, rule) == first
    assert str(Recording.objects.filter(rule).query) == before


def test_what_is_the_same_for_all_rows_is_no_sql() -> None:
    assert written(Recording, rules.NO_ROWS) is False
    assert written(Recording, rules.ALL_ROWS) is True
    assert policies._sql(Recording, rules.NO_ROWS) == ("false", frozenset())
    assert policies._sql(Recording, rules.ALL_ROWS) == ("true", frozenset())


def test_what_could_not_be_filled_in_is_refused() -> None:
    with pytest.raises(TypeError, match="the rule of Recording joins"):
        written(Recording, Q(stems__player=KEY))
    odd = Q(Exists(STEMS.annotate(odd=Mod(F("pk"), Value(2))).filter(odd=1)))
    found = written(Recording, odd)
    assert isinstance(found, Written) and "MOD(" in found.sql
    with pytest.raises(TypeError, match="percent sign"):
        written(Recording, Q(Exists(STEMS.alias(odd=F("pk") % 2).filter(odd=1))))


# Policies
# -------------------------------------------------------------------


@pytest.mark.clause("second-wall")
@pytest.mark.parametrize(
    ("asked", "through"),
    [
        (Q(player=ME), True),
        (Q(player=ME) & ~Q(state="withdrawn"), True),
        (Q(state="aligned") & (Q(player=ME) & Q(pk__gt=1)), True),
        (Q(player=ME) | Q(state="aligned"), False),
        (~Q(player=ME), False),
        (Q(state="aligned"), False),
        (Q(recording__owner=ME), False),
    ],
)
def test_a_rule_that_asks_for_the_viewers_own_rows_reads_no_others(asked: Q, through: bool) -> None:
    sql, views = policies._sql(
        Mix, Q(recording__in=Recording.objects.filter(Exists(STEMS.filter(asked))))
    )
    assert [view.name for view in views] == ([MINE] if through else [])
    assert (f"FROM {MINE} g_" in sql) is through
    assert ('FROM "sessions_app_stem" g_' in sql) is not through


@pytest.mark.clause("second-wall")
def test_a_rule_that_reads_others_of_its_own_table_is_refused() -> None:
    beside = Stem.objects.order_by().filter(recording=OuterRef("recording"))
    with pytest.raises(TypeError, match="the rule of Stem reads its own table"):
        policies._sql(Stem, Q(Exists(beside.filter(state="aligned"))))
    sql, views = policies._sql(Stem, Q(Exists(beside.filter(player=ME))))
    assert [view.name for view in views] == [MINE]
    assert sql == (
        f'EXISTS(SELECT 1 AS "a" FROM {MINE} g_U0 WHERE (g_U0."recording_id" = '
        f'("sessions_app_stem"."recording_id") AND g_U0."player_id" = ({policies.VIEWER}))'
        " LIMIT 1)"
    )


def test_a_policy_holds_words_as_they_are_and_no_moment() -> None:
    sql, _views = policies._sql(Recording, Q(audience="it's 100% ours", owner=Viewer(7).user_id))
    assert sql == (
        """("sessions_app_recording"."audience" = 'it''s 100% ours'"""
        ' AND "sessions_app_recording"."owner_id" = 7)'
    )
    with pytest.raises(TypeError, match="a moment is Now"):
        policies._sql(Message, Q(created_at__lt=datetime(2026, 1, 1, tzinfo=UTC)))
