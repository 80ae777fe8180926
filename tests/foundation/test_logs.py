"""Logs tell what happened and where, and of nobody: through the settings' own handlers."""

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from foundation.ids import new_public_id
from foundation.logs import Nameless
from tests.cast import Cast

pytestmark = [pytest.mark.clause("how-long"), pytest.mark.promise("VJ-18")]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the site's handler writes, instead of the standard error."""
    (handler,) = [
        one for one in logging.getLogger().handlers if isinstance(one.formatter, Nameless)
    ]
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(found := io.StringIO())
    yield found
    handler.setStream(before)


def test_a_fault_names_the_route_and_the_line_and_not_whose_page_it_was(
    cast: Cast, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    public_id = cast.recordings["public"].public_id

    def breaks(*_args: Any, **_about: Any) -> None:
        raise IntegrityError(
            'duplicate key value violates unique constraint "one_name"\n'
            "DETAIL:  Key (username)=(mark-name) already exists.\n"
            f"mark-name@mail.example /@mark-name/ {public_id} 192.0.2.17"
        )

    monkeypatch.setattr("sessions_app.views.recordings.looking", breaks)
    client = Client(raise_request_exception=False)
    assert client.get(f"/recordings/{public_id}/?from=mark-name").status_code == 500
    text = written.getvalue()
    assert "ERROR django.request: Internal Server Error: /recordings/<str:public_id>/" in text
    assert 'violates unique constraint "one_name"\nDETAIL:  [left out]' in text
    assert "[address] /@[name]/ [id] [network]" in text
    assert "sessions_app/views/recordings.py" in text  # where to look
    assert [mark for mark in ("mark-name", public_id, "192.0.2.17") if mark in text] == []


def test_what_is_refused_names_the_route(cast: Cast, written: io.StringIO) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast["stranger"], backend="accounts.sign_in.backends.Backend")
    assert strict.post("/@owner/follow/").status_code in {403, 404}
    assert strict.post(f"/recordings/{new_public_id()}/audience/").status_code == 403
    assert Client().get("/@owner/", headers={"Host": "owner.example"}).status_code == 400
    assert Client().get("/@owner/no/such/page/").status_code == 404
    text = written.getvalue()
    assert "/recordings/<str:public_id>/audience/" in text
    assert "/@owner" not in text and "stranger" not in text


def test_jobs_write_with_the_same_hand(written: io.StringIO) -> None:
    from celery.signals import setup_logging

    from jamsite import celery

    assert celery.write_as_the_site_does in [one() for _, one in setup_logging.receivers]
    logging.getLogger("celery.app.trace").error(
        "Task %s raised unexpected: %r", "privacy.tasks.run_notice",
        ConnectionError("{'owner@mail.example': (550, b'no such mailbox')}"),
    )  # fmt: skip
    assert "Task privacy.tasks.run_notice raised unexpected" in written.getvalue()
    assert "owner" not in written.getvalue()


@pytest.mark.parametrize("name", ["uvicorn.error", "_granian", "django", "django.server"])
def test_no_server_writes_past_it(name: str) -> None:
    logger = logging.getLogger(name)
    kinds = [type(one.formatter) for one in logger.handlers]
    own = [kind for kind in kinds if not kind.__module__.startswith("_pytest")]
    assert own in ([], [Nameless])
    assert logger.propagate is not bool(own)
