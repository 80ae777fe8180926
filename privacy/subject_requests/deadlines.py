"""When a request is due. GDPR article 12(3), CCPA § 7021; what is shorter counts.

A calendar month ends on the same day of the next month, or on its last day where it has no such
day (January 31 → February 28), which is less than 30 days only around February.
"""

import calendar
from datetime import datetime, timedelta

ACKNOWLEDGE = timedelta(days=10)
ANSWER = timedelta(days=30)
CHILD_ACKNOWLEDGE = timedelta(days=1)
CHILD_ANSWER = timedelta(days=3)  # "as soon as practicable": a child's data without consent
CCPA_EXTENSION = timedelta(days=45)
GDPR_EXTENSION = 2  # months


def months_later(at: datetime, months: int) -> datetime:
    """Return the same moment some months later, on the month's last day at most."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    return at.replace(year=year, month=month + 1, day=day)


def acknowledge_by(received: datetime) -> datetime:
    return received + ACKNOWLEDGE


def answer_by(received: datetime) -> datetime:
    return min(received + ANSWER, months_later(received, 1))


def extended(due: datetime, law: str) -> datetime:
    """Return the date after the one extension that the law ("gdpr" or "ccpa") allows."""
    return due + CCPA_EXTENSION if law == "ccpa" else months_later(due, GDPR_EXTENSION)
