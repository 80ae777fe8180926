"""Back up, erase, restore: everything returns but who was erased."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pyrage
import pytest
from django.conf import settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from privacy import erasure, ledger
from privacy.backups import catalogue, cleaning
from privacy.models import Backup, Erasure, Notice
from tests.cast import Cast, person
from tests.privacy.canaries import Canary
from tests.privacy.elsewhere import Elsewhere
from tests.told import deliver

KEY = pyrage.x25519.Identity.generate()


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "backup.key"
    path.write_text(f"# public key: {KEY.to_public()}\n{KEY}\n")
    return path


@pytest.fixture
def world(transactional_db: None, tmp_path: Path) -> Iterator[tuple[Elsewhere, Canary, Canary]]:
    """An installation with two people who filled in everything, and two who will make up their
    minds."""
    one, other = Canary("alma"), Canary("bruno")
    one.fill(other)
    other.fill(one)
    person("carla")
    erasure.request(person("dora"))
    there = Elsewhere.copy(
        "restored", tmp_path / "there", BACKUP_RECIPIENTS=str(KEY.to_public()),
        LEDGER_PATH=str(settings.LEDGER_PATH),
    )  # fmt: skip
    yield there, one, other
    there.drop()


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("backups")
@pytest.mark.promise("VJ-20")
def test_nobody_returns_who_was_erased_since(
    world: tuple[Elsewhere, Canary, Canary], key_file: Path
) -> None:
    there, alma, bruno = world
    gone, kept = alma.marks(), bruno.marks()
    before = there.do("traces", marks=[*gone, *kept])
    assert set(before) == gone | kept

    made = there.manage("backup")
    assert made.returncode == 0, made.stderr
    name = made.stdout.split(":")[0]
    sealed = (there.folder / "backups" / name).read_bytes().lower()
    assert [mark for mark in gone | kept if mark.lower().encode() in sealed] == []

    assert there.do("erase", username=alma.user.username) == "erased"
    told = there.do("leave", username="carla")
    there.do("come_back", username="dora")
    left = there.do("traces", marks=[*gone, *kept])

    # Whatever stands in the way leaves everything as it was.
    with psycopg.connect(there.url()):
        done = there.manage("restore", name, "--identity", str(key_file))
    assert (done.returncode, "stop the site first" in done.stderr) == (1, True)
    ledger_file = Path(settings.LEDGER_PATH)
    whole = ledger_file.read_text()
    ledger_file.write_text(whole.replace('"erased"', '"cancelled"'))
    done = there.manage("restore", name, "--identity", str(key_file))
    assert (done.returncode, "stays closed" in done.stderr) == (1, True)
    ledger_file.write_text(whole)
    assert (there.databases(), media_folders(there)) == ([there.name], ["media"])

    done = there.manage("restore", name, "--identity", str(key_file))
    assert done.returncode == 0, done.stderr
    assert "Erased again: 1. Hidden again: 1. Back again: 1." in done.stdout
    assert there.do("traces", marks=[*gone, *kept]) == left
    assert set(left) & gone == set()
    state, due_at = there.do("state", username="carla")
    assert state == "leaving"
    assert abs(datetime.fromisoformat(due_at) - datetime.fromisoformat(told)) < timedelta(minutes=1)
    assert there.do("state", username="dora") == ["active", ""]
    assert (there.databases(), media_folders(there)) == ([there.name], ["media"])


def media_folders(there: Elsewhere) -> list[str]:
    return sorted(path.name for path in there.folder.glob("media*"))


def test_what_cannot_be_restored_is_said_in_a_sentence(
    db: None, key_file: Path, tmp_path: Path
) -> None:
    for arguments, words in (
        (["other.age", "--identity", str(key_file)], "There is no backup other.age"),
        (["other.age", "--identity", __file__], "holds no age secret key"),
        (["other.age", "--identity", str(tmp_path / "none")], "The key can't be read"),
        ([], "Name a backup and the file of its key"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("restore", *arguments)


@pytest.mark.clause("backups")
def test_the_scan_finds_what_was_left(cast: Cast) -> None:
    from sessions_app.models import Recording

    owner = cast["owner"]
    marks = cleaning._marks(owner)
    assert {"owner@mail.example", str(owner.public_id)} <= marks
    assert cleaning.scan({"nobody@mail.example"}) == set()
    Recording.objects.filter(owner=cast["leaving"]).update(title="of NOBODY@mail.example, once")
    assert cleaning.scan({"nobody@mail.example"}) == {"sessions_app_recording"}
    stem = cast.recordings["public"].stems.filter(player=owner).get()
    assert stem.file.name in marks
    found = cleaning.scan({stem.file.name})
    assert found == {"sessions_app_stem", str(settings.MEDIA_ROOT)}


# In time ----------------------------------------------------------------------------------


@pytest.fixture
def backups(db: None, settings: Any, tmp_path: Path) -> Any:
    """Put a backup's files in place, as of some days ago."""
    place = catalogue.place()
    place._location = place.location = str(tmp_path / "kept")  # type: ignore[attr-defined]

    def put(name: str, days: float, life: float = 30) -> str:
        taken_at = timezone.now() - timedelta(days=days)
        expires_at = taken_at + timedelta(days=life)
        place.save(name, catalogue.text("sealed"))
        entry = {
            "file": name, "taken_at": taken_at.isoformat(), "expires_at": expires_at.isoformat(),
        }  # fmt: skip
        place.save(catalogue.sidecar(name), catalogue.text(json.dumps(entry)))
        Backup.objects.create(
            file=name, taken_at=taken_at, expires_at=expires_at, work=Backup.Progress.DONE
        )
        return name

    return put


def there_are() -> list[str]:
    return sorted(entry["file"] for entry in catalogue.entries())


def left(user: Any, *, asked: float, erased: float | None) -> Erasure:
    """Have somebody ask to be erased some days ago, and be erased some days ago."""
    now = timezone.now()
    row = erasure.request(user)
    Erasure.objects.filter(pk=row.pk).update(
        requested_at=now - timedelta(days=asked),
        **({} if erased is None else {
            "ended_at": now - timedelta(days=erased), "stage": Erasure.Stage.ERASED,
        }),
    )  # fmt: skip
    row.refresh_from_db()
    return row


@pytest.mark.clause("backups")
@pytest.mark.promise("VJ-20")
@pytest.mark.retention("backups")
def test_a_backup_goes_when_its_time_is_over(backups: Any) -> None:
    backups("old.age", days=30.01)
    backups("young.age", days=29.99)
    assert catalogue.expire() == 1
    assert there_are() == ["young.age"]
    assert [one.gone_at is None for one in Backup.objects.order_by("file")] == [False, True]
    assert not catalogue.place().exists("old.age")
    assert catalogue.expire() == 0


@pytest.mark.clause("backups")
@pytest.mark.promise("VJ-20")
def test_whatever_its_time_a_backup_holds_nobody_on_day_90(cast: Cast, backups: Any) -> None:
    """An operator set a longer life by hand: the person's date holds all the same."""
    backups("holds-them.age", days=80, life=365)
    backups("after-them.age", days=50, life=365)
    left(cast["owner"], asked=88.9, erased=60)
    assert catalogue.expire() == 0
    Erasure.objects.update(requested_at=timezone.now() - timedelta(days=89.01))
    assert catalogue.expire() == 1
    assert there_are() == ["after-them.age"]


@pytest.mark.clause("backups")
@pytest.mark.promise("VJ-20")
def test_staff_are_alarmed_on_day_85(cast: Cast, backups: Any) -> None:
    backups("holds-them.age", days=80, life=365)
    left(cast["owner"], asked=84.9, erased=60)
    assert catalogue.alarm() == []
    Erasure.objects.update(requested_at=timezone.now() - timedelta(days=85.01))
    assert catalogue.alarm() == ["holds-them.age"]
    Notice.objects.exclude(address=settings.CONTACT_EMAIL).delete()
    deliver()
    assert [letter.to for letter in mail.outbox] == [[settings.CONTACT_EMAIL]]
    Erasure.objects.update(stage=Erasure.Stage.CANCELLED)
    assert catalogue.alarm() == []


@pytest.mark.clause("backups")
def test_the_second_receipt_waits_for_the_last_backup(cast: Cast, backups: Any) -> None:
    row = left(cast["owner"], asked=40, erased=20)
    backups("before.age", days=25)
    backups("after.age", days=10)
    assert not catalogue.holds_none(row)
    catalogue.delete("before.age")
    assert catalogue.holds_none(row)


def test_ledger_events_are_those_that_a_restore_knows() -> None:
    assert set(ledger.EVENTS) == {"requested", "cancelled", "erased"}
