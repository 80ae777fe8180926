"""Back up, erase, restore: everything returns but who was erased."""

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pyrage
import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Profile
from bands.services import bands, members
from jamsite import roles
from privacy import erasure
from privacy.backups import catalogue
from privacy.backups.traces import Marks, unexplained
from privacy.erasure import ledger
from privacy.models import Backup, Erasure, Notice, Restore
from schools.models import Enrolment, Partner
from tests.cast import Cast, person
from tests.privacy.canaries import Canary
from tests.privacy.elsewhere import Elsewhere
from tests.staff import member_of
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
    for name in ("dora", "frida"):
        erasure.request(person(name))
    quoted(person("elsa"), other)
    there = Elsewhere.copy(
        "restored", tmp_path / "there", BACKUP_RECIPIENTS=str(KEY.to_public()),
        LEDGER_PATH=str(settings.LEDGER_PATH),
    )  # fmt: skip
    yield there, one, other
    there.drop()


QUOTED = "elsa@mail.example"


def quoted(elsa: Any, other: Canary) -> None:
    """Have things of hers that an erasure leaves to others on purpose: a band's photo, her address
    as a parent in another's child's place, and in words that somebody else wrote."""
    band = bands.found(elsa, name="The trio", slug="the-trio", audience="public")
    band.photo.save("trio.webp", ContentFile(b"a photo that she put up"))
    members.accept(members.invite(band, elsa, other.user), other.user)
    Enrolment.objects.filter(child=other.user).update(guardian_email=QUOTED)
    Profile.objects.filter(user=other.user).update(bio=f"{other.mark('bio')} Ask {QUOTED}!")


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
    there.do("come_back", username="frida")
    told_last = there.do("leave", username="frida")
    assert there.do("erase", username="elsa") == "erased"
    assert there.do("traces", marks=[QUOTED, "trio"]) == [QUOTED, "trio"]
    there.extra["ERASURE_GRACE_DAYS"] = "3"  # what people were told before holds
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

    for _ in range(2):  # a second one moves nothing
        done = there.manage("restore", name, "--identity", str(key_file))
        assert done.returncode == 0, done.stderr
        assert "Erased again: 2. Hidden again: 1. Back again: 1." in done.stdout
        assert there.do("traces", marks=[*gone, *kept]) == left
        assert set(left) & gone == set()
        assert there.do("state", username="carla") == ["leaving", told]
        assert there.do("state", username="frida") == ["leaving", told_last]
        assert there.do("state", username="dora") == ["active", ""]
    assert there.do("traces", marks=[QUOTED, "trio"]) == [QUOTED, "trio"]
    wall = there.manage("rls", "--check")
    assert wall.returncode == 0, wall.stderr
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
def test_the_scan_tells_what_is_meant_from_what_was_forgotten(cast: Cast) -> None:
    """The same address: in another's words it is theirs, in a technical field it is a trace."""
    from sessions_app.models import Recording

    owner = cast["owner"]
    marks = Marks()
    marks.add(owner)
    assert {"owner@mail.example", str(owner.public_id)} <= set(marks.of)
    stem = cast.recordings["public"].stems.filter(player=owner).get()
    assert stem.file.name in marks.of
    mine = unexplained(marks)  # nothing is erased yet, so all of it is still there
    assert {"accounts_user.email", "sessions_app_stem.file", "files in stems/"} <= set(mine)

    gone = Marks()
    gone.of["nobody@mail.example"].add(0)
    gone.rows[0] = {}
    assert unexplained(gone) == {}
    Recording.objects.filter(owner=cast["leaving"]).update(title="of NOBODY@mail.example, once")
    assert unexplained(gone) == {}
    Partner.objects.create(name="Brook", slug="brook", country="DE", evidence="nobody@mail.example")
    assert unexplained(gone) == {"schools_partner.evidence": 1}


@pytest.mark.clause("backups")
@pytest.mark.promise("VJ-20")
def test_staff_may_finish_a_restore_with_a_trace_and_it_is_written_down(cast: Cast) -> None:
    officer, support = member_of(roles.PRIVACY_OFFICER), member_of(roles.SUPPORT)
    school = Partner.objects.create(name="Brook", slug="brook", country="DE")

    def erased_since(role: str) -> None:
        school.evidence = f"a letter from {role}@mail.example"
        school.save()
        ledger.record("erased", cast[role].public_id, "an erasure after the backup")

    def clean(*arguments: str) -> str:
        out = io.StringIO()
        call_command("restore", "old.age", "--clean", *arguments, stdout=out)
        return out.getvalue()

    erased_since("owner")
    with pytest.raises(CommandError, match=r"left in: schools_partner.evidence \(1\)\. See"):
        clean()

    erased_since("participant")
    decided = ("--accept-traces", "--because=the only backup there is")
    with pytest.raises(CommandError, match="--accept-traces needs --by"):
        clean(*decided)
    for nobody in (support.username, "stranger", "nobody"):
        with pytest.raises(CommandError, match=f"{nobody} may not decide it"):
            clean(*decided, f"--by={nobody}")
    assert Restore.objects.count() == 0
    told = clean(*decided, f"--by={officer.username}")
    assert "Traces left by decision: schools_partner.evidence (1)." in told
    row = Restore.objects.get()
    assert (row.backup, row.erased, row.traces, row.because) == (
        "old.age", 1, ["schools_partner.evidence: 1"], "the only backup there is",
    )  # fmt: skip
    logged = LogEntry.objects.get(object_id=str(row.pk), user=officer)
    assert logged.change_message == "accepted traces: the only backup there is"
    deliver()
    letter = next(one for one in mail.outbox if one.to == [settings.CONTACT_EMAIL])
    assert "schools_partner.evidence (1)" in letter.body

    # Without a trace there is nothing to decide, and the record says so.
    school.delete()
    clean(*decided, f"--by={officer.username}")
    assert list(Restore.objects.order_by("pk").values_list("traces", "because"))[1:] == [([], "")]


# In time ----------------------------------------------------------------------------------


@pytest.fixture
def backups(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put a backup's files in place, as of some days ago."""
    place = catalogue.place()
    for name in ("location", "base_location"):  # for this test alone
        monkeypatch.setitem(place.__dict__, name, str(tmp_path / "kept"))

    def put(name: str, days: float, life: float = 30) -> str:
        taken_at = timezone.now() - timedelta(days=days)
        expires_at = taken_at + timedelta(days=life)
        place.save(name, catalogue.text("sealed"))
        entry = {
            "file": name, "taken_at": taken_at.isoformat(), "expires_at": expires_at.isoformat(),
        }  # fmt: skip
        place.save(catalogue.sidecar(name), catalogue.text(json.dumps(entry)))
        Backup.objects.create(
            file=name, taken_at=taken_at, expires_at=expires_at, status=Backup.Status.DONE
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
