"""The kept conditions say what the rules say, wherever in a statement they stand."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.test.utils import CaptureQueriesContext

from accounts.identity.queries import naming, shown_people
from accounts.models import Profile, User
from privacy.gate import access, compiled, rules
from privacy.gate.viewer import NOBODY, SEARCH_ENGINE, Viewer
from sessions_app.models import JamSession, Participant, Recording
from tests.cast import ROLES, Cast

KINDS = {
    "nobody": NOBODY,
    "a member": Viewer(1),
    "a member's app": Viewer(1, app="an app"),
    "a search engine": SEARCH_ENGINE,
}


def keys(rows: Any) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


@pytest.mark.parametrize("role", ROLES)
def test_every_model_gives_the_rows_of_its_rule(cast: Cast, role: str) -> None:
    viewer = cast.viewer(role)
    for model in rules.models_with_rules():
        rows: Any = model._base_manager
        kept = keys(rows.filter(compiled.rows_for(model, viewer)))
        assert kept == keys(rows.filter(rules.rows_for(model, viewer))), model
        for name in rules.rule_of(model).fields:
            kept = keys(rows.filter(compiled.field_rows_for(model, name, viewer)))
            assert kept == keys(rows.filter(rules.field_rows_for(model, name, viewer))), name


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.django_db
def test_no_rule_joins_so_that_every_one_can_be_kept(kind: str) -> None:
    for model in rules.models_with_rules():
        compiled.rows_for(model, KINDS[kind])


def test_one_persons_key_is_never_anothers(cast: Cast) -> None:
    owner, stranger = cast.viewer("owner"), cast.viewer("stranger")
    for _ in range(2):  # the second time everything is kept
        theirs = [set(keys(access.visible(Recording, one))) for one in (owner, stranger)]
        assert theirs[0] == {cast.recordings[one].pk for one in ("public", "participants", "me")}
        assert theirs[1] == {cast.recordings["public"].pk}


def test_it_holds_as_a_subquery_and_negated(cast: Cast) -> None:
    viewer = cast.viewer("stranger")
    seen = access.visible(Recording, viewer)
    inside = JamSession.objects.filter(Exists(seen.filter(session=OuterRef("pk"))))
    assert keys(inside) == [cast.sessions["participants"].pk]
    hidden = Recording.objects.filter(~Q(pk__in=seen))
    assert keys(hidden) == keys(Recording.objects.exclude(pk__in=keys(seen)))
    nested = Recording.objects.filter(session__in=access.visible(JamSession, cast.viewer("owner")))
    assert keys(access.visible(nested, viewer)) == keys(seen)


def test_it_holds_on_a_joined_table_of_the_same_name(cast: Cast) -> None:
    """The row's own columns are found under whatever alias the outer query gave its table."""
    viewer = cast.viewer("owner")
    seen = access.visible(User, viewer)
    followed = Profile.objects.filter(user__in=seen, user__recordings__in=Recording.objects.all())
    assert set(followed.values_list("user__username", flat=True)) == {"owner"}


def test_people_before_whom_a_wall_stands_are_left_out(cast: Cast) -> None:
    rows = Participant.objects.filter(session=cast.sessions["leaving-public"])
    shown = shown_people(rows, cast.viewer("participant"), "user")
    assert set(shown.values_list("user__username", flat=True)) == {"participant"}
    named: Any = naming(rows, cast.viewer("participant"), "user")
    assert {(row.user.username, row.shows_user) for row in named} == {
        ("participant", True),
        ("leaving", False),
    }


def test_a_rule_declared_later_counts(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_deny_rules", list(rules._deny_rules))
    viewer = cast.viewer("stranger")
    assert access.visible(Recording, viewer).exists()
    rules.deny(
        rules.DenyRule("test", lambda path, viewer: rules.NO_ROWS, lambda key: rules.NO_ROWS)
    )
    assert not access.visible(Recording, viewer).exists()
    monkeypatch.undo()
    rules._changed()
    assert access.visible(Recording, viewer).exists()


def test_only_the_key_is_filled_in_once_it_is_kept(cast: Cast) -> None:
    statements = []
    for role in ("owner", "stranger"):
        with CaptureQueriesContext(connection) as caught:
            list(access.visible(Recording, cast.viewer(role)))
        statements.append(caught[0]["sql"].replace(f"({cast[role].pk})", "(?)"))
    assert statements[0] == statements[1]
