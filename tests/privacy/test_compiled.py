"""The kept conditions say what the rules say, wherever in a statement they stand."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.test.utils import CaptureQueriesContext

from accounts.identity.queries import naming, shown_people
from accounts.models import Profile, User
from privacy.gate import access, compiled, decision, rules
from privacy.gate.audiences import Audience
from privacy.gate.viewer import NOBODY, SEARCH_ENGINE, SOMEBODY, Pose, Via, Viewer
from privacy.sharing import links
from sessions_app.models import JamSession, Participant, Recording
from tests.cast import ROLES, Cast

REAL = Viewer(1, links=frozenset({2}))
KINDS = {
    "nobody": NOBODY,
    "a member": Viewer(1),
    "a member's app": Viewer(1, app="an app"),
    "a search engine": SEARCH_ENGINE,
    "who holds a link": Viewer(links=frozenset({1, 2})),
    "a member with a link": REAL,
    "who looks as a follower": Viewer(SOMEBODY, pose=Pose(Audience.FOLLOWERS, 1), real=REAL),
    "who looks as a search engine": Viewer(via=Via.INDEX, pose=Pose(None, 1), real=REAL),
    "who looks as somebody": Viewer(3, real=REAL),
}


def looking(cast: Cast, role: str) -> dict[str, Viewer]:
    """Return every way to look that somebody of the cast has, with a link that is theirs."""
    cast.recordings["public"].audience = "link"
    cast.recordings["public"].save()
    link = links.make(cast.recordings["public"], cast["owner"])
    one = cast.viewer(role)
    holding = one.holding(link.pk)
    found = {"themselves": one, "with a link": holding, "by an app": replace(one, app="an app")}
    if one.user_id is None or role != "owner":
        return found
    owns = one.user_id
    for audience in (Audience.PUBLIC, Audience.LINK, None):
        via = Via.INDEX if audience is None else Via.PAGE
        found[f"as {audience}"] = Viewer(via=via, pose=Pose(audience, owns), real=holding)
    for audience in (Audience.MEMBERS, Audience.FOLLOWERS, Audience.JAMMED, Audience.FANS):
        found[f"as {audience}"] = Viewer(SOMEBODY, pose=Pose(audience, owns), real=holding)
    return found | {"as stranger": replace(cast.viewer("stranger"), real=holding)}


def keys(rows: Any) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


@pytest.mark.parametrize("role", ROLES)
def test_every_model_gives_the_rows_of_its_rule(cast: Cast, role: str) -> None:
    for how, viewer in looking(cast, role).items():
        for model in rules.models_with_rules():
            rows: Any = model._base_manager
            kept = keys(rows.filter(compiled.rows_for(model, viewer)))
            assert kept == keys(rows.filter(decision.rows_for(model, viewer))), (how, model)
            for audience in rules.offered(model):
                kept = keys(rows.filter(compiled.audience_rows_for(model, audience, viewer)))
                told = keys(rows.filter(decision.audience_rows_for(model, audience, viewer)))
                assert kept == told, (how, model, audience)
    viewer = cast.viewer(role)
    for model in rules.models_with_rules():
        for name in rules.rule_of(model).fields:
            rows = model._base_manager
            kept = keys(rows.filter(compiled.field_rows_for(model, name, viewer)))
            assert kept == keys(rows.filter(decision.field_rows_for(model, name, viewer))), name


def test_a_link_is_held_by_who_holds_it_and_by_nobody_of_the_same_kind(cast: Cast) -> None:
    """The second asks by the SQL that the first had kept."""
    take = cast.recordings["public"]
    take.audience = "link"
    take.save()
    right, wrong = (links.make(one, cast["owner"]) for one in (take, cast.recordings["me"]))
    for link, seen in ((right, [take.pk]), (wrong, []), (right, [take.pk])):
        holder = Viewer(links=frozenset({link.pk}))
        assert keys(access.visible(Recording, holder)) == seen
    assert keys(access.visible(Recording, NOBODY)) == []


def test_what_is_filled_at_start_is_all_that_visitors_and_members_ask(cast: Cast) -> None:
    compiled._kept.clear()
    compiled.fill()
    before = set(compiled._kept)
    for viewer in (NOBODY, cast.viewer("owner"), cast.viewer("stranger")):
        for via in Via:
            if via is not Via.INDEX:
                list(access.visible(Recording, replace(viewer, via=via)))
                list(access.with_visible_fields(Profile, replace(viewer, via=via)))
    assert set(compiled._kept) == before


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
