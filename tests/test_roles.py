"""Staff roles: exactly what each may open, and nothing else."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from accounts.models import User
from jamsite import roles
from tests.cast import Cast, person
from tests.staff import member_of, open_page, signed_in

PRIVACY = {
    model._meta.label_lower for model in admin.site._registry if model._meta.app_label == "privacy"
}
OPENS = {
    roles.SUPPORT: {
        "accounts.user", "account.emailaddress", "usersessions.usersession", "privacy.export",
        "privacy.erasure", "privacy.leavelink", "privacy.request", "mfa.authenticator",
    },
    roles.MODERATOR: {
        "accounts.user", "accounts.profile", "bands.band", "bands.bandmember",
        "sessions_app.jamsession", "sessions_app.recording", "sessions_app.participant",
        "sessions_app.chatline",
    },
    roles.PRIVACY_OFFICER: PRIVACY | {
        "accounts.user", "accounts.profile", "account.emailaddress", "socialaccount.socialaccount",
        "usersessions.usersession", "sessions_app.recordingconsent", "admin.logentry",
        "accounts.enrolment", "accounts.parentalconsent", "accounts.consentwithdrawal",
        "mfa.authenticator",
    },
    roles.PARTNER_MANAGER: {
        "accounts.partner", "accounts.partnerstaff", "accounts.schoolclass", "accounts.enrolment",
        "accounts.parentalconsent", "accounts.consentwithdrawal",
    },
    roles.ADMINISTRATOR: {
        "accounts.user", "auth.group", "auth.permission", "contenttypes.contenttype",
        "sessions_app.mix", "sessions.session", "admin.logentry",
    },
}  # fmt: skip
ADDS = {
    roles.PARTNER_MANAGER: {"accounts.partner", "accounts.partnerstaff"},
    roles.SUPPORT: {"privacy.leavelink", "privacy.request"},
    roles.PRIVACY_OFFICER: {
        "privacy.leavelink",
        "privacy.legaldisclosure",
        "privacy.legalhold",
        "privacy.request",
    },
}


@pytest.mark.clause("staff-looks")
@pytest.mark.promise("VJ-16")
@pytest.mark.parametrize("role", OPENS)
def test_a_role_opens_its_pages_and_no_others(cast: Cast, role: str) -> None:
    client = signed_in(member_of(role))
    assert client.get(reverse("admin:index")).status_code == 200
    opened, added, changed = set(), set(), set()
    for model in admin.site._registry:
        label, name = model._meta.label_lower, f"admin:{model._meta.label_lower.replace('.', '_')}"
        if client.get(reverse(f"{name}_changelist")).status_code == 200:
            opened.add(label)
        if client.get(reverse(f"{name}_add")).status_code == 200:
            added.add(label)
        row: Any = model._default_manager.first()
        if row is not None:
            path = reverse(f"{name}_change", args=[row.pk])
            shown = open_page(client, path) if label in opened else client.get(path)
            assert shown.status_code == (200 if label in opened else 403), label
            if client.post(path, {}).status_code != 403:
                changed.add(label)
    assert opened == OPENS[role]
    assert added == ADDS.get(role, set())
    assert changed == ({"accounts.user"} if role == roles.ADMINISTRATOR else set())


def test_roles_hold_what_is_written_and_nothing_added_by_hand(db: None) -> None:
    group = Group.objects.get(name=roles.MODERATOR)
    before = set(group.permissions.values_list("codename", flat=True))
    group.permissions.add(Permission.objects.get(codename="delete_user"))
    roles.write_roles()
    assert set(group.permissions.values_list("codename", flat=True)) == before


def test_a_role_with_a_permission_that_does_not_exist_fails(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(roles.DOES, roles.MODERATOR, ("accounts.fly",))
    with pytest.raises(LookupError, match=r"accounts\.fly"):
        roles.write_roles()


def test_an_administrator_makes_staff_and_never_a_superuser(cast: Cast) -> None:
    client = signed_in(member_of(roles.ADMINISTRATOR))
    other = person("newcomer")
    path = reverse("admin:accounts_user_change", args=[other.pk])
    open_page(client, path)
    group = Group.objects.get(name=roles.SUPPORT)
    form = {"is_active": "on", "is_staff": "on", "is_superuser": "on", "groups": [group.pk]}
    assert client.post(path, form).status_code == 302
    other = User.objects.get(username="newcomer")
    assert (other.is_staff, other.is_superuser) == (True, False)
    assert list(other.groups.all()) == [group]
