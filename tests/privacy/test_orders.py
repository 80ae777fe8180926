"""Outside services are told to delete, over real HTTP, until they confirm."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.conf import settings as site
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integrations import deletion
from privacy import erasure
from privacy.erasure import provider_orders
from privacy.models import DeletionOrder, Disclosure, Erasure
from privacy.tasks import prove_erasures
from tests.cast import Cast
from tests.told import deliver

SECRET = "a-secret-that-both-sides-know-0123456789"
# How a service answers that doesn't simply delete.
MOODS = {
    "broken": (500, {"state": "deleted"}),
    "pending": (202, {"state": "pending"}),
    "elsewhere": (302, {"state": "deleted"}),
    "odd": (200, {"state": "perhaps"}),
}


class Service:
    """An outside service that speaks the protocol; `mood` says how it answers the next orders."""

    def __init__(self) -> None:
        self.mood = "deleted"
        self.orders: dict[str, Any] = {}
        self.calls: list[tuple[str, str]] = []
        self.revoked: list[str] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service.answer(self)

            def do_POST(self) -> None:
                service.answer(self)

            def log_message(self, *args: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, call: BaseHTTPRequestHandler) -> None:
        body = call.rfile.read(int(call.headers.get("Content-Length") or 0))
        self.calls.append((call.command, call.path))
        status, said = 200, {"state": "deleted"}
        if call.path == "/.well-known/openid-configuration":
            said = {"revocation_endpoint": f"{self.url}/revoke"}
        elif call.path == "/revoke":
            self.revoked.append(body.decode())
            assert call.headers["Authorization"].startswith("Basic ")
        else:
            accepted = self.take(call, body)
            if self.mood == "slow":
                time.sleep(1)
            status, said = MOODS.get(self.mood, (200 if accepted else 401, said))
        call.send_response(status)
        call.send_header("Content-Type", "application/json")
        if status == 302:
            call.send_header("Location", f"{self.url}/other")
        call.end_headers()
        call.wfile.write(json.dumps(said).encode())

    def take(self, call: BaseHTTPRequestHandler, body: bytes) -> bool:
        """Take an order in, or a question about one; False when it isn't signed by the site."""
        signed = body if call.command == "POST" else call.path.split("/")[-1].encode()
        if not deletion.is_signed(SECRET, signed, call.headers[deletion.SIGNATURE]):
            return False
        if call.command == "POST":
            order = json.loads(body)
            assert call.headers["Idempotency-Key"] == order["order"]
            self.orders[order["order"]] = order
        return True


@pytest.fixture
def service(settings: Any) -> Iterator[Service]:
    """A mail provider that takes deletion orders."""
    found = Service()
    settings.EMAIL_HOST = "mail.provider.example"
    settings.DELETION_ENDPOINTS = {"mail": {"url": f"{found.url}/orders", "secret": SECRET}}
    yield found
    found.server.shutdown()
    found.server.server_close()


def leaves(user: Any) -> Erasure:
    row = erasure.request(user)
    Erasure.objects.filter(pk=row.pk).update(due_at=row.requested_at)
    erasure.run(row.pk)
    return row


def works(order: DeletionOrder) -> DeletionOrder:
    """Let the time come, and do what the worker does."""
    DeletionOrder.objects.filter(pk=order.pk, status="waiting").update(due_at=timezone.now())
    with contextlib.suppress(deletion.Refused):  # the worker logs it
        provider_orders.run(order.pk)
    order.refresh_from_db()
    return order


@pytest.mark.clause("deletion-orders")
@pytest.mark.promise("JK-27")
def test_a_service_is_told_whom_and_confirms_at_once(cast: Cast, service: Service) -> None:
    order = leaves(cast["owner"]).orders.get()
    assert (order.provider, order.state, service.calls) == ("mail", "ordered", [])
    assert b"owner" not in bytes(order.subject or b"")  # encrypted while it waits
    works(order)
    assert (order.state, order.status, order.subject, order.confirmed_how) == (
        "confirmed", "done", None, "by the service",
    )  # fmt: skip
    told = service.orders[order.public_id]
    assert told["subject"] == {"addresses": ["owner@mail.example"]}
    assert told["action"] == "delete"
    path = reverse("order_callback", args=[order.public_id])
    assert told == {
        "order": order.public_id, "action": "delete", "subject": told["subject"],
        "deadline": order.deadline.isoformat(), "callback": f"{site.SITE_URL}{path}",
    }  # fmt: skip
    works(order)
    assert len(service.calls) == 1  # a duplicate message does nothing


@pytest.mark.clause("deletion-orders")
@pytest.mark.promise("JK-27")
def test_what_is_accepted_is_asked_about_until_it_is_done(cast: Cast, service: Service) -> None:
    service.mood = "pending"
    order = works(leaves(cast["owner"]).orders.get())
    assert (order.state, order.status) == ("ordered", "waiting")
    assert order.due_at > timezone.now() + timedelta(minutes=30)
    works(order)
    service.mood = "deleted"
    works(order)
    assert order.state == "confirmed"
    assert service.calls == [
        ("POST", "/orders"), *[("GET", f"/orders/{order.public_id}")] * 2,
    ]  # fmt: skip


@pytest.mark.clause("deletion-orders")
@pytest.mark.parametrize("mood", ["broken", "slow", "elsewhere", "odd"])
def test_what_fails_is_tried_again_and_never_given_up(
    cast: Cast, service: Service, monkeypatch: pytest.MonkeyPatch, mood: str
) -> None:
    monkeypatch.setattr(deletion, "TIMEOUT", (0.3, 0.3))
    service.mood = mood
    order = leaves(cast["owner"]).orders.get()
    for number in range(12 if mood == "broken" else 2):
        works(order)
        assert (order.state, order.status, order.attempts) == ("failed", "waiting", number + 1)
        assert order.due_at <= timezone.now() + timedelta(hours=6)
    assert ("GET", "/other") not in service.calls  # redirects are not followed
    service.mood = "deleted"
    monkeypatch.setattr(deletion, "TIMEOUT", (5, 5))
    assert works(order).state == "confirmed"


@pytest.mark.clause("deletion-orders")
def test_a_service_may_call_back_and_only_with_its_secret(cast: Cast, service: Service) -> None:
    service.mood = "pending"
    order = works(leaves(cast["owner"]).orders.get())
    path = reverse("order_callback", args=[order.public_id])
    body = json.dumps({"order": order.public_id, "state": "deleted"}).encode()
    client = Client(enforce_csrf_checks=True)

    def call(where: str, said: bytes, signature: str) -> int:
        headers = {"X-Jamsite-Signature": signature}
        return client.post(
            where, said, content_type="application/json", headers=headers
        ).status_code

    good = deletion.sign(SECRET, body)
    old = f"t={int(time.time()) - 400},v1={'0' * 64}"
    odd = b'{"order": "x", "state": "deleted"}'
    bad = [call(path, body, ""), call(path, body, old), call(path, body, "t=1"),
           call(path, body, deletion.sign("another secret", body)), call(path, b"{}", good),
           call(path, odd, deletion.sign(SECRET, odd)),
           call(reverse("order_callback", args=["x" * 22]), body, good)]  # fmt: skip
    assert bad == [404] * 7
    order.refresh_from_db()
    assert order.state == "ordered"
    assert [call(path, body, good), call(path, body, good)] == [204, 204]
    order.refresh_from_db()
    assert (order.state, order.subject) == ("confirmed", None)


@pytest.mark.clause("deletion-orders")
@pytest.mark.promise("JK-27")
def test_a_service_without_a_door_is_told_by_a_person_who_confirms(
    cast: Cast, settings: Any, admin_client: Any
) -> None:
    settings.EMAIL_HOST = "mail.provider.example"
    order = works(leaves(cast["owner"]).orders.get())
    deliver()
    letters = [one for one in mail.outbox if one.to == [settings.CONTACT_EMAIL]]
    assert [order.public_id in one.body for one in letters] == [True]
    assert "owner@mail.example" not in letters[0].body
    assert order.state == "ordered"
    DeletionOrder.objects.update(deadline=timezone.now() - timedelta(days=1))
    prove_erasures()
    prove_erasures()
    deliver()
    assert len([one for one in mail.outbox if "overdue" in one.subject]) == 1
    page = admin_client.get(reverse("admin:privacy_deletionorder_changelist"), {"overdue": "yes"})
    assert order.public_id in page.content.decode()
    shown = admin_client.get(reverse("admin:privacy_deletionorder_change", args=[order.pk]))
    assert "owner@mail.example" in shown.content.decode()
    admin_client.post(
        reverse("admin:privacy_deletionorder_changelist"),
        {"action": "confirm", "_selected_action": [order.pk]},
    )
    order.refresh_from_db()
    assert (order.state, order.confirmed_how, order.subject) == ("confirmed", "by hand", None)
    assert list(provider_orders.overdue()) == []


@pytest.mark.clause("deletion-orders")
@pytest.mark.promise("JK-27")
@pytest.mark.parametrize("kept", [True, False])
def test_a_sign_in_network_gets_its_tokens_back(cast: Cast, settings: Any, kept: bool) -> None:
    service = Service()
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [
        {"provider_id": "guild", "name": "Guild", "client_id": "us", "secret": "shh",
         "settings": {"server_url": service.url}},
    ]}}  # fmt: skip
    account = SocialAccount.objects.create(user=cast["owner"], provider="guild", uid="g-17")
    if kept:
        app = SocialApp.objects.create(provider="openid_connect", name="Guild", client_id="us")
        SocialToken.objects.create(app=app, account=account, token="tok-1")
    order = works(leaves(cast["owner"]).orders.get())
    assert (order.provider, order.state) == ("openid:guild", "confirmed")
    assert service.revoked == (["token=tok-1"] if kept else [])
    assert order.confirmed_how == ("tokens revoked" if kept else "nothing kept")
    service.server.shutdown()
    service.server.server_close()


def test_who_has_nothing_at_a_service_orders_nothing_there(cast: Cast, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [
        {"provider_id": "guild", "name": "Guild", "client_id": "us", "secret": "shh",
         "settings": {"server_url": "http://127.0.0.1:9"}},
    ]}}  # fmt: skip
    settings.TURN_URLS = ["turn:relay.example"]
    assert list(leaves(cast["owner"]).orders.all()) == []


@pytest.mark.clause("deletion-orders")
def test_the_transfer_itself_is_on_record_while_there_is_an_account(
    cast: Cast, service: Service
) -> None:
    """A purge that a hold stops still tells services; the person sees that they were told."""
    from privacy.models import LegalHold

    LegalHold.objects.create(
        user=cast["owner"], fields=["accounts.user.email"], reason="a claim", basis="art. 17(3)e",
        ends_at=timezone.now() + timedelta(days=9),
    )  # fmt: skip
    works(leaves(cast["owner"]).orders.get())
    told = Disclosure.objects.get(user=cast["owner"], purpose="rights")
    assert told.provider == "mail"
