"""Querysets that are written once give what the queryset gives."""

import pytest
from django.db import connection
from django.db.models import CharField, Exists, F, OuterRef, QuerySet
from django.db.models.functions import Upper
from django.test.utils import CaptureQueriesContext

from accounts.models import NetworkFact, Profile, User
from foundation.postgres.statements import Gap, Statement
from sessions_app.models import Participant, Recording, Stem
from tests.cast import Cast


def people() -> QuerySet[User]:
    played = Participant.objects.filter(user=OuterRef("pk"))
    return User.objects.select_related("profile").annotate(
        loud=Upper("username"), played=Exists(played)
    )


def test_people_come_with_what_belongs_to_them_and_what_was_asked_beside(cast: Cast) -> None:
    by_name = Statement(lambda: people().filter(username=Gap("name", CharField())))
    for name in ("owner", "stranger"):
        with CaptureQueriesContext(connection) as asked:
            kept = by_name.first(name=name)
            assert kept is not None
            assert kept.profile.bio == f"mark-bio-{name}"
        assert len(asked) == 1
        there = people().get(username=name)
        fields = {one.attname for one in User._meta.concrete_fields} | {"loud", "played"}
        assert {one: getattr(kept, one) for one in fields} == {
            one: getattr(there, one) for one in fields
        }
        assert (kept == there, kept.profile == there.profile) == (True, True)
    assert by_name.first(name="nobody") is None


def test_nothing_of_one_use_is_left_in_the_next(cast: Cast) -> None:
    made = []

    def make() -> QuerySet[Stem]:
        made.append(1)
        return Stem.objects.filter(player=Gap("player")).order_by("pk")

    of_player = Statement(make)
    stems = {name: of_player.all(player=cast[name].pk) for name in ("owner", "former", "stranger")}
    assert {name: [one.player_id for one in rows] for name, rows in stems.items()} == {
        "owner": [cast["owner"].pk] * 3, "former": [cast["former"].pk] * 3, "stranger": [],
    }  # fmt: skip
    assert made == [1]
    with pytest.raises(KeyError):
        of_player.all(owner=1)


def test_fields_read_their_columns(cast: Cast) -> None:
    """What is JSON, sealed or a file in the row is it in the object as well."""
    stem = Statement(lambda: Stem.objects.filter(player=Gap("key")).order_by("pk")).first(
        key=cast["owner"].pk
    )
    assert stem is not None
    assert (stem.clock, stem.file.read()) == ([[0, 0], [48000, 1000]], b"mark-sound-owner")
    facts = Statement(lambda: NetworkFact.objects.filter(user=Gap("key")))
    assert [one.value for one in facts.all(key=cast["owner"].pk)] == ["mark-fact-owner"]


def test_what_belongs_to_nobody_comes_without(cast: Cast) -> None:
    Recording.objects.filter(owner=cast["owner"]).update(session=None)
    mine = Statement(
        lambda: Recording.objects.select_related("session").filter(owner=Gap("key")).order_by("pk")
    )
    rows = mine.all(key=cast["owner"].pk)
    assert [(one.session, one.title) for one in rows] == [
        (None, f"mark-title-owner-{audience}") for audience in ("public", "participants", "me")
    ]


def test_plain_rows(cast: Cast) -> None:
    owner = cast["owner"].pk
    mine = Profile.objects.filter(user=Gap("key"))
    shown = mine.annotate(name=F("user__username"))
    assert Statement(lambda: shown.values("name", "bio")).all(key=owner) == [
        {"name": "owner", "bio": "mark-bio-owner"}
    ]
    assert Statement(lambda: shown.values_list("bio", "name")).all(key=owner) == [
        ("mark-bio-owner", "owner")
    ]
    assert Statement(lambda: mine.values_list("bio", flat=True)).all(key=owner) == [
        "mark-bio-owner"
    ]
