"""Cursors: a place in one order comes back as it was, and nothing else is read."""

from datetime import UTC, datetime
from typing import Any

import pytest

from foundation.paging import Cursor

AT = datetime(2026, 3, 4, 5, 6, 7, 89, tzinfo=UTC)
BY_MOMENT, BY_KEY, BY_BOTH = Cursor(datetime, int), Cursor(int), Cursor(int, int)


@pytest.mark.parametrize(
    ("order", "place"), [(BY_MOMENT, (AT, 12)), (BY_KEY, (12,)), (BY_BOTH, (2900, 12))]
)
def test_a_place_comes_back_as_it_was_and_unread(order: Cursor, place: tuple[Any, ...]) -> None:
    text = order.write(*place)
    assert order.read(text) == place
    assert "~" not in text
    assert [other.read(text) for other in {BY_MOMENT, BY_KEY, BY_BOTH} - {order}] == [None, None]


def test_what_is_no_cursor_is_no_place() -> None:
    for text in (None, "", "x", "\0", "\ud800", "12", BY_KEY.write(1)[:-2]):
        assert BY_KEY.read(text) is None, text


def test_a_page_says_what_follows_only_if_there_is_more() -> None:
    rows = [3, 2, 1]
    full, last = BY_KEY.page(rows, 2, lambda row: (row,)), BY_KEY.page(rows, 3, lambda row: (row,))
    assert (full.items, BY_KEY.read(full.after)) == ([3, 2], (2,))
    assert (last.items, last.after) == (rows, None)
