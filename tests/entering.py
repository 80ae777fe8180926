"""Signing up in tests: the age question first, as for everybody."""

from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.identity.services import ages
from tests.cast import PASSWORD

FORM = {"email": "ada@mail.example", "username": "Ada", "password1": PASSWORD,
        "terms": "1"}  # fmt: skip


def born(years: int, days: int = 0) -> date:
    """Return the birthday of somebody who turned this old so many days ago."""
    now = ages.today()
    day = min(now.day, 28)
    return date.fromordinal(date(now.year - years, now.month, day).toordinal() - days)


def answer_age(client: Client, years: int = 30, days: int = 0, **extra: Any) -> Any:
    """Answer the age question as somebody of so many years and days."""
    birth = born(years, days)
    parts = {"day": birth.day, "month": birth.month, "year": birth.year}
    return client.post(reverse("sign_up_age"), {**parts, **extra})


def sign_up(client: Client, years: int = 30, **changes: Any) -> Any:
    """Answer the age question, then fill in the form."""
    answer_age(client, years, days=40)
    return client.post(reverse("account_signup"), {**FORM, **changes})
