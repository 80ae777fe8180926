"""A statement that is kept for a kind of viewer shows each of them what the gate shows."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet, TextField
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Profile, User
from foundation.postgres.expressions import AmongKeys
from foundation.postgres.statements import Gap
from messaging import queries as messaging
from messaging.models import Conversation
from privacy.gate.access import visible, with_visible_fields
from privacy.gate.audiences import Audience
from privacy.gate.rules import rule_of
from privacy.gate.statements import GatedPages, GatedStatement
from privacy.gate.viewer import NOBODY, SOMEBODY, Pose, Via, Viewer
from sessions_app.models import Recording, Stem
from tests.privacy.world import World

ROLES = ("owner", "participant", "former", "stranger", "leaving")


def viewers(world: World) -> dict[str, Viewer]:
    cast = world.cast
    members = {role: Viewer(cast[role].pk) for role in ROLES}
    link = world.things["sharelink"]["owner"]
    return {
        **members,
        "nobody": NOBODY,
        "a search engine": Viewer(via=Via.INDEX),
        "the owner's app": Viewer(cast["owner"].pk, app="an app"),
        "a stranger's app": Viewer(cast["stranger"].pk, app="another app"),
        "who holds a link": Viewer(links=frozenset({link.pk})),
        "who looks as a follower": Viewer(
            SOMEBODY, pose=Pose(Audience.FOLLOWERS, cast["owner"].pk), real=members["owner"]
        ),
    }


def recordings(viewer: Viewer) -> QuerySet[Recording]:
    return visible(Recording, viewer).filter(owner=Gap("owner")).order_by("pk")


def test_each_is_shown_what_the_gate_shows(world: World) -> None:
    kept, owner = GatedStatement(recordings), world.cast["owner"]
    Recording.objects.filter(pk=world.cast.recordings["me"].pk).update(audience="link")
    shown = {}
    for _ in range(2):  # written, then used
        for name, viewer in viewers(world).items():
            shown[name] = kept.all(viewer, owner=owner.pk)
            there = visible(Recording, viewer).filter(owner=owner).order_by("pk")
            assert (name, shown[name]) == (name, list(there))
    seen = {name: len(rows) for name, rows in shown.items() if len(rows) != 1}
    assert seen == {
        "owner": 3, "participant": 3, "the owner's app": 3, "who holds a link": 2,
    }  # fmt: skip


def test_fields_too(world: World) -> None:
    everybody = sorted(User.objects.values_list("pk", flat=True))

    def profiles(viewer: Viewer) -> QuerySet[Profile]:
        theirs = Profile.objects.filter(AmongKeys("user", Gap("keys")))
        return with_visible_fields(theirs, viewer).order_by("pk")

    kept = GatedStatement(profiles)
    marks = [f"sees_{name}" for name in rule_of(Profile).fields]
    seen = {}
    for name, viewer in viewers(world).items():
        here = kept.all(viewer, keys=everybody)
        there = list(with_visible_fields(Profile, viewer).order_by("pk"))
        seen[name] = [[getattr(row, mark) for mark in marks] for row in here]
        assert (name, here) == (name, there)
        assert seen[name] == [[getattr(row, mark) for mark in marks] for row in there]
    assert seen["owner"] != seen["stranger"] != seen["nobody"]


def test_it_is_put_together_once_for_a_kind(world: World) -> None:
    made: list[Viewer] = []

    def counted(viewer: Viewer) -> Any:
        made.append(viewer)
        return recordings(viewer)

    kept = GatedStatement(counted)
    for role in ROLES:
        with CaptureQueriesContext(connection) as asked:
            kept.all(Viewer(world.cast[role].pk), owner=world.cast["owner"].pk)
        assert len(asked) == 1
    assert len(made) == 1
    kept.all(NOBODY, owner=1)
    assert len(made) == 2
    holder = viewers(world)["who holds a link"]
    for _ in range(2):
        kept.all(holder, owner=1)
    assert made[2:] == [holder, holder]


def test_pages_are_what_the_gate_shows_from_the_first_to_the_last(world: World) -> None:
    pages = GatedPages(lambda viewer: visible(Recording, viewer), size=2)
    lengths = {}
    for _ in range(2):
        for name, viewer in viewers(world).items():
            read: list[Recording] = []
            after = None
            while True:
                page = pages.page(viewer, after)
                assert len(page.items) <= 2
                read += page.items
                after = page.after
                if after is None:
                    break
            there = visible(Recording, viewer).order_by("-created_at", "-pk")
            assert (name, read) == (name, list(there))
            lengths[name] = len(read)
    assert lengths["owner"] > 2 > lengths["nobody"]


def test_a_place_of_somebody_elses_page_shows_nothing_more(world: World) -> None:
    """A cursor is a place, no key: it opens to each what they may see from there on."""
    pages = GatedPages(lambda viewer: visible(Recording, viewer), size=1)
    owner, stranger = (Viewer(world.cast[role].pk) for role in ("owner", "stranger"))
    after = pages.page(owner, None).after
    behind = list(visible(Recording, owner).order_by("-created_at", "-pk"))[1:]
    may_see = set(visible(Recording, stranger))
    assert (
        list(pages.page(stranger, after).items)
        == [recording for recording in behind if recording in may_see][:1]
    )
    assert pages.page(stranger, "no cursor").items == pages.page(stranger, None).items


def test_who_is_shown_nothing_at_all_gets_an_empty_list(world: World) -> None:
    """The gate says so before it asks the database: a list of members, to nobody."""
    pages = GatedPages(lambda viewer: visible(Conversation, viewer), moment="last_at")
    for _ in range(2):
        assert list(pages.page(NOBODY, None).items) == []
        assert len(pages.page(Viewer(world.cast["owner"].pk), None).items) > 0
    assert list(messaging.page_of_conversations(NOBODY, None).items) == []
    with pytest.raises(Http404):
        messaging.conversation_for(NOBODY, Conversation.objects.all()[0].public_id)


def test_no_time_stands_still_in_a_statement_that_is_kept(world: World) -> None:
    over = timezone.now() - timedelta(seconds=1)
    kept = GatedStatement(lambda viewer: visible(Recording, viewer).filter(created_at__gt=over))
    with pytest.raises(TypeError):
        kept.all(NOBODY)


def test_rows_get_their_own_parts_and_no_others(world: World) -> None:
    stems = GatedStatement(
        lambda viewer: visible(Stem, viewer).filter(AmongKeys("recording", Gap("keys")))
    )
    for name, viewer in viewers(world).items():
        rows = list(visible(Recording, viewer).order_by("pk"))
        given = stems.attach(rows, viewer, "parts", by="recording_id")
        assert (name, given) == (name, rows)
        for row in given:
            own = visible(Stem, viewer).filter(recording=row).order_by("pk")
            assert sorted(row.parts, key=lambda stem: stem.pk) == list(own)
    with CaptureQueriesContext(connection) as asked:
        assert stems.attach([], NOBODY, "parts", by="recording_id") == []
    assert len(asked) == 0


def test_hidden_and_missing_are_the_same(world: World) -> None:
    kept = GatedStatement(
        lambda viewer: visible(Recording, viewer).filter(public_id=Gap("name", TextField()))
    )
    hidden = world.cast.recordings["me"]
    owner, stranger = (Viewer(world.cast[role].pk) for role in ("owner", "stranger"))
    assert kept.first_or_404(owner, name=hidden.public_id) == hidden
    said = set()
    for name in (hidden.public_id, "no such thing"):
        with pytest.raises(Http404) as refused:
            kept.first_or_404(stranger, name=name)
        said.add((type(refused.value), str(refused.value)))
    assert len(said) == 1
