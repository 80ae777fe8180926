"""Fetching a copy: its person alone, who has just shown that it is them; resumable."""

import re
import time
from typing import Any

import pytest
from django.conf import settings
from django.contrib.messages import get_messages
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from privacy.models import Export, Notice
from privacy.tasks import expire
from tests.cast import BACKEND, PASSWORD, Cast, just_signed_in
from tests.privacy.copies import Copy
from tests.told import deliver

STALE = 301  # seconds: ACCOUNT_REAUTHENTICATION_TIMEOUT is 300


@pytest.fixture
def copy(cast: Cast) -> Copy:
    return Copy(cast["stranger"])


@pytest.fixture
def path(copy: Copy) -> str:
    return reverse("export_download", args=[copy.row.public_id])


def body(response: Any) -> bytes:
    return b"".join(response) if response.streaming else response.content


@pytest.mark.clause("export")
@pytest.mark.promise("VJ-22")
def test_a_copy_is_ordered_once_shown_and_ends(cast: Cast) -> None:
    client = cast.client("stranger")
    for _ in range(2):
        assert client.post(reverse("exports")).status_code == 302
    made = cast["stranger"].exports.get()  # one at a time
    assert client.get(reverse("export_download", args=[made.public_id])).status_code == 404
    Export.objects.filter(pk=made.pk).delete()
    copy = Copy(cast["stranger"])
    page = client.get(reverse("exports")).content.decode()
    path = reverse("export_download", args=[copy.row.public_id])
    assert path in page
    assert [one.title for one in Notice.objects.filter(user=cast["stranger"])] == [
        "Your copy is ready"
    ]
    Export.objects.update(expires_at=timezone.now())
    assert path not in client.get(reverse("exports")).content.decode()
    assert client.get(path).status_code == 404
    expire()
    assert (Export.objects.count(), copy.row.file.storage.exists(copy.row.file.name)) == (0, False)


def test_orders_are_limited_and_say_so(cast: Cast) -> None:
    client = cast.client("stranger")
    answers = [client.post(reverse("exports")).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]


@pytest.mark.clause("export")
@pytest.mark.promise("VJ-22")
def test_a_fresh_sign_in_opens_it_and_an_old_one_is_asked_again(
    cast: Cast, copy: Copy, path: str
) -> None:
    client = cast.client("stranger")
    answer: Any = client.get(path)
    assert (answer.status_code, body(answer)) == (200, copy.row.file.open().read())
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Disposition"].startswith('attachment; filename="jamsite-')
    just_signed_in(client, STALE)
    answer = client.get(path)
    ask = f"{reverse('account_reauthenticate')}?next={path.replace('/', '%2F')}"
    assert (answer.status_code, answer["Location"]) == (302, ask)
    assert client.post(ask, {"password": "wrong"}).status_code == 200
    assert client.get(path).status_code == 302
    answer = client.post(ask, {"password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, path)
    assert client.get(path).status_code == 200


@pytest.mark.clause("export")
def test_others_get_the_missing_answer_and_are_asked_nothing(cast: Cast, path: str) -> None:
    for seconds in (0, STALE):
        client = cast.client("owner")
        just_signed_in(client, seconds)
        assert client.get(path).status_code == 404


@pytest.mark.clause("export")
def test_a_download_that_broke_off_goes_on_in_the_same_sign_in(
    cast: Cast, copy: Copy, path: str, monkeypatch: Any
) -> None:
    client = cast.client("stranger")
    whole = body(client.get(path))
    etag = client.get(path)["ETag"]
    just_signed_in(client, STALE)
    rest = {"Range": "bytes=100-", "If-Range": etag}
    answer: Any = client.get(path, headers=rest)
    assert (answer.status_code, body(answer)) == (206, whole[100:])
    assert answer["Content-Range"] == f"bytes 100-{len(whole) - 1}/{len(whole)}"
    changed: Any = client.get(path, headers={**rest, "If-Range": '"other"'})
    assert (changed.status_code, body(changed)) == (200, whole)
    assert client.get(path).status_code == 302  # from the start it is a new download
    other = Client()
    other.force_login(cast["stranger"], backend=BACKEND)
    assert other.get(path, headers=rest).status_code == 302
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3601)
    assert client.get(path, headers=rest).status_code == 302


@pytest.mark.clause("export")
@pytest.mark.promise("VJ-22")
def test_who_has_no_password_confirms_by_a_link_to_their_own_address(cast: Cast, path: str) -> None:
    cast["stranger"].set_unusable_password()
    cast["stranger"].save()
    client = cast.client("stranger")
    just_signed_in(client, STALE)
    ask = client.get(path)["Location"]
    assert ask.startswith(reverse("confirm_by_mail"))
    assert client.get(ask).status_code == 200
    assert client.post(ask, {"next": path}).status_code == 200
    deliver()
    assert mail.outbox[-1].to == ["stranger@mail.example"]
    link = re.findall(rf"{re.escape(settings.SITE_URL)}(\S+)", str(mail.outbox[-1].body))[0]
    assert link.startswith(reverse("confirm_by_mail"))

    stolen_letter = cast.client("owner")
    assert stolen_letter.get(link).status_code == 404
    assert stolen_letter.post(link).status_code == 404
    assert client.get(link).status_code == 200
    assert client.get(path).status_code == 302  # looking is not confirming
    answer = client.post(link)
    assert (answer.status_code, answer["Location"]) == (302, path)
    assert client.get(path).status_code == 200
    just_signed_in(client, STALE)
    assert client.post(link).status_code == 404  # once
    assert client.get(path).status_code == 302


def test_a_link_ends_and_leads_nowhere_else(cast: Cast, monkeypatch: Any) -> None:
    cast["stranger"].set_unusable_password()
    cast["stranger"].save()
    client = cast.client("stranger")
    client.post(reverse("confirm_by_mail"), {"next": "https://elsewhere.example/"})
    deliver()
    link = re.findall(rf"{re.escape(settings.SITE_URL)}(\S+)", str(mail.outbox[-1].body))[0]
    now = time.time()
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: now + 901)
        assert client.post(link).status_code == 404
    assert client.post(link)["Location"] == reverse("settings")


@pytest.mark.clause("export")
@pytest.mark.promise("VJ-22")
def test_a_copy_that_names_somebody_hidden_since_is_not_given_out(cast: Cast) -> None:
    copy = Copy(cast["owner"])
    assert copy.row.named == []
    Export.objects.filter(pk=copy.row.pk).update(named=[cast["participant"].pk])
    path = reverse("export_download", args=[copy.row.public_id])
    client = cast.client("owner")
    assert client.get(path).status_code == 200
    type(cast["participant"]).objects.filter(username="participant").update(state="suspended")
    answer: Any = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, reverse("exports"))
    assert [str(one) for one in get_messages(answer.wsgi_request)] == [
        "Somebody in this copy is no longer there. Make a new one."
    ]
    assert client.get(path).status_code == 404
