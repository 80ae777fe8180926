"""Where a person is signed in: what is told of each, and ending them."""

import struct
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.identity.services import last_use
from accounts.models import KnownDevice, SafetyEvent
from accounts.security.services import agents, alerts, devices, sign_ins
from privacy.models import Notice
from tests.cast import PASSWORD, Cast, just_signed_in
from tests.coming_in import IPHONE, confirmed, links_in, sign_in
from tests.privacy.talking import Socket
from tests.told import deliver

NEW = "another stave of five lines"


@pytest.fixture(autouse=True)
def forget_notes() -> Iterator[None]:
    last_use._noted.clear()
    yield
    last_use._noted.clear()


def listed(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(reverse("sign_ins")).context["sign_ins"]
    return found


@pytest.mark.clause("technical-data")
@pytest.mark.promise("VJ-06")
def test_the_list_tells_device_system_app_place_and_when(cast: Cast) -> None:
    desk = sign_in("owner", zone="Europe/Berlin")
    phone = Client(headers={
        "User-Agent": IPHONE, "X-App-Version": "Jamsite 2.1", "X-Time-Zone": "America/Sao_Paulo"
    })  # fmt: skip
    sign_in("owner", client=phone)
    sign_in("stranger")
    newest, first = listed(desk)
    assert (first["machine"], first["is_here"]) == ("Firefox 128 · Ubuntu", True)
    assert (newest["machine"], newest["is_here"]) == ("Jamsite 2.1 · iPhone", False)
    facts = [{name: value for name, value in one["facts"] if value} for one in (newest, first)]
    assert facts == [
        {"System": "iOS 17", "Near": "Sao Paulo, America", "Address": "127.0.0.1"},
        {"Near": "Berlin, Europe", "Address": "127.0.0.1"},
    ]
    page = desk.get(reverse("sign_ins")).content.decode()
    for session in Session.objects.all():
        assert session.session_key not in page


@pytest.mark.clause("technical-data", "how-long")
@pytest.mark.promise("JK-05", "VJ-06", "VJ-18")
def test_what_came_by_itself_is_listed_then_shortened_then_gone(cast: Cast) -> None:
    """From the sign-in to the end, with the job that the scheduler runs, by its name there."""
    from celery import current_app
    from django.conf import settings

    def hourly() -> None:
        current_app.loader.import_default_modules()  # as a worker does when it starts
        current_app.tasks[settings.CELERY_BEAT_SCHEDULE["privacy-expire"]["task"]]()

    def page() -> str:
        return desk.get(reverse("sign_ins")).content.decode()

    desk = sign_in("owner")
    phone = Client(headers={"User-Agent": IPHONE}, REMOTE_ADDR="203.0.113.77")
    sign_in("owner", client=phone)
    row = UserSession.objects.get(ip="203.0.113.77")
    assert "203.0.113.77" in page() and "iPhone" in page()
    policy = " ".join(Client().get(reverse("policy")).content.decode().split())
    assert "the end of the address is cut off" in policy
    hourly()
    assert "203.0.113.77" in page()
    UserSession.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(days=8))
    hourly()
    assert "203.0.113.77" not in page() and "203.0.113.0" in page()
    long_ago = timezone.now() - timedelta(days=91)
    UserSession.objects.filter(pk=row.pk).update(created_at=long_ago, last_seen_at=long_ago)
    hourly()
    assert "203.0.113.0" not in page() and "iPhone" not in page()
    assert not UserSession.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("zone", ["<b>", "Europe/Nowhere", "UTC", "", "Etc/GMT+3", "x" * 4000])
def test_a_place_that_is_none_is_left_out(cast: Cast, zone: str) -> None:
    client = sign_in("owner", zone=zone)
    [row] = listed(client)
    assert dict(row["facts"])["Near"] == ""


def test_whatever_a_machine_says_of_itself_is_shown_as_words(cast: Cast) -> None:
    odd = Client(headers={"User-Agent": "\x07<script>", "X-App-Version": "<b>" + "x" * 500})
    sign_in("owner", client=odd)
    page = odd.get(reverse("sign_ins"))
    [row] = page.context["sign_ins"]
    assert len(row["machine"]) == agents.LONGEST
    assert b"<b>x" not in page.content


@pytest.mark.clause("technical-data")
@pytest.mark.promise("VJ-06")
def test_one_is_ended_and_the_others_stay(cast: Cast) -> None:
    here, there = sign_in("owner"), sign_in("owner")
    token = next(one["token"] for one in listed(here) if not one["is_here"])
    assert (
        cast.client("stranger").post(reverse("end_sign_in"), {"sign_in": token}).status_code == 404
    )
    assert there.get(reverse("settings")).status_code == 200
    assert here.post(reverse("end_sign_in"), {"sign_in": token}).status_code == 302
    assert there.get(reverse("settings")).status_code == 302
    assert [one["is_here"] for one in listed(here)] == [True]
    here.post(reverse("end_sign_in"), {"sign_in": listed(here)[0]["token"]})
    assert here.get(reverse("settings")).status_code == 302


@pytest.mark.clause("technical-data")
@pytest.mark.promise("JT-12", "VJ-06")
def test_all_others_are_ended_once_it_is_known_who_asks(cast: Cast) -> None:
    here, there, app = sign_in("owner"), sign_in("owner"), sign_in("owner")
    just_signed_in(here, seconds_ago=3600)
    asked = here.post(reverse("end_other_sign_ins"))
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert there.get(reverse("settings")).status_code == 200
    confirmed(here)
    assert here.post(reverse("end_other_sign_ins")).status_code == 302
    codes = [one.get(reverse("settings")).status_code for one in (here, there, app)]
    assert codes == [200, 302, 302]
    assert UserSession.objects.filter(user=cast["owner"]).count() == 1


def test_ending_all_twice_ends_them_once(cast: Cast) -> None:
    sign_in("owner")
    assert sign_ins.end_all(cast["owner"]) == 1
    assert sign_ins.end_all(cast["owner"]) == 0


def test_open_sockets_end_with_their_sign_in(
    cast: Cast, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """Two browsers are in one conversation; the sign-in of one of them is ended."""
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)
    talk = cast.conversation("owner", "participant")
    one, other = sign_in("owner"), sign_in("owner")

    def end_others() -> None:
        with django_capture_on_commit_callbacks() as callbacks:
            sign_ins.end_all(cast["owner"], but=one.session.session_key)
        for each in callbacks:
            each()

    @async_to_sync
    async def story() -> list[dict[str, Any]]:
        sockets = [
            Socket(
                f"/ws/messages/{talk.public_id}/",
                f"jamsite_session={client.cookies['jamsite_session'].value}",
            )
            for client in (one, other)
        ]
        for socket in sockets:
            await socket.open()
            await socket.say({"t": "send", "text": "", "ref": str(uuid.UUID(int=1))})
            assert (await socket.hear())["t"] == "error"  # it is there, and answers
        await database_sync_to_async(end_others)()
        ended = await sockets[1].hear()
        await sockets[0].say({"t": "send", "text": "", "ref": str(uuid.UUID(int=2))})
        stays = await sockets[0].hear()
        for socket in sockets:
            await socket.close()
        return [ended, stays]

    ended, stays = story()
    assert (ended, stays["t"]) == ({"closed": 4404}, "error")


# When it was last used --------------------------------------------------------------------------


@pytest.mark.clause("technical-data")
@pytest.mark.promise("VJ-06")
def test_last_use_is_noted_beside_the_request_and_written_by_a_job(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    client = sign_in("owner")
    last_use._noted.clear()
    old = timezone.now() - timedelta(hours=3)
    UserSession.objects.update(last_seen_at=old)
    client.get(reverse("settings"))
    row = UserSession.objects.get()
    assert row.last_seen_at == old
    assert last_use.write_down() == 1
    row.refresh_from_db()
    assert timezone.now() - row.last_seen_at < timedelta(minutes=1)
    assert last_use.write_down() == 0
    client.get(reverse("settings"))  # within five minutes nothing is noted again
    assert last_use.write_down() == 0


def test_a_new_password_keeps_the_sign_in_and_its_first_use(cast: Cast) -> None:
    client, other = sign_in("owner"), sign_in("owner")
    before = UserSession.objects.get(session_key=client.session.session_key)
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post(reverse("account_change_password"), form).status_code == 302
    [row] = UserSession.objects.filter(user=cast["owner"])
    assert (row.pk, row.created_at) == (before.pk, before.created_at)
    assert row.session_key == client.session.session_key != before.session_key
    assert [one.get(reverse("settings")).status_code for one in (client, other)] == [200, 302]


# Alerts -------------------------------------------------------------------------------------------


@pytest.mark.clause("alerts")
@pytest.mark.promise("VJ-08")
def test_a_sign_in_from_a_new_browser_is_told_and_from_a_known_one_not(cast: Cast) -> None:
    home = sign_in("owner")  # the first one of a young account is its own
    assert not SafetyEvent.objects.exists()
    home.post(reverse("account_logout"))
    sign_in("owner", client=home)
    assert not SafetyEvent.objects.exists()
    sign_in("owner", client=Client(headers={"User-Agent": IPHONE}), zone="Asia/Tokyo")
    [event] = SafetyEvent.objects.all()
    assert (event.kind, event.detail) == ("sign_in", "Mobile Safari 17 · iPhone")
    notice = Notice.objects.get(user=cast["owner"])
    assert "Mobile Safari 17 · iPhone near Tokyo, Asia" in notice.text
    assert len(links_in("owner@mail.example", "/lock/")) == 1
    deliver()
    # What is kept in the product has no link that acts.
    assert "/lock/" not in notice.text and not Notice.objects.filter(user=None).exists()


@pytest.mark.clause("alerts")
@pytest.mark.promise("VJ-08")
@pytest.mark.parametrize("change", ["password", "email_added", "email_removed", "disconnected"])
def test_what_changes_the_way_in_is_told_in_the_product_and_by_mail(
    cast: Cast, change: str
) -> None:
    from allauth.account.models import EmailAddress, EmailConfirmationHMAC
    from allauth.socialaccount.models import SocialAccount

    owner, client = cast["owner"], confirmed(cast.client("owner"))
    if change == "password":
        form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
        client.post(reverse("account_change_password"), form)
    elif change == "email_added":
        row = EmailAddress.objects.create(user=owner, email="more@mail.example")
        client.post(reverse("account_confirm_email", args=[EmailConfirmationHMAC(row).key]))
    elif change == "email_removed":
        EmailAddress.objects.create(user=owner, email="more@mail.example", verified=True)
        form = {"email": "more@mail.example", "action_remove": ""}
        client.post(reverse("account_email"), form)
    else:
        from allauth.account.adapter import get_adapter

        account = SocialAccount.objects.create(user=owner, provider="elsewhere", uid="1")
        account.get_provider = type("P", (), {"name": "Elsewhere"})
        get_adapter().send_notification_mail(
            "socialaccount/email/account_disconnected", owner, {"account": account}
        )
    assert [one.kind for one in SafetyEvent.objects.all()] == [change]
    assert Notice.objects.filter(user=owner, kind="safety").count() == 1
    deliver()
    told = {letter.to[0]: "/lock/" in str(letter.body) for letter in mail.outbox}
    also = {"more@mail.example": False} if change == "email_removed" else {}
    assert told == {"owner@mail.example": True, **also}


def test_the_log_shows_ones_own_and_nobody_shortens_it(cast: Cast) -> None:
    for role in ("owner", "stranger"):
        alerts.note(cast[role], SafetyEvent.Kind.PASSWORD, f"mark-{role}")
    page = cast.client("owner").get(reverse("safety_log")).content.decode()
    assert ("mark-owner" in page, "mark-stranger" in page) == (True, False)
    held = cast.client("owner").get(reverse("held_kind", args=["accounts-safetyevent"]))
    assert b"Delete for good" not in held.content


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_ask_the_database_as_often_for_one_as_for_three(
    cast: Cast, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        client = sign_in("owner")
        alerts.note(cast["owner"], SafetyEvent.Kind.PASSWORD)
    client.get(reverse("sign_ins"))
    for route, queries in (("sign_ins", 2), ("safety_log", 2)):
        with django_assert_num_queries(queries):
            client.get(reverse(route))


# Devices ----------------------------------------------------------------------------------------


def test_two_people_in_one_browser_cannot_be_told_to_share_it(cast: Cast, rf: Any) -> None:
    shared = sign_in("owner")
    shared.post(reverse("account_logout"))
    sign_in("stranger", client=shared)
    one, other = KnownDevice.objects.order_by("pk")
    assert one.user != other.user and one.secret_hash != other.secret_hash
    request = rf.get("/")
    request.COOKIES["jamsite_device"] = shared.cookies["jamsite_device"].value
    assert [devices.is_known(request, cast[who]) for who in ("owner", "stranger", "former")] == [
        True, True, False,
    ]  # fmt: skip
    devices.forget_all(cast["owner"])
    assert [devices.is_known(request, cast[who]) for who in ("owner", "stranger")] == [False, True]


def test_only_so_many_devices_are_known(cast: Cast) -> None:
    for _ in range(devices.MOST + 2):
        sign_in("owner")
    assert KnownDevice.objects.filter(user=cast["owner"]).count() == devices.MOST


# The operator's own database of addresses -----------------------------------------------------


def database(folder: Path) -> Path:
    """Write the smallest MaxMind file: every IPv4 address is in one town."""

    def text(value: str) -> bytes:
        data = value.encode()
        return bytes([0x40 | len(data)]) + data

    def table(**items: bytes) -> bytes:
        return bytes([0xE0 | len(items)]) + b"".join(text(k) + v for k, v in items.items())

    def number(kind: int, size: int, value: int) -> bytes:
        data = struct.pack(">Q", value)[8 - size :]
        head = bytes([kind << 5 | size]) if kind < 8 else bytes([size, kind - 7])
        return head + data

    def place(name: str) -> bytes:
        return table(names=table(en=text(name)))

    nodes = 1
    pointer = struct.pack(">I", nodes + 16)[1:]  # both branches lead to the first record
    tree = pointer + pointer
    record = table(city=place("Ghent"), country=place("Belgium"))
    about = table(
        node_count=number(6, 1, nodes), record_size=number(5, 1, 24), ip_version=number(5, 1, 4),
        database_type=text("Test"), languages=bytes([0x01, 0x04]) + text("en"),
        binary_format_major_version=number(5, 1, 2), binary_format_minor_version=number(5, 1, 0),
        build_epoch=number(9, 4, 1), description=table(en=text("Test")),
    )  # fmt: skip
    path = folder / "places.mmdb"
    path.write_bytes(tree + b"\0" * 16 + record + b"\xab\xcd\xefMaxMind.com" + about)
    return path


def test_a_database_of_the_operator_names_the_town(
    cast: Cast, settings: Any, tmp_path: Path
) -> None:
    settings.GEOIP_DATABASE = str(database(tmp_path))
    client = sign_in("owner", zone="Europe/Berlin")
    [row] = listed(client)
    assert dict(row["facts"])["Near"] == "Ghent, Belgium"


def test_signing_in_asks_as_much_however_many_sign_ins_there_are(cast: Cast) -> None:
    """allauth looks at each of them at every new one; here a job does."""

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            sign_in("owner")
        return len(queries)

    sign_in("owner")
    few = asked()
    for _ in range(5):
        sign_in("owner")
    assert asked() == few
