"""Every declared period ends: rows just inside stay, rows just outside go."""

import ast
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from unittest.mock import patch

import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from pydantic import ValidationError

from accounts.identity.services import lapsing
from accounts.models import Dormancy, User
from jamsite.environment import Environment
from privacy import datamap, notices
from privacy.datamap import Fades, retention_job
from privacy.gate import tombstones
from privacy.models import (
    AccessLogEntry,
    Disclosure,
    Erasure,
    Export,
    NewsReader,
    Notice,
    RetentionRun,
    Tombstone,
    UsageEvent,
)
from privacy.sharing import links
from privacy.tasks import expire
from sessions_app.models import Invite, Stem, StemChunk
from tests.cast import PASSWORD, Cast, person
from tests.privacy import aged, aged_children, aged_safety
from tests.privacy.test_kill import killed_again_and_again

MOMENT = timedelta(minutes=1)
Make = Callable[[Cast, datetime], Callable[[], bool]]


def there(row: Model) -> Callable[[], bool]:
    """Return the question whether a row still exists."""
    return lambda: type(row)._default_manager.filter(pk=row.pk).exists()


def dated(row: Model, **moments: datetime) -> Callable[[], bool]:
    type(row)._default_manager.filter(pk=row.pk).update(**moments)
    return there(row)


def notice(cast: Cast, since: datetime) -> Callable[[], bool]:
    return dated(notices.tell(cast["owner"], "account", "Told", "", mail=False), created_at=since)


def letter(cast: Cast, since: datetime) -> Callable[[], bool]:
    return dated(notices.write("ann@mail.example", "rights", "Told", ""), created_at=since)


def chunk(cast: Cast, since: datetime) -> Callable[[], bool]:
    stem = Stem.objects.filter(player=cast["owner"]).exclude(state="capturing").first()
    assert stem is not None
    Stem.objects.filter(pk=stem.pk).update(state=Stem.State.CAPTURING, created_at=since)
    file = default_storage.save(f"chunks/{stem.public_id}/00000-x", ContentFile(b"sound"))
    row = StemChunk.objects.create(stem=stem, number=0, sha256="0" * 64, size=5, file=file)
    return lambda: there(row)() and default_storage.exists(file)


def erasure_record(cast: Cast, since: datetime) -> Callable[[], bool]:
    return there(Erasure.objects.create(stage="erased", status="done", ended_at=since))


def tombstone(cast: Cast, since: datetime) -> Callable[[], bool]:
    leaving = Erasure.objects.create(stage="erased", status="done")
    name = f"gone{leaving.pk}"
    tombstones.bury(User, [name], leaving.pk)
    Tombstone.objects.filter(erasure=leaving).update(until=since)
    return lambda: tombstones.is_buried(User, name)


def web_session(cast: Cast, since: datetime) -> Callable[[], bool]:
    session = cast.client("stranger").session
    return dated(Session.objects.get(pk=session.session_key), expire_date=since)


def export(cast: Cast, since: datetime) -> Callable[[], bool]:
    made = Export(user=cast["owner"], status="done", expires_at=since)
    made.file.save(f"{made.public_id}.zip", ContentFile(b"all of it"))
    return lambda: there(made)() and default_storage.exists(made.file.name)


def export_never_made(cast: Cast, since: datetime) -> Callable[[], bool]:
    return dated(Export.objects.create(user=cast["owner"], status="failed"), created_at=since)


def confirmation(cast: Cast, since: datetime) -> Callable[[], bool]:
    address = EmailAddress.objects.get(user=cast["owner"])
    row = EmailConfirmation.objects.create(email_address=address, key=f"{since.timestamp()}")
    return dated(row, created=since)


def dormancy(cast: Cast, since: datetime) -> Callable[[], bool]:
    user = person(f"sleeper{Dormancy.objects.count()}", last_login=since - MOMENT)
    far = timezone.now() + timedelta(days=30)
    return there(Dormancy.objects.create(user=user, warned_at=since, leaves_at=far))


def signed_in(cast: Cast, since: datetime, who: str = "stranger") -> UserSession:
    client = cast.client("anonymous", REMOTE_ADDR="198.51.100.77")
    client.post("/account/login/", {"login": who, "password": PASSWORD})
    row = UserSession.objects.latest("pk")
    UserSession.objects.filter(pk=row.pk).update(created_at=since)
    return row


def sign_in(cast: Cast, since: datetime) -> Callable[[], bool]:
    row = signed_in(cast, since)
    web = Session.objects.filter(pk=row.session_key)
    return lambda: there(row)() and web.exists()


def address(cast: Cast, since: datetime) -> Callable[[], bool]:
    row = signed_in(cast, since)

    def is_whole() -> bool:
        kept = UserSession.objects.get(pk=row.pk).ip
        assert kept in {"198.51.100.77", "198.51.100.0"}
        return kept == "198.51.100.77"

    return is_whole


def ended_sign_in(cast: Cast, since: datetime) -> Callable[[], bool]:
    """Over when the web session is; `since` in the past by more than nothing means over."""
    is_over = since < timezone.now()
    # allauth forgets ended sign-ins at the next one: it must be the last of its person.
    row = signed_in(cast, timezone.now(), "former" if is_over else "participant")
    if is_over:
        Session.objects.filter(pk=row.session_key).delete()
    return there(row)


def staff_log(cast: Cast, since: datetime) -> Callable[[], bool]:
    row = LogEntry.objects.create(user=cast["owner"], action_flag=1, change_message="[]")
    return dated(row, action_time=since)


def share_link(cast: Cast, since: datetime) -> Callable[[], bool]:
    return there(links.make(cast.recordings["participants"], cast["owner"], expires_at=since))


def access_log_entry(cast: Cast, since: datetime) -> Callable[[], bool]:
    with patch.object(timezone, "now", return_value=since):
        row = AccessLogEntry.objects.create(
            user=cast["owner"], staff=cast["stranger"], role="Support", model="accounts.user",
            object_key="1", why=AccessLogEntry.Why.SUPPORT, reason="asked for help",
        )  # fmt: skip
    return there(row)


def disclosure(cast: Cast, since: datetime) -> Callable[[], bool]:
    with patch.object(timezone, "now", return_value=since):
        row = Disclosure.objects.create(
            user=cast["owner"], provider="mail", recipient="mail.example",
            categories=["user.contact.email"], purpose="account", basis="contract",
        )  # fmt: skip
    return there(row)


def unconfirmed(cast: Cast, since: datetime) -> Callable[[], bool]:
    number = User.objects.count()
    user = User.objects.create_user(f"new{number}", f"new{number}@mail.example", PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
    User.objects.filter(pk=user.pk).update(date_joined=since)
    return lambda: User.objects.filter(pk=user.pk, state="active").exists()


def dormant(cast: Cast, since: datetime) -> Callable[[], bool]:
    """Warned in time, twice; what is left to decide is the day."""
    user = person(f"sleeper{User.objects.count()}", last_login=since)
    leaves_at = since + timedelta(days=settings.RETENTION_INACTIVE_DAYS)
    Dormancy.objects.create(
        user=user, leaves_at=leaves_at, warned_at=leaves_at - lapsing.FIRST_WARNING,
        warned_again_at=leaves_at - lapsing.SECOND_WARNING,
    )  # fmt: skip
    return lambda: User.objects.filter(pk=user.pk, state="active").exists()


def usage_event(cast: Cast, since: datetime) -> Callable[[], bool]:
    event = UsageEvent(pseudonym="p" * 32, kind="page", hour=since)
    event.save()
    return there(event)


def unconfirmed_reader(cast: Cast, since: datetime) -> Callable[[], bool]:
    number = NewsReader.objects.count()
    return dated(
        NewsReader.objects.create(address=f"r{number}@mail.example", form="test"), created_at=since
    )


ENDS: dict[str, Make] = {
    **aged.PEOPLE,
    **aged_safety.SAFETY,
    **aged_children.CHILDREN,
    "privacy.newsreader:created_at:1": unconfirmed_reader,
    **aged.LEAVING,
    **aged.REQUESTS,
    "privacy.usageevent:hour": usage_event,
    "privacy.notice:created_at": notice,
    "privacy.notice:created_at:1": letter,
    "sessions_app.stemchunk:end_stale_takes": chunk,
    "privacy.erasure:ended_at": erasure_record,
    "privacy.tombstone:until": tombstone,
    "sessions.session:expire_date": web_session,
    **aged.SESSIONS,
    **aged.BANDS,
    "privacy.disclosure:at": disclosure,
    "privacy.sharelink:expires_at:1": share_link,
    "privacy.accesslogentry:at": access_log_entry,
    "privacy.export:expires_at": export,
    "privacy.export:created_at:1": export_never_made,
    "account.emailconfirmation:created": confirmation,
    "accounts.dormancy:warned_at": dormancy,
    "usersessions.usersession:forget_ended": ended_sign_in,
    "usersessions.usersession:forget_old:1": sign_in,
    "usersessions.usersession.ip:shorten_addresses": address,
    "admin.logentry:action_time": staff_log,
    "accounts.user:end_unconfirmed:1": unconfirmed,
    "accounts.user:end_dormant:2": dormant,
}


def test_every_declared_period_is_shown_to_end() -> None:
    """A new period in a privacy.py fails here until it has its story above."""
    assert {limit.key for limit in retention_job.limits()} == set(ENDS)


@pytest.mark.clause("how-long", "technical-data")
@pytest.mark.promise("VJ-18", "JK-05", "VJ-06")
def test_what_is_inside_its_period_stays_and_what_is_outside_goes(cast: Cast) -> None:
    inside, outside = {}, {}
    for limit in retention_job.limits():
        border = limit.end.over_before(timezone.now())
        inside[limit.key] = ENDS[limit.key](cast, border + MOMENT)
        outside[limit.key] = ENDS[limit.key](cast, border - MOMENT)

    def standing(those: dict[str, Callable[[], bool]]) -> dict[str, bool]:
        return {key: is_there() for key, is_there in those.items()}

    assert standing(inside) == standing(outside) == dict.fromkeys(ENDS, True)
    expire()
    assert standing(inside) == dict.fromkeys(ENDS, True)
    assert standing(outside) == dict.fromkeys(ENDS, False)
    assert dict(RetentionRun.objects.values_list("limit", "error")) == dict.fromkeys(ENDS, "")
    assert min(RetentionRun.objects.values_list("ended", flat=True)) == 1
    expire()
    assert standing(inside) == dict.fromkeys(ENDS, True)
    assert dict(RetentionRun.objects.values_list("limit", "ended")) == dict.fromkeys(ENDS, 0)


def test_the_cast_is_left_alone(cast: Cast) -> None:
    before = {item.name: item.model._default_manager.count() for item in datamap.held()}
    assert retention_job.enforce() == {}
    after = {item.name: item.model._default_manager.count() for item in datamap.held()}
    assert after == {**before, "privacy.retentionrun": len(ENDS)}


@pytest.mark.clause("how-long")
def test_periods_are_bounded_and_told_where_people_read_them(cast: Cast) -> None:
    bounds = {
        name: sorted(getattr(one, "ge", None) or one.le for one in field.metadata)
        for name, field in Environment.model_fields.items()
        if name.startswith("retention_")
    }
    assert bounds["retention_ip_days"] == [1, 30]
    assert all(low >= 1 and high <= 3650 for low, high in bounds.values())
    for name, (low, high) in bounds.items():
        for bad in (low - 1, high + 1, "some"):
            with pytest.raises(ValidationError, match=name):
                Environment.model_validate({name: bad})
        assert getattr(settings, name.upper()) == Environment().model_dump()[name]
    policy = unescape(cast.client("anonymous").get(reverse("policy")).content.decode())
    for item in datamap.held():
        if item.purposes:
            assert item.kept in policy, item.name


@pytest.mark.clause("technical-data")
@pytest.mark.promise("VJ-06", "JK-05")
@pytest.mark.parametrize(
    ("whole", "kept"),
    [
        ("203.0.113.201", "203.0.113.0"),
        ("10.1.2.0", "10.1.2.0"),
        ("2001:db8:85a3:8d3:1319:8a2e:370:7348", "2001:db8:85a3::"),
        ("::1", "::"),
    ],
)
def test_an_address_loses_its_end_after_a_week(cast: Cast, whole: str, kept: str) -> None:
    eight_days = timezone.now() - timedelta(days=8)
    client = cast.client("owner")
    row = UserSession.objects.create(
        user=cast["owner"], ip=whole, user_agent="-", session_key=client.session.session_key
    )
    UserSession.objects.filter(pk=row.pk).update(created_at=eight_days)
    expire()
    row.refresh_from_db()
    assert row.ip == kept
    assert retention_job.enforce() == {}


@pytest.mark.clause("how-long")
@pytest.mark.promise("VJ-18")
def test_every_period_is_found_through_an_index(db: None) -> None:
    """The job looks hourly: no limit may read a whole table that people's number makes large."""
    never_written = {"account.emailconfirmation"}  # its keys are signatures, stored nowhere
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'")
        indexes = cursor.fetchall()
    bare = []
    for limit in retention_job.limits():
        *parents, name = limit.end.since.split("__")
        model: Any = limit.held.model
        for parent in parents:
            model = model._meta.get_field(parent).related_model
        table, column = model._meta.db_table, model._meta.get_field(name).column
        wanted = f"{column})" if limit.end.where else f"({column}"
        leads = [text for where, text in indexes if where == table and wanted in text]
        if not leads and limit.held.name not in never_written:
            bare.append(limit.key)
    assert bare == []


def test_stores_that_fade_are_shown_to(cast: Cast) -> None:
    """What ends by a store's own clock has a test marked `retention("<store>")`."""
    marked = set()
    for path in (settings.BASE_DIR / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.retention":
                marked |= {ast.literal_eval(one) for one in node.args}
    fading = {one.name for one in datamap.stores() if isinstance(one.retention, Fades)}
    assert marked == fading


def test_a_limit_that_fails_is_told_and_stops_no_other(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stays = notice(cast, timezone.now() - timedelta(days=1000))
    goes = aged.invite(cast, timezone.now() - timedelta(days=1000))
    real = retention_job.Limit.end_batch

    def broken(limit: retention_job.Limit, size: int = 500) -> int:
        if limit.held.model is Notice:
            raise ValueError("mark-private")
        return real(limit, size)

    monkeypatch.setattr(retention_job.Limit, "end_batch", broken)
    with pytest.raises(retention_job.Unenforced, match=r"^privacy.notice:created_at, "):
        retention_job.enforce()
    assert (stays(), goes()) == (True, False)
    assert RetentionRun.objects.get(limit="privacy.notice:created_at").error == "ValueError"
    assert "mark-private" not in caplog.text
    monkeypatch.undo()
    expire()
    assert not stays()
    assert RetentionRun.objects.get(limit="privacy.notice:created_at").error == ""


def test_a_batch_at_a_time_with_the_same_number_of_queries(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    """Three statements a batch and its frame, whether it ends one row or forty."""
    old = timezone.now() - timedelta(days=1000)
    limit = next(one for one in retention_job.limits() if one.held.model is Invite)
    for number in (1, 40):
        for _ in range(number):
            aged.invite(cast, old)
        with django_assert_num_queries(4):
            assert limit.end_batch(500) == number
    for _ in range(5):
        aged.invite(cast, old)
    assert [limit.end_batch(2) for _ in range(4)] == [2, 2, 1, 0]


@pytest.mark.clause("how-long")
@pytest.mark.promise("VJ-18")
@pytest.mark.django_db(transaction=True)
def test_a_job_killed_at_many_points_ends_all_that_is_over_and_nothing_else() -> None:
    user = person("owner")
    old, young = timezone.now() - timedelta(days=1000), timezone.now()
    notices.tell_many([user] * 1200, "account", "Old", "", mail=False)
    Notice.objects.update(created_at=old)
    stays = notices.tell(user, "account", "Young", "", mail=False)
    names = []
    for since in [old] * 10 + [young + timedelta(days=1)]:
        made = Export(user=user, status="done", expires_at=since)
        made.file.save(f"{made.public_id}.zip", ContentFile(b"all of it"))
        names.append(made.file.name)
    assert killed_again_and_again("retention", 0) >= 5
    assert list(Notice.objects.all()) == [stays]
    assert [one.file.name for one in Export.objects.all()] == [names[-1]]
    assert [name for name in names if default_storage.exists(name)] == [names[-1]]
    cache.clear()
