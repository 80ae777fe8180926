"""Receipts: signed, without a name, verifiable by anybody, at their secret place."""

import json
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from privacy import erasure
from privacy.erasure import leave_links, receipts
from privacy.models import Erasure, Receipt
from privacy.tasks import prove_erasures
from tests.cast import Cast
from tests.told import deliver


def leaves(user: Any) -> Erasure:
    row = erasure.request(user)
    Erasure.objects.filter(pk=row.pk).update(due_at=row.requested_at)
    erasure.run(row.pk)
    row.refresh_from_db()
    return row


def fetched(row: Erasure, kind: str = "erased") -> dict[str, Any]:
    token = leave_links.of_erasure(row).split("/")[2]
    answer = Client().get(reverse("leaving_receipt", args=[token, kind]))
    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex"
    found: dict[str, Any] = json.loads(answer.content)
    return found


@pytest.mark.clause("receipt")
@pytest.mark.promise("JK-27", "VJ-19")
def test_a_receipt_says_what_went_what_stays_and_names_nobody(cast: Cast) -> None:
    stems = cast["owner"].stems.count()
    names = {"owner", cast["owner"].email, cast["owner"].public_id}
    row = leaves(cast["owner"])
    document = fetched(row)
    statement = receipts.verify(document, json.loads(Client().get("/privacy/receipts/key").content))
    counts = {one["store"]: one["count"] for one in statement["erased"]}
    assert counts["sessions_app.stem"] == stems == 3
    assert counts["account"] == 1
    assert counts == {**{k: v for k, v in row.steps.items() if v}, "account": 1}
    assert {one["what"] for one in statement["kept"]} >= {"Your leaving", "Reserved names"}
    assert all(one["why"] and one["how_long"] for one in statement["kept"])
    assert row.ended_at is not None
    assert row.backups_expire_at is not None
    assert statement["erased_on"] == row.ended_at.date().isoformat()
    assert statement["backups_expire_on"] == row.backups_expire_at.date().isoformat()
    text = json.dumps(document)
    assert [name for name in names if f'"{name}"' in text or f" {name} " in text] == []
    assert "@mail.example" not in text


@pytest.mark.clause("receipt")
def test_it_is_verified_without_our_code(cast: Cast) -> None:
    """What anybody would write who has the published key: sorted keys, no spaces, Ed25519."""
    document = fetched(leaves(cast["owner"]))
    key = json.loads(Client().get("/privacy/receipts/key").content)["keys"][0]
    assert (key["kty"], key["crv"], key["kid"]) == ("OKP", "Ed25519", document["receipt"]["key"])
    body = json.dumps(
        document["receipt"], sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
    public = Ed25519PublicKey.from_public_bytes(receipts.decoded(key["x"]))
    public.verify(receipts.decoded(document["signature"]), body)


@pytest.mark.clause("receipt")
def test_any_change_shows_and_so_does_nonsense(cast: Cast, tmp_path: Path) -> None:
    document = fetched(leaves(cast["owner"]))
    good = tmp_path / "receipt.json"
    good.write_text(json.dumps(document, indent=2))
    out = StringIO()
    call_command("verify_receipt", str(good), stdout=out)
    assert "Genuine" in out.getvalue()
    changed = json.loads(json.dumps(document))
    changed["receipt"]["backups_expire_on"] = "2020-01-01"
    foreign = json.loads(json.dumps(document))
    foreign["receipt"]["key"] = "another"
    for number, bad in enumerate([changed, foreign, {**document, "signature": "*"}, [], {"a": 1}]):
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps(bad))
        with pytest.raises(CommandError, match="Not genuine"):
            call_command("verify_receipt", str(path))
    (tmp_path / "x").write_text("no json")
    with pytest.raises(CommandError, match="Not readable"):
        call_command("verify_receipt", str(tmp_path / "x"))


def test_a_new_key_signs_and_old_receipts_still_verify(cast: Cast, settings: Any) -> None:
    old = fetched(leaves(cast["owner"]))
    out = StringIO()
    call_command("receipt_key", stdout=out)
    name, _, seed = out.getvalue().strip().partition(":")
    settings.RECEIPT_KEYS = [(name, seed), *settings.RECEIPT_KEYS]
    new = fetched(leaves(cast["participant"]))
    assert (old["receipt"]["key"], new["receipt"]["key"]) == ("test", name)
    for document in (old, new):
        receipts.verify(document, receipts.key_set())


@pytest.mark.clause("receipt")
def test_the_letter_brings_it_and_the_address_is_forgotten(cast: Cast) -> None:
    row = erasure.request(cast["owner"])
    deliver()
    mail.outbox.clear()
    Erasure.objects.filter(pk=row.pk).update(due_at=row.requested_at)
    erasure.run(row.pk)
    deliver()
    row.refresh_from_db()
    (letter,) = mail.outbox
    assert (letter.to, row.contact) == (["owner@mail.example"], None)
    assert leave_links.of_erasure(row) in letter.body
    # The page of that link leads on to the file, kept there under the same secret.
    token = leave_links.of_erasure(row).split("/")[2]
    page = Client().get(leave_links.of_erasure(row)).content.decode()
    there = re.findall(r'href="(/leave/[^"]+\.json)"', page)
    assert there == [reverse("leaving_receipt", args=[token, "erased"])]
    assert Client().get(there[0]).json() == fetched(row)


@pytest.mark.clause("receipt")
@pytest.mark.promise("VJ-19")
def test_the_second_receipt_comes_when_no_backup_holds_them(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from privacy.erasure import purging

    row = leaves(cast["owner"])
    assert row.backups_expire_at is not None
    assert row.ended_at is not None
    assert row.backups_expire_at - row.ended_at == timedelta(days=settings.BACKUP_LIFE_DAYS)
    prove_erasures()
    assert Receipt.objects.filter(erasure=row).count() == 1
    Erasure.objects.filter(pk=row.pk).update(backups_expire_at=timezone.now())
    keeper: list[bool] = [False]
    monkeypatch.setattr(purging, "_confirmations", [lambda erasure: keeper[0]])
    prove_erasures()
    row.refresh_from_db()
    assert row.stage == "erased"  # who keeps the backups says: not yet
    keeper[0] = True
    prove_erasures()
    prove_erasures()
    row.refresh_from_db()
    assert (row.stage, Receipt.objects.filter(erasure=row).count()) == ("expired", 2)
    statement = receipts.verify(fetched(row, "backups"), receipts.key_set())
    assert (statement["kind"], statement["erasure"]) == ("backups", row.public_id)


@pytest.mark.clause("receipt")
def test_nobody_finds_a_receipt_without_its_link(cast: Cast) -> None:
    row = leaves(cast["owner"])
    client = Client()
    for token in (row.public_id, f"{row.public_id}:", f"{row.public_id}:x", "x:y"):
        for path in (f"/leave/{token}/", f"/leave/{token}/erased.json"):
            assert client.get(path).status_code == 404
    token = leave_links.of_erasure(row).split("/")[2]
    assert client.get(f"/leave/{token}/nothing.json").status_code == 404
