"""Statements that PostgreSQL keeps a plan of: which, for how long, and what stays as it was."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from foundation.database_identity import NOBODY, behalf
from foundation.postgres import prepared
from messaging.models import Message
from privacy.gate.access import visible
from privacy.gate.viewer import Viewer
from privacy.rls.viewer_identity import of
from sessions_app.models import Recording
from tests.cast import Cast, person

KEPT = "select name, statement, generic_plans, custom_plans from pg_prepared_statements"


@pytest.fixture(autouse=True)
def fresh(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[prepared.Statements]:
    """Begin with a connection that has prepared nothing, and leave one behind."""
    monkeypatch.setattr(prepared, "SHORTEST", 0)
    connection.ensure_connection()
    mine = prepared.of(connection.connection)
    _empty(mine)
    yield mine
    _empty(mine)


def _empty(mine: prepared.Statements) -> None:
    for memory in (mine.names, prepared._seen, prepared.unfit):
        memory.clear()
    with connection.cursor() as cursor:
        cursor.execute("deallocate all")


def kept() -> dict[str, tuple[str, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(KEPT)
        found = cursor.fetchall()
    # PostgreSQL shows the message that the statement came in.
    return {
        name: (message.split(" AS ", 1)[1].rpartition("; EXECUTE")[0], generic, custom)
        for name, message, generic, custom in found
    }


def ask(*keys: int) -> list[list[int]]:
    """Ask for people by key, once each, on behalf of nobody."""
    with behalf(NOBODY):
        return [list(User.objects.filter(pk=key).values_list("pk", flat=True)) for key in keys]


def test_the_second_use_prepares_a_statement_and_every_further_one_runs_it(db: None):
    ada, ben, cem = (person(name) for name in ("ada", "ben", "cem"))
    keys = [ada.pk, ben.pk, cem.pk, 0, ada.pk]
    assert ask(*keys) == [[ada.pk], [ben.pk], [cem.pk], [], [ada.pk]]
    ((statement, generic, custom),) = kept().values()
    assert '"accounts_user"."id" = $1' in statement
    assert (generic, custom) == (4, 0)


def test_whoever_looks_sees_their_own_by_the_same_plan(cast: Cast):
    """What one conversation holds is nobody else's, whoever made the plan."""
    for other in ("participant", "stranger"):
        Message.objects.create(
            conversation=cast.conversation("owner", other), author=cast["owner"],
            text=f"mark-for-{other}", ref=uuid4(),
        )  # fmt: skip
    texts = Message.objects.order_by("text").values_list("text", flat=True)
    seen = {}
    for _ in range(3):
        for role in ("owner", "participant", "stranger", "former"):
            with behalf(of(cast.viewer(role))):
                seen[role] = list(texts.filter(conversation__isnull=False, author__isnull=False))
    assert seen == {
        "owner": ["mark-for-participant", "mark-for-stranger"],
        "participant": ["mark-for-participant"],
        "stranger": ["mark-for-stranger"],
        "former": [],
    }
    about = [one for one, *_ in kept().values() if "messaging_message" in one]
    assert len(about) == 1


def test_outside_of_requests_nothing_is_prepared(db: None):
    ada = person("ada")
    for _ in range(3):
        assert User.objects.filter(pk=ada.pk).count() == 1
    assert kept() == {}


def test_choices_are_written_into_the_statement_and_names_are_not(cast: Cast):
    """An index for public recordings serves only a statement that says "public"."""
    with behalf(NOBODY):
        for title in ("one", "two", "three"):
            rows = Recording.objects.filter(audience="public", state__in=["ready"], title=title)
            assert list(rows) == []
    ((statement, *_),) = kept().values()
    assert """"audience" = 'public'""" in statement
    assert """"state" IN ('ready')""" in statement
    assert '"title" = $1' in statement


def test_a_rule_is_the_same_statement_for_every_member(cast: Cast):
    for role in ("owner", "participant", "stranger", "former"):
        with behalf(NOBODY):
            list(visible(Recording, cast.viewer(role)))
    assert len(kept()) == 1


def test_however_many_keys_are_looked_for_it_is_one_statement(db: None):
    people = [person(name).pk for name in ("ada", "ben", "cem")]
    with behalf(NOBODY):
        for count in (1, 2, 3, 2):
            wanted = people[:count]
            found = User.objects.filter(pk__in=wanted).order_by("pk")
            assert list(found.values_list("pk", flat=True)) == wanted
            assert list(User.objects.filter(pk__in=[])) == []
    ((statement, *_),) = kept().values()
    assert '"accounts_user"."id" = ANY($1)' in statement


def test_literals_that_are_equal_to_python_are_two_statements(db: None):
    with connection.cursor() as cursor, behalf(NOBODY):
        for value, told in ((True, "true"), (1.0, "1"), (True, "true"), (1.0, "1"), (1.0, "1")):
            cursor.execute("SELECT to_json(%s)::text", [value])
            assert cursor.fetchone()[0].removesuffix(".0") == told


def test_the_oldest_gives_way(db: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(prepared, "MAX_KEPT", 2)
    with behalf(NOBODY):
        for columns in (["username", "state"], ["username", "email"], ["username", "time_zone"]):
            for _ in range(2):
                list(User.objects.filter(pk=1).values_list(*columns))
    left = {statement.split('"')[9] for statement, *_ in kept().values()}
    assert left == {"email", "time_zone"}


def test_what_is_captured_is_the_whole_statement(db: None):
    ada = person("ada")
    ask(ada.pk, ada.pk)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        ask(ada.pk)
    (one,) = captured.captured_queries
    assert one["sql"].startswith('SELECT "accounts_user"."id"')
    assert f'"id" = {ada.pk}' in one["sql"]


@pytest.mark.django_db(transaction=True)
def test_what_postgresql_cannot_prepare_runs_as_it_is():
    """The type of what is put together can't be told without the values."""
    ada = person("ada")
    text = "SELECT concat(%s, username) FROM accounts_user WHERE id = %s"
    for word in ("a-", "b-", "c-"):
        with behalf(NOBODY), connection.cursor() as cursor:
            cursor.execute(text, [word, ada.pk])
            assert cursor.fetchall() == [(f"{word}ada",)]
    assert kept() == {}


@pytest.mark.django_db(transaction=True)
def test_a_plan_outlives_a_rollback_and_a_lost_plan_is_made_anew():
    ada = person("ada")
    ask(ada.pk, ada.pk)
    with transaction.atomic():
        ask(ada.pk)
        transaction.set_rollback(True)
    assert ask(ada.pk) == [[ada.pk]]
    with connection.cursor() as cursor:
        cursor.execute("deallocate all")  # as a proxy of connections may
    assert ask(ada.pk, ada.pk, ada.pk) == [[ada.pk]] * 3
    assert len(kept()) == 1


@pytest.mark.django_db(transaction=True)
def test_a_table_that_was_altered_is_read_by_a_new_plan():
    ada = person("ada")
    text = "SELECT * FROM altered WHERE id = %s"
    with connection.cursor() as cursor:
        cursor.execute("create table altered (id bigint)")
        cursor.execute("grant select on altered to public")
        cursor.execute("insert into altered values (%s)", [ada.pk])
    try:
        for _ in range(3):
            assert _rows(text, ada.pk) == [(ada.pk,)]
        with connection.cursor() as cursor:
            cursor.execute("alter table altered add column more text default 'new'")
        for _ in range(3):
            assert _rows(text, ada.pk) == [(ada.pk, "new")]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("drop table altered")


def _rows(text: str, key: int) -> list[tuple[Any, ...]]:
    with behalf(NOBODY), connection.cursor() as cursor:
        cursor.execute(text, [key])
        return cursor.fetchall()


def test_text_of_expressions_and_patterns_are_no_parameters(db: None):
    ada = person("ada")
    with behalf(of(Viewer(ada.pk))):
        for _ in range(3):
            named = User.objects.annotate(words=Concat(Value("mark "), F("username")))
            assert named.filter(pk=ada.pk).values_list("words", flat=True).get() == "mark ada"
            assert User.objects.filter(username__startswith="ad", pk=ada.pk).count() == 1
    assert [count for _, count, _ in kept().values()] == [2]
