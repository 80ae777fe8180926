"""The matrix of schools and parents: every address × everybody, held against one table."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Block
from privacy.models import Export
from tests.cast import BACKEND, Cast, person
from tests.privacy.school_routes import ACTIONS, CHILDREN, PAGES, ROLES, Action, Page
from tests.privacy.world import MARK, Undone

NAMES = re.compile(r"\b(ada|ben|cleo|emil)\b")
GHOST = "A" * 22


@pytest.fixture
def schools(cast: Cast) -> Cast:
    for role in ROLES:
        if role not in {"anonymous", "barred"}:
            assert cast[role]
    cast.people["barred"] = person("barred")
    Block.objects.create(blocker=cast["child"], blocked=cast["barred"])
    return cast


@pytest.fixture
def copy(schools: Cast) -> Export:
    made = Export(
        user=schools["child"], status=Export.Status.DONE, percent=100,
        expires_at=timezone.now() + timedelta(days=7),
    )  # fmt: skip
    made.file.save(f"{made.public_id}.zip", ContentFile(b"mark-copy-ada"))
    return made


def refused(role: str, *, sign_in: bool) -> int:
    """Return how an address answers who has no right to it."""
    if role in CHILDREN:
        return 403
    if role == "leaving" or (sign_in and role == "anonymous"):
        return 302
    return 404


def status_of(page: Page, role: str) -> int:
    return 200 if role in page.seen else refused(role, sign_in=page.sign_in)


def answers_of(action: Action, role: str) -> tuple[int, int]:
    """Return how an action's address answers to POST, and to GET, which it never takes."""
    by_post = action.by.get(role, refused(role, sign_in=action.sign_in))
    by_get = {**dict.fromkeys(CHILDREN, 403), "leaving": 302}.get(role, 405)
    return by_post, by_get


def read(response: Any) -> set[str]:
    body = b"".join(response) if response.streaming else response.content
    text = body.decode().partition("<main")[2] or body.decode()
    return {*MARK.findall(text), *NAMES.findall(text)}


@pytest.mark.clause("children-seen", "children-parents", "children-partners")
@pytest.mark.promise("JK-22", "JK-23", "JK-24")
def test_each_reads_of_a_school_what_the_table_says(schools: Cast, copy: Export) -> None:
    """And may do there what it says, and nothing else."""
    wrong: list[tuple[Any, ...]] = []
    for role in ROLES:
        client = schools.client(role)
        for page in PAGES:
            cache.clear()
            path = reverse(page.route, args=page.args(schools, copy))
            with Undone():
                answer = client.get(path)
            got = answer.status_code, read(answer) if answer.status_code == 200 else set()
            want = status_of(page, role), set(page.seen.get(role, set()))
            if got != want:
                wrong.append((role, page.route, page.of, got, want))
            if page.writes and role not in page.seen:
                with Undone():
                    written = client.post(path).status_code
                if written != status_of(page, role):
                    wrong.append((role, page.route, page.of, "POST", written))
        for action in ACTIONS:
            cache.clear()
            path = reverse(action.route, args=action.args(schools, copy))
            with Undone():
                answers = client.post(path).status_code, client.get(path).status_code
            if answers != answers_of(action, role):
                wrong.append((role, action.route, action.of, answers, answers_of(action, role)))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("route", ["rename_ward", "stop_answering", "create_child_account"])
def test_who_has_to_sign_in_first_comes_back_to_the_page(
    schools: Cast, copy: Export, route: str
) -> None:
    """An address that takes POST alone opens nothing to who is sent there after signing in."""
    action = next(one for one in ACTIONS if one.route == route)
    args = action.args(schools, copy)
    page = reverse("school_child" if "child" in route else "ward", args=args)
    sent = schools.client("anonymous").post(reverse(route, args=args))
    assert sent["Location"] == f"{reverse('account_login')}?next={page}"


@pytest.mark.parametrize("route", ["withdraw_ward", "delete_ward", "stop_answering",
                                   "invite_guardian"])  # fmt: skip
def test_what_matters_most_asks_who_it_is_and_leads_back_to_the_page(
    schools: Cast, route: str
) -> None:
    guardian = Client()
    guardian.force_login(schools["guardian"], backend=BACKEND)
    args = [schools["child"].public_id]
    sent = guardian.post(reverse(route, args=args))["Location"]
    assert sent.endswith(f"?next={quote(reverse('ward', args=args), safe='')}")
    assert "/reauthenticate/" in sent
