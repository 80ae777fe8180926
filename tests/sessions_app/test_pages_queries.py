"""How many SQL queries the public pages take, stated; twelve is the limit."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions_app.services import sessions
from tests.cast import Cast, recorded

LIMIT = 12
# (page, role): queries. A visitor's page takes none for sign-in; a member's takes two.
EXPECTED = {
    ("recording", "anonymous"): 4,
    ("recording", "stranger"): 8,
    ("recording", "participant"): 8,
    ("recording", "owner"): 8,
    ("profile", "anonymous"): 9,
    ("profile", "stranger"): 12,
    ("profile", "owner"): 12,
}


@pytest.mark.parametrize(("page", "role"), EXPECTED)
def test_a_page_takes_so_many_queries(cast: Cast, page: str, role: str) -> None:
    """The same number however much there is to show."""
    path = cast.recordings["public"].get_absolute_url() if page == "recording" else "/@owner/"
    client, owner = cast.client(role), cast["owner"]
    for _ in range(2):
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        assert len(captured) == EXPECTED[page, role], _told(captured)
        assert len(captured) <= LIMIT
        for _more in range(3):
            recorded(owner, [owner, cast["participant"], cast["stranger"]], audience="public")
            sessions.open_session(owner, title="more", about="", audience="public")


def _told(captured: Any) -> str:
    return "\n".join(one["sql"][:200] for one in captured.captured_queries)
