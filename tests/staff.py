"""Staff of the story: who they are, and how they open a page about a person."""

from typing import Any

from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User
from tests.cast import BACKEND, person

REASON = {"why": "support", "reason": "They wrote to us for help.", "give-reason": "1"}


def member_of(role: str, name: str = "") -> User:
    """Create a member of staff with one role."""
    staff = person(name or role.lower().replace(" ", "-"), is_staff=True)
    staff.groups.add(Group.objects.get(name=role))
    return staff


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def open_page(client: Client, path: str, **reason: str) -> Any:
    """Open a page of the admin, giving a reason when it asks for one."""
    answer = client.get(path)
    if b"give-reason" in answer.content:
        assert client.post(path, {**REASON, **reason}).status_code == 302
        answer = client.get(path)
        assert b"give-reason" not in answer.content
    return answer
