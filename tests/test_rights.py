"""Who makes whom a member of staff: nobody themselves, nobody somebody above them."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import SafetyEvent, User
from jamsite import rights, roles
from tests.cast import Cast, person
from tests.staff import member_of, open_page, signed_in
from tests.test_roles import EVERYBODY, OPENS, staff_in
from tests.told import deliver


def rights_page(user: User) -> str:
    return reverse("admin:accounts_user_do", args=[user.pk, "rights"])


def give(client: Client, user: User, *wanted: str, **more: Any) -> Any:
    """Fill in the page that changes rights, as somebody who gave their reason."""
    open_page(client, reverse("admin:accounts_user_change", args=[user.pk]))
    said = {"wanted": wanted, "because": "They begin on Monday.", **more}
    return client.post(rights_page(user), said)


@pytest.mark.clause("staff-rights")
@pytest.mark.promise("VJ-16")
def test_an_administrator_makes_staff_and_the_person_is_told(cast: Cast) -> None:
    client = signed_in(member_of(roles.ADMINISTRATOR))
    other = person("newcomer")
    answer = give(client, other, roles.SUPPORT, superuser="on", is_superuser="on")
    assert answer.status_code == 302
    other.refresh_from_db()
    assert (other.is_staff, other.is_superuser, rights.roles_of(other)) == (
        True, False, {roles.SUPPORT},
    )  # fmt: skip
    event = SafetyEvent.objects.get(user=other)
    assert (event.kind, event.detail) == ("rights", "Support")
    deliver()
    (letter,) = [one for one in mail.outbox if one.to == [other.email]]
    assert "Support" in letter.body and "They begin on Monday." in letter.body
    assert give(client, other).status_code == 302
    other.refresh_from_db()
    assert (other.is_staff, rights.roles_of(other)) == (False, set())


@pytest.mark.clause("staff-rights")
@pytest.mark.promise("VJ-16")
def test_nobody_changes_their_own_rights_or_those_of_somebody_above(db: None) -> None:
    """Each pair, and each role that could be given: what the page says, and what a POST does."""
    for actor in EVERYBODY:
        staff = staff_in(actor)
        for number, target in enumerate([*EVERYBODY, "themselves", "member"]):
            try_the_pair(actor, staff, target, f"other{number}-{EVERYBODY.index(actor)}")


def try_the_pair(actor: str, staff: User, target: str, name: str) -> None:
    client = signed_in(staff)
    if target == "themselves":
        other = staff
    elif target == "member":
        other = person(name)
    elif target == "superuser":
        other = person(name, is_staff=True, is_superuser=True)
    else:
        other = member_of(target, name)
    below = {roles.SUPPORT, roles.MODERATOR, roles.PARTNER_MANAGER, "member"}
    given = {
        "superuser": set(roles.LOOKS_AT),
        roles.ADMINISTRATOR: {roles.SUPPORT, roles.MODERATOR, roles.PARTNER_MANAGER},
    }.get(actor, set())
    open_to = target in (set(EVERYBODY) | {"member"} if actor == "superuser" else below)
    may = bool(given) and open_to and target != "themselves"
    sees = "accounts.user" in OPENS.get(actor, {"accounts.user"})
    if sees:
        open_page(client, reverse("admin:accounts_user_change", args=[other.pk]))
    assert (client.get(rights_page(other)).status_code == 200) is may
    before = (other.is_staff, other.is_superuser, rights.roles_of(other))
    for role in roles.LOOKS_AT:
        answer = client.post(rights_page(other), {"wanted": [role], "because": "Just because."})
        fresh = User.objects.get(pk=other.pk)
        if may and role in given and answer.status_code == 302:
            assert rights.roles_of(fresh) == {role}
            if target == "superuser":
                break  # they are one of ours now
            fresh.groups.set(Group.objects.filter(name__in=before[2]))
            User.objects.filter(pk=other.pk).update(is_staff=before[0], is_superuser=before[1])
        else:
            assert (fresh.is_staff, fresh.is_superuser, rights.roles_of(fresh)) == before, role
            assert not may or role not in given or {role} == before[2], role
    # A form of before, sent by hand to the page itself, changes nothing either.
    page = reverse("admin:accounts_user_change", args=[other.pk])
    now = User.objects.get(pk=other.pk)
    was = (now.is_staff, now.is_superuser, rights.roles_of(now))
    form = {"is_active": "", "is_staff": "on", "is_superuser": "on",
            "groups": list(Group.objects.values_list("pk", flat=True))}  # fmt: skip
    assert client.post(page, form).status_code == 403
    now = User.objects.get(pk=other.pk)
    assert (now.is_staff, now.is_superuser, rights.roles_of(now)) == was
    assert now.is_active
