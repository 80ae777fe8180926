"""When a request is due: 30 days, or a calendar month where that is shorter."""

from datetime import UTC, datetime

import pytest

from privacy.subject_requests import deadlines


def day(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T09:30").replace(tzinfo=UTC)


@pytest.mark.clause("requests")
@pytest.mark.promise("VJ-27")
@pytest.mark.parametrize(
    ("received", "acknowledge", "answer"),
    [
        ("2026-03-01", "2026-03-11", "2026-03-31"),  # March has 31 days: 30 days are shorter
        ("2026-04-01", "2026-04-11", "2026-05-01"),
        ("2026-01-31", "2026-02-10", "2026-02-28"),  # February: the month is shorter
        ("2026-02-10", "2026-02-20", "2026-03-10"),
        ("2028-01-31", "2028-02-10", "2028-02-29"),
        ("2026-12-15", "2026-12-25", "2027-01-14"),
    ],
)
def test_dates(received: str, acknowledge: str, answer: str) -> None:
    assert deadlines.acknowledge_by(day(received)) == day(acknowledge)
    assert deadlines.answer_by(day(received)) == day(answer)


@pytest.mark.parametrize(
    ("due", "law", "later"),
    [
        ("2026-03-31", "gdpr", "2026-05-31"),
        ("2026-12-31", "gdpr", "2027-02-28"),
        ("2026-03-31", "ccpa", "2026-05-15"),
    ],
)
def test_the_one_extension(due: str, law: str, later: str) -> None:
    assert deadlines.extended(day(due), law) == day(later)
