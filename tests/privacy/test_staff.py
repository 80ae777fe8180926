"""The admin: for staff alone, to look and not to write; sound, words and secrets stay out."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.cast import BACKEND
from tests.privacy.world import World
from tests.staff import open_page

# Staff fills in a form, a service writes the row.
TAKEN_IN = {"leavelink", "legaldisclosure", "legalhold", "newsletter", "partner",
            "partnerstaff", "request"}  # fmt: skip


@pytest.fixture
def staff(world: World) -> Client:
    user = User.objects.create_superuser("keeper", "keeper@mail.example", "a long pass phrase")
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def ours() -> list[Any]:
    labels = {"accounts", "bands", "sessions_app", "messaging", "community", "privacy"}
    return [one for model, one in admin.site._registry.items() if model._meta.app_label in labels]


def test_nobody_else_gets_in(world: World) -> None:
    for role in ("owner", "stranger", "anonymous"):
        for one in ours():
            path = reverse(f"admin:{one.opts.app_label}_{one.opts.model_name}_changelist")
            answer = world.clients[role].get(path)
            assert answer.status_code == 302
            assert world.recognise(answer.content.decode()) == set()


def test_every_model_of_ours_can_be_looked_at(staff: Client) -> None:
    from django.apps import apps

    labels = {"accounts", "bands", "sessions_app", "messaging", "community", "privacy"}
    models = {
        one for one in apps.get_models() if one._meta.app_label in labels and one._meta.managed
    }
    assert {one.model for one in ours()} == models
    for one in ours():
        path = reverse(f"admin:{one.opts.app_label}_{one.opts.model_name}_changelist")
        assert staff.get(path).status_code == 200, path


def test_staff_reads_no_messages_hears_no_sound_and_fetches_no_copy(
    world: World, staff: Client
) -> None:
    for one in ours():
        name = f"admin:{one.opts.app_label}_{one.opts.model_name}"
        pages = [staff.get(reverse(f"{name}_changelist")).content.decode()]
        for row in one.model._default_manager.all()[:3]:
            answer = open_page(staff, reverse(f"{name}_change", args=[row.pk]))
            assert answer.status_code == 200, name
            pages.append(answer.content.decode())
        text = "".join(pages)
        assert re.findall(r"mark-(?:message|sound|mix|export)-\w+", text) == [], name
        assert re.findall(r"(?:stems|mixes|exports|chunks)/\w{22}", text) == [], name
        assert "bcrypt_sha256" not in text


def test_rows_that_services_write_are_written_by_nobody_else(world: World, staff: Client) -> None:
    for one in ours():
        name = f"admin:{one.opts.app_label}_{one.opts.model_name}"
        row = one.model._default_manager.first()
        through_a_service = one.opts.model_name in TAKEN_IN
        added = staff.get(reverse(f"{name}_add")).status_code
        assert added == (200 if through_a_service else 403), name
        if row is not None:
            for action in ("change", "delete"):
                path = reverse(f"{name}_{action}", args=[row.pk])
                if action == "change":
                    open_page(staff, path)
                assert staff.post(path, {}).status_code == 403, path


def test_a_person_is_deleted_by_leaving_and_never_by_hand(world: World, staff: Client) -> None:
    path = reverse("admin:accounts_user_delete", args=[world.cast["owner"].pk])
    assert staff.post(path, {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=world.cast["owner"].pk).exists()


def test_the_log_of_staff_names_nobody(world: World, staff: Client) -> None:
    """Its rows outlive the people they are about."""
    path = reverse("admin:accounts_user_change", args=[world.cast["owner"].pk])
    open_page(staff, path)
    assert staff.post(path, {"is_staff": "on"}).status_code == 403
    deed = reverse("admin:accounts_user_do", args=[world.cast["owner"].pk, "rights"])
    said = {"wanted": ["Support"], "because": "They begin on Monday."}
    assert staff.post(deed, said).status_code == 302
    entry = LogEntry.objects.get()
    assert entry.object_repr == world.cast["owner"].public_id
    assert "owner" not in entry.change_message
