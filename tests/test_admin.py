"""The admin: every model has its page, each opens, and none shows a secret."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from accounts.models import User
from messaging import services as messaging
from sessions_app.models import JamSession
from tests.cast import BACKEND, PASSWORD, Cast
from tests.staff import open_page

SECRETS = ("password", "token", "token_secret", "key", "session_key", "session_data")


@pytest.fixture
def staff(cast: Cast, client: Any) -> Any:
    boss = User.objects.create_superuser("boss", "boss@mail.example", PASSWORD)
    client.force_login(boss, backend=BACKEND)
    return client


def test_every_model_has_a_page() -> None:
    models = [model for model in apps.get_models() if model._meta.managed]  # views have none
    assert [model._meta.label for model in models if not admin.site.is_registered(model)] == []


def test_every_page_opens_and_none_shows_a_secret(staff: Any, cast: Cast) -> None:
    conversation = cast.conversation("owner", "stranger")
    messaging.write(
        conversation, cast["owner"], text="mark-secret-words",
        ref="7b1f2c1e-54f1-4d42-9b4a-1c9f9b7f0a11",
    )  # fmt: skip
    for model, page in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        listed = staff.get(reverse(f"{name}_changelist"))
        assert listed.status_code == 200, model
        row = model._default_manager.first()
        if row is None or page.list_display_links is None:
            continue
        shown = open_page(staff, reverse(f"{name}_change", args=[row.pk]))
        assert shown.status_code == 200, model
        fields = {
            field for formset in page.get_fieldsets(shown.wsgi_request, row)
            for field in formset[1]["fields"]
        }  # fmt: skip
        music = {"key"} if model is JamSession else set()  # A minor opens nothing
        assert fields.isdisjoint({*SECRETS} - music), model
        for mark in (b"mark-secret-words", b"mark-sound-", cast["owner"].password.encode()):
            assert mark not in listed.content + shown.content, model


def test_nobody_else_comes_in(cast: Cast) -> None:
    for role in ("anonymous", "owner", "stranger"):
        answer = cast.client(role).get("/admin/")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/a")  # to a sign-in page


def test_staff_delete_nobody_by_hand(staff: Any, cast: Cast) -> None:
    owner = cast["owner"]
    page = f"/admin/accounts/user/{owner.pk}/delete/"
    assert staff.post(page, {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=owner.pk).exists()
