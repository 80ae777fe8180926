"""The matrix of schools and parents: every address × everybody, held against one table."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Block
from privacy.models import Export
from tests.cast import Cast, person
from tests.privacy.school_routes import CHILDREN, PAGES, ROLES, Page
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
        user=schools["child"], work=Export.Progress.DONE, percent=100,
        expires_at=timezone.now() + timedelta(days=7),
    )  # fmt: skip
    made.file.save(f"{made.public_id}.zip", ContentFile(b"mark-copy-ada"))
    return made


def status_of(page: Page, role: str) -> int:
    if role in page.seen:
        return 200
    if role in CHILDREN:
        return 403
    if role == "leaving" or (page.sign_in and role == "anonymous"):
        return 302
    return 404


def read(response: Any) -> set[str]:
    body = b"".join(response) if response.streaming else response.content
    text = body.decode().partition("<main")[2] or body.decode()
    return {*MARK.findall(text), *NAMES.findall(text)}


@pytest.mark.clause("children-seen", "children-parents", "children-partners")
@pytest.mark.promise("JK-22", "JK-23", "JK-24")
def test_each_reads_of_a_school_what_the_table_says(schools: Cast, copy: Export) -> None:
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
                    written = client.post(path, {"do": "withdraw"}).status_code
                if written != status_of(page, role):
                    wrong.append((role, page.route, page.of, "POST", written))
    assert not wrong, "\n".join(map(str, wrong))
