"""The data map is whole, and notices when it isn't."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models
from django.db.models import FileField

from accounts.models import Profile, User
from community.models import Favourite
from privacy import checks, datamap
from privacy.datamap import Basis, Datum, Erase, Held, registry
from privacy.gate import rules
from sessions_app.models import Stem
from tests import written
from tests.cast import Cast


@pytest.fixture
def map_to_spoil(monkeypatch: pytest.MonkeyPatch) -> dict[type[models.Model], Held]:
    """Return a copy of the map that is in force for this test."""
    spoiled = dict(registry._held)
    monkeypatch.setattr(registry, "_held", spoiled)
    return spoiled


@pytest.fixture
def new_model() -> Iterator[type[models.Model]]:
    """A model of an app that nobody declared, with a table of its own for a relation."""

    class Diary(models.Model):
        owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
        readers = models.ManyToManyField(User, related_name="+")
        text = models.TextField()

        class Meta:
            app_label = "community"

    yield Diary
    for name in ("diary", "diary_readers"):
        apps.all_models["community"].pop(name)
    apps.clear_cache()


@pytest.mark.clause("who-sees")
def test_every_field_of_every_model_is_declared() -> None:
    assert datamap.problems() == []
    models = apps.get_models(include_auto_created=True)
    everything = {model for model in models if model._meta.managed}  # a view holds nothing itself
    assert {item.model for item in datamap.held()} == everything
    for item in datamap.held():
        names = {one.name for one in [*item.model._meta.concrete_fields,
                                      *item.model._meta.many_to_many]}  # fmt: skip
        assert set(item.fields) == names, item.name


def test_a_new_model_and_its_hidden_table_are_noticed(new_model: Any) -> None:
    assert sorted(datamap.problems()) == [
        "community.Diary is not declared in any privacy.py.",
        "community.Diary_readers is not declared in any privacy.py.",
    ]
    assert [error.id for error in checks.data_map_is_complete()] == ["privacy.E001"] * 2
    with pytest.raises(CommandError, match="Diary is not declared"):
        call_command("data_map", "--check")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"fields": {}}, "community.Favourite.created_at is not declared."),
        ({"subjects": ()}, "community.Favourite holds personal data but names no data subject."),
        ({"purposes": ()}, "community.Favourite holds personal data without a purpose."),
        ({"purposes": ["fun"]}, "community.Favourite names the unknown purpose fun."),
        ({"erase": Erase.CUSTOM}, "community.Favourite says its app erases it, but names no step."),
        ({"erase": Erase.KEEP}, "community.Favourite is kept after erasure without a reason."),
        ({"erase": Erase.KEEP}, "community.Favourite is kept after erasure without an end."),
        ({"retention": "a while"}, "community.Favourite says how long it is kept in prose alone."),
        (
            {"retention": datamap.For("RETENTION_OF_NOTHING", since="created_at")},
            "community.Favourite: the setting RETENTION_OF_NOTHING holds no number of days.",
        ),
        (
            {"retention": datamap.For(timedelta(days=1), since="user")},
            "community.Favourite counts its period from user, which is no date.",
        ),
        (
            {"retention": datamap.Until(datamap.Event.PARENT)},
            "community.Favourite ends with no column, which doesn't take it along.",
        ),
        ({"erase": Erase.NOTHING}, "community.Favourite names a data subject but isn't erased."),
    ],
)
def test_each_hole_in_a_declaration_is_told(
    map_to_spoil: dict[type[models.Model], Held], change: dict[str, Any], sentence: str
) -> None:
    map_to_spoil[Favourite] = replace(map_to_spoil[Favourite], **change)
    assert sentence in datamap.problems()


def test_a_field_that_is_gone_is_noticed(
    map_to_spoil: dict[type[models.Model], Held],
) -> None:
    held = map_to_spoil[Profile]
    map_to_spoil[Profile] = replace(held, fields={**held.fields, "fax": Datum("user.contact")})
    assert datamap.problems() == ["accounts.Profile.fax is declared but doesn't exist."]


def test_whatever_belongs_to_a_person_is_in_the_plan_of_erasure() -> None:
    """Every model that leads to a person by a foreign key is erased or kept for a reason."""
    from privacy import erasure

    planned = {item.model for item in erasure.declared()}
    for item in datamap.held():
        owners = [one for one in item.model._meta.concrete_fields
                  if one.is_relation and one.related_model is User]  # fmt: skip
        if owners and item.model is not User:
            assert item.model in planned or item.kept_because, item.name


def test_files_are_personal_and_their_rows_know_how_to_erase_them() -> None:
    for item in datamap.held():
        for column in item.model._meta.concrete_fields:
            if isinstance(column, FileField):
                assert item.fields[column.name].personal, (item.name, column.name)
                assert item.erase in {Erase.DELETE, Erase.CUSTOM}, item.name


def test_models_of_ours_that_hold_personal_data_have_a_rule_of_who_sees_them() -> None:
    ours = {"accounts", "bands", "sessions_app", "messaging", "community"}
    bare = {
        item.name
        for item in datamap.held()
        if item.model._meta.app_label in ours
        and not item.model._meta.auto_created
        and item.model not in rules.models_with_rules()
    }
    assert bare == set()


def test_stores_that_are_no_tables_are_declared() -> None:
    assert {one.name for one in datamap.stores()} == {
        "arrived", "backups", "browser-settings", "browser-stems", "cookies", "ledger", "logs",
        "mail", "media", "queue", "room", "stream", "valkey", "work",
    }  # fmt: skip
    for one in datamap.stores():
        assert one.label and one.categories and one.kept and one.erased_how
        assert set(one.purposes) <= set(datamap.PURPOSES)


def test_bases_and_categories_are_words_we_know() -> None:
    for item in datamap.held():
        assert isinstance(item.basis, Basis)
        for name, datum in item.fields.items():
            assert datum.category in datamap.CATEGORIES, (item.name, name)


def test_declaring_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        datamap.declare(Profile, label="again", fields={})
    with pytest.raises(ValueError, match="declared twice"):
        datamap.store("media", label="again")


def test_the_map_is_printed_for_machines() -> None:
    import json

    out = StringIO()
    call_command("data_map", "--json", stdout=out)
    printed = json.loads(out.getvalue())
    assert {one["model"] for one in printed["models"]} == {one.name for one in datamap.held()}
    email = next(one for one in printed["models"] if one["model"] == "accounts.user")
    assert email["fields"]["email"]["seen_by"] == "owner"


def test_json_with_a_key_that_nobody_named_is_noticed(cast: Cast) -> None:
    stem = Stem.objects.filter(player=cast["owner"]).first()
    assert stem is not None
    stem.peaks = {"version": 1, "min": [1], "mood": {"today": "mark-mood"}}
    stem.save()
    Stem.objects.filter(pk=stem.pk).update(clock=[[0, {"place": "here"}]])
    assert written.unknown == {
        "sessions_app.Stem.peaks: mood.today", "sessions_app.Stem.clock: [][].place",
    }  # fmt: skip
    written.unknown.clear()


def test_every_json_field_names_its_keys(map_to_spoil: dict[type[models.Model], Held]) -> None:
    held = map_to_spoil[Stem]
    bare = replace(held.fields["clock"], keys=None)
    map_to_spoil[Stem] = replace(held, fields={**held.fields, "clock": bare})
    assert datamap.problems() == ["sessions_app.Stem.clock is JSON and names no keys."]


def test_the_fingerprint_changes_with_meaning_and_not_with_words(
    map_to_spoil: dict[type[models.Model], Held], settings: Any
) -> None:
    before = datamap.fingerprint()
    held = map_to_spoil[Favourite]
    settings.RETENTION_NOTICES_DAYS = 31
    map_to_spoil[Favourite] = replace(held, label="Other words")
    assert datamap.fingerprint() == before
    map_to_spoil[Favourite] = replace(held, purposes=["safety"])
    assert datamap.fingerprint() != before
