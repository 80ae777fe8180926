"""Row-level security: PostgreSQL itself shows the web no more than the gate does."""

import re
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings as site
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis.extra.django import TestCase

from foundation import database_identity
from foundation.database_identity import NOBODY, DatabaseIdentity, behalf
from messaging.models import Member, Message
from privacy import rls
from privacy.gate import access, rules
from privacy.gate.rules import Rule
from privacy.gate.viewer import Viewer
from privacy.models import ShareLink
from privacy.rls import install
from privacy.rls.compile import policies
from sessions_app.models import ChatLine, Recording, SheetLine, Stem, StemChunk
from tests.cast import ROLES, Cast
from tests.privacy import worlds
from tests.privacy.world import World

TABLES = sorted(model._meta.db_table for model in rls.protected_models())
VIEWS = sorted({view.name for one in policies() for view in one.views})


def rows(table: str) -> set[int]:
    """Return the keys of a table as a raw SELECT finds them: no gate, no ORM."""
    with connection.cursor() as cursor:
        cursor.execute(f"select id from {table}")
        return {row[0] for row in cursor.fetchall()}


def differences(viewer: Viewer) -> dict[str, tuple[set[int], set[int]]]:
    """Return, for tables where they differ, what policies show a viewer and what the gate does."""
    found = {}
    for model in rls.protected_models():
        gate = set(access.visible(model, viewer).values_list("pk", flat=True))
        with rls.looking(viewer):
            raw = rows(model._meta.db_table)
        if raw != gate:
            found[model._meta.label] = (raw, gate)
    return found


@pytest.fixture
def talking(world: World) -> World:
    """A world with a line in a room and a chunk on its way, so that no guarded table is empty."""
    owner, session = world.cast["owner"], world.cast.sessions["participants"]
    ChatLine.objects.create(session=session, author=owner, ref=uuid.uuid4(), text="mark-line")
    sheet = world.things["sheet"]["owner"]
    about = {"sheet": sheet, "session": sheet.session, "place": 1, "text": "mark-line"}
    SheetLine.objects.create(author=owner, ref=uuid.uuid4(), **about)
    stem = Stem.objects.filter(player=owner).first()
    StemChunk.objects.create(stem=stem, number=0, sha256="", size=1, file="chunks/x")
    return world


@pytest.mark.clause("second-wall")
@pytest.mark.promise("JK-11", "VJ-22")
def test_without_a_viewer_a_raw_select_shows_nothing(talking: World) -> None:
    for table in TABLES:
        assert rows(table), f"{table} has nothing that could leak"
    with behalf(NOBODY):
        shown = {table: rows(table) for table in TABLES + VIEWS}
    assert set().union(*shown.values()) == set(), shown


@pytest.mark.clause("second-wall")
@pytest.mark.parametrize("role", ROLES)
def test_the_wall_shows_each_what_the_gate_shows(talking: World, role: str) -> None:
    assert differences(talking.cast.viewer(role)) == {}


class RandomWorlds(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(worlds.worlds)
    def test_wall_and_gate_agree(self, world: dict[str, Any]) -> None:
        people = worlds.build(world)
        held = frozenset(ShareLink.objects.values_list("pk", flat=True))
        for viewer in [Viewer(), *(Viewer.of(one) for one in people)]:
            assert differences(viewer) == {}, viewer
            assert not held or differences(replace(viewer, links=held)) == {}, viewer


def attempt(sql: str, *parameters: Any) -> int | None:
    """Run a statement as a viewer; return how many rows it touched, None when it is refused."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.rowcount
    except DatabaseError as error:
        assert "row-level security" in str(error), error
        return None


def test_the_web_writes_its_persons_own_rows_and_no_others(talking: World) -> None:
    cast = talking.cast
    talk = talking.things["conversation"]["owner-participant"]
    theirs, mine = Message.objects.filter(conversation=talk).order_by("author_id")
    if mine.author_id != cast["participant"].pk:
        theirs, mine = mine, theirs
    write = (
        "insert into messaging_message (public_id, conversation_id, author_id, ref, text,"
        " created_at) values (%s, %s, %s, gen_random_uuid(), 'hello', now())"
    )
    stems = {
        role: Stem.objects.get(recording=cast.recordings["public"], player=cast[role])
        for role in ("owner", "participant")
    }
    with rls.looking(cast.viewer("participant")):
        assert attempt(write, "a" * 22, talk.pk, cast["participant"].pk) == 1
        assert attempt(write, "b" * 22, talk.pk, cast["owner"].pk) is None
        assert attempt("update messaging_message set text = ''") == 0
        assert attempt("delete from messaging_message") == 0
        assert (
            attempt("update messaging_member set read_up_to = now()")
            == Member.objects.filter(user=cast["participant"]).count()
        )
        assert attempt("update sessions_app_stem set gain = 0.5") > 0
        assert attempt("update sessions_app_stem set player_id = %s", cast["owner"].pk) is None
        assert attempt("delete from sessions_app_stem") == 0
    with rls.looking(cast.viewer("stranger")):
        assert attempt(write, "c" * 22, talk.pk, cast["stranger"].pk) is None
        assert attempt("update sessions_app_stem set gain = 0") == 0
    stems["owner"].refresh_from_db()
    stems["participant"].refresh_from_db()
    assert (stems["owner"].gain, stems["participant"].gain) == (1.0, 0.5)


def test_the_system_is_a_role_of_its_own_that_ends_with_its_block(talking: World) -> None:
    everything = rows("messaging_message")
    with behalf(NOBODY):
        with rls.bypass_rls("a test"):
            assert rows("messaging_message") == everything
        assert rows("messaging_message") == set()
        with transaction.atomic():
            with rls.bypass_rls("a test"):
                rows("messaging_message")
            assert rows("messaging_message") == set()
    assert rows("messaging_message") == everything


def test_a_savepoint_that_is_rolled_back_takes_no_viewer_along(talking: World) -> None:
    with rls.looking(talking.cast.viewer("owner")):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows("no_such_table")
        assert rows("messaging_message") != set()
    with behalf(NOBODY):
        assert rows("messaging_message") == set()


def test_values_that_could_end_the_quotes_are_refused() -> None:
    for value in ("'", "1; drop", 'a"', "\\"):
        with pytest.raises(ValueError):
            DatabaseIdentity(viewer=value)


# Row-level security and the rules
# -------------------------------------------------------------------


@pytest.fixture
def cursor(db: None) -> Any:
    with connection.cursor() as found:
        yield found


def test_the_wall_in_the_database_is_the_one_the_rules_ask_for(cursor: Any) -> None:
    assert install.problems(cursor) == []
    assert not install.build(cursor), "building again changes nothing"


def test_a_changed_rule_leaves_no_old_policy_behind(
    cursor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed: dict[Any, Rule] = rules._rules
    monkeypatch.setitem(changed, Stem, Rule(owner="player"))
    assert [one.split(" has ")[0] for one in install.problems(cursor)] == ["sessions_app_stem"] * 2
    assert install.build(cursor)
    assert install.problems(cursor) == []


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        ("alter policy web_select on messaging_message using (true)", "another policy web_select"),
        ("alter policy system on messaging_message to public", "another policy system"),
        ("drop policy web_select on messaging_message", "has no policy web_select"),
        ("create policy open on messaging_message using (true)", "a policy open of nobody's"),
        ("alter table messaging_message disable row level security", "switched off"),
        ("alter table accounts_profile enable row level security", "that nobody asked for"),
    ],
)
def test_a_tampered_wall_is_found_and_mended(cursor: Any, tamper: str, found: str) -> None:
    cursor.execute(tamper)
    (problem,) = install.problems(cursor)
    assert found in problem
    assert install.build(cursor)
    assert install.problems(cursor) == []


def test_a_role_that_the_wall_does_not_hold_is_told(cursor: Any) -> None:
    assert install.faults_of(cursor, "jamsite_web") == []
    owner = install.faults_of(cursor, "jamsite")
    assert "owns tables" in " ".join(owner)
    assert install.faults_of(cursor, "postgres")[0].endswith("row-level security by itself.")
    assert install.faults_of(cursor, "nobody_at_all") == [
        "There is no role nobody_at_all for the web."
    ]


def test_all_that_holds_sound_or_messages_is_guarded() -> None:
    """A new model of these apps with a file or a long text is guarded, or says here why not."""
    from django.apps import apps
    from django.db.models import FileField, TextField

    # What a session says of itself, and mixes: the gate's alone (docs/decisions/0006).
    open_ones = {"sessions_app.JamSession", "sessions_app.Mix"}
    found = {
        model._meta.label
        for label in ("sessions_app", "messaging")
        for model in apps.get_app_config(label).get_models()
        if any(isinstance(one, FileField | TextField) for one in model._meta.concrete_fields)
    }
    assert found - {model._meta.label for model in rls.protected_models()} == open_ones
    assert Recording not in rls.protected_models()  # why: docs/row-security.md


def test_a_request_ends_as_it_began(cast: Cast) -> None:
    assert database_identity.now() is None
    cast.client("owner").get("/")
    assert database_identity.now() is None


@pytest.mark.clause("second-wall")
def test_lost_and_added_rights_are_differences_and_build_mends_them(db: None) -> None:
    """As after `pg_restore --no-privileges`, and as after a hand that gave too much."""
    web, system = str(site.WEB_ROLE), str(site.SYSTEM_ROLE)
    view = VIEWS[0].replace('"', "")
    with connection.cursor() as cursor:
        assert install.problems(cursor) == []
        for statement, told in (
            (f"revoke select on {VIEWS[0]} from {web}",
             f"{web} has nothing on the table {view} instead of SELECT."),
            (f"revoke usage on schema rls from {system}",
             f"{system} has nothing on the schema rls instead of USAGE."),
            (f"revoke update on accounts_user from {web}",
             f"{web} has DELETE, INSERT, SELECT on the table accounts_user instead of DELETE, "
             "INSERT, SELECT, UPDATE."),
            (f"grant insert on django_migrations to {web}",
             f"{web} has INSERT, SELECT on the table django_migrations instead of SELECT."),
            ("grant select on messaging_message to public",
             "everybody has SELECT on the table messaging_message."),
            (f"alter default privileges in schema public revoke select on tables from {web}",
             f"{web} has DELETE, INSERT, UPDATE on the later table public instead of DELETE, "
             "INSERT, SELECT, UPDATE."),
        ):  # fmt: skip
            cursor.execute(statement)
            assert install.problems(cursor) == [told]
            with pytest.raises(CommandError, match=re.escape(told)):
                call_command("rls", "--check")
            assert install.build(cursor)
            assert install.problems(cursor) == []
