"""The record of processing activities: the map and the settings, for those who may read it."""

import csv
import io
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from privacy import datamap
from privacy.datamap import processing_record
from tests.cast import Cast
from tests.staff import member_of, signed_in


@pytest.fixture
def officer(db: None) -> Any:
    return signed_in(member_of("Privacy officer"))


def test_the_record_is_for_the_privacy_officer(cast: Cast, officer: Any) -> None:
    support = signed_in(member_of("Support"))
    for name in ("admin:privacy_record", "admin:privacy_record_csv"):
        assert officer.get(reverse(name)).status_code == 200
        assert support.get(reverse(name)).status_code == 403
        assert cast.client("owner").get(reverse(name)).status_code == 302
        assert cast.client("anonymous").get(reverse(name)).status_code == 302


def test_every_kind_and_every_store_stands_under_each_of_its_purposes() -> None:
    everything: list[Any] = [*datamap.held(), *datamap.stores()]
    by_purpose = dict(zip(
        [one.key for one in datamap.purposes()
         if any(one.key in each.purposes for each in everything)],
        processing_record.activities(), strict=True,
    ))  # fmt: skip
    for item in everything:
        for key in item.purposes:
            assert str(item.label) in by_purpose[key].data
            assert f"{item.label}: {item.kept}" in by_purpose[key].limits
    for one in by_purpose.values():
        assert one.bases and one.categories and one.limits


def test_page_and_csv_tell_what_the_settings_say(officer: Any, settings: Any) -> None:
    settings.REGION, settings.CONTACT_EMAIL = "Ghent", "=dpo@jam.example"
    settings.EMAIL_HOST = "mail.example"
    page = unescape(officer.get(reverse("admin:privacy_record")).content.decode())
    answer = officer.get(reverse("admin:privacy_record_csv"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    facts = dict(row for row in rows if len(row) == 2 and row[0].startswith("controller"))
    assert facts["controller: region"] == "Ghent"
    assert facts["controller: contact"] == "'=dpo@jam.example"
    assert facts["controller: map"] == datamap.fingerprint()
    begin = next(n for n, row in enumerate(rows) if row[:1] == ["purpose"])
    table = rows[begin + 1 :]
    assert len(table) == len(processing_record.activities())
    assert {len(row) for row in table} == {8}
    account = next(row for row in table if row[0].startswith("Your account"))
    assert "mail.example" in account[5] and "user.contact.email" in account[3]
    for text in ("Ghent", "=dpo@jam.example", *processing_record.measures(), account[0]):
        assert text in page
