"""Deletion orders to outside services: placed with the purge, sent, asked about, confirmed.

Each order is a row until the service confirms; what it knows the person by is kept encrypted with
the order, and emptied at the end. What is not confirmed in time is told to the site's contact.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from foundation import sealing
from foundation.addresses import absolute
from foundation.work import failing_kindly, soon
from integrations import deletion, networks, providers, revoking
from privacy import notices
from privacy.erasure.models import DeletionOrder, Erasure

ASK_AGAIN = timedelta(hours=1)
LAST_LETTER = timedelta(days=1)  # the mail service carries the receipt before it is told to forget
S = DeletionOrder.State
notices.kind("orders", why="You are the contact of this site for privacy.")

Subject = Callable[[providers.Provider, Any], dict[str, Any] | None]
_subjects: dict[str, Subject] = {}


def subject(kind: str, of: Subject) -> None:
    """Register what services of a kind ("mail", or "openid" of "openid:…") know people by.

    `of(provider, user)` returns it as plain data, or None when that service has nothing of theirs.
    """
    _subjects[kind] = of


def place(erasure: Erasure, user: Any) -> list[DeletionOrder]:
    """Write an order for each configured service that has something of this person."""
    now = timezone.now()
    made = []
    for provider in providers.configured():
        of = _subjects.get(provider.key.partition(":")[0], _by_public_id)
        known_by = of(provider, user)
        if known_by is None:
            continue
        order = DeletionOrder(
            erasure=erasure,
            provider=provider.key,
            subject=sealing.seal(json.dumps(known_by)),
            deadline=now + timedelta(days=settings.DELETION_ORDER_DAYS),
            due_at=now + LAST_LETTER if provider.key == "mail" else now,
        )
        made.append(order)
    DeletionOrder.objects.bulk_create(made, ignore_conflicts=True)
    return made


def give_back(provider_key: str, known_by: dict[str, Any]) -> DeletionOrder:
    """Order that a network's permission is given back, for somebody who took the network away.

    `known_by`: "person" (key of the account), "subject" (its id there) and "tokens".
    """
    order = DeletionOrder.objects.create(
        provider=provider_key,
        subject=sealing.seal(json.dumps(known_by)),
        deadline=timezone.now() + timedelta(days=settings.DELETION_ORDER_DAYS),
    )
    soon("privacy.run_deletion_order", order.pk)
    return order


def _by_public_id(provider: providers.Provider, user: Any) -> dict[str, Any]:
    return {"user": user.public_id}


def run(order_id: int) -> None:
    """Send one order, or ask how it stands. Safe to repeat, and to kill at any line."""
    order = DeletionOrder.claim(order_id)
    if order is None:
        return
    with failing_kindly(order):
        known_by = known_by_service(order)
        endpoint = deletion.endpoint_of(order.provider)
        if "tokens" in known_by:
            _revoke(order, known_by)
        elif endpoint is not None:
            _by_protocol(order, endpoint, known_by)
        else:
            _by_hand(order)


def known_by_service(order: DeletionOrder) -> dict[str, Any]:
    """Return what the service knows the person by; empty once the order is confirmed."""
    known_by = json.loads(sealing.unseal(order.subject)) if order.subject is not None else {}
    return known_by if isinstance(known_by, dict) else {}


def _revoke(order: DeletionOrder, known_by: dict[str, Any]) -> None:
    network = networks.find_by_key(order.provider)
    if not known_by["tokens"] and not revoking.by_app(network):
        confirm(order, "nothing kept")  # no token was stored, so there is none to revoke
        return
    revoking.revoke(network, known_by["subject"], known_by["tokens"], _whom(order, known_by))
    confirm(order, "tokens revoked")


def _by_protocol(
    order: DeletionOrder, endpoint: deletion.Endpoint, known_by: dict[str, Any]
) -> None:
    if order.sent_at is None:
        about = {
            "order": order.public_id,
            "action": "delete",
            "subject": known_by,
            "deadline": order.deadline.isoformat(),
            "callback": absolute(reverse("order_callback", args=[order.public_id])),
        }
        done = deletion.order(
            endpoint, providers.find(order.provider), about, _whom(order, known_by)
        )
        _note_sent(order)
    else:
        done = deletion.ask(endpoint, order.public_id)
    if done:
        confirm(order, "by the service")
    else:
        order.state = S.ORDERED
        DeletionOrder.objects.filter(pk=order.pk, state=S.FAILED).update(state=S.ORDERED)
        _wait(order, timezone.now() + ASK_AGAIN)


def _whom(order: DeletionOrder, known_by: dict[str, Any]) -> list[int]:
    """Return the account that this is about, as long as there is one."""
    person = order.erasure.user_id if order.erasure is not None else known_by.get("person")
    people = get_user_model().objects.filter(pk=person or 0)
    return [person.pk for person in people]


def _by_hand(order: DeletionOrder) -> None:
    """Tell the site's contact that a service without a door for this has to be told by a person."""
    if order.sent_at is None:
        with transaction.atomic():
            _tell_contact(order, _("A service has to be told to delete"))
            _note_sent(order)
    _wait(order, order.deadline)


def _wait(order: DeletionOrder, until: Any) -> None:
    """Look again later, unless the service confirmed by itself a moment ago."""
    still = DeletionOrder.objects.filter(pk=order.pk).exclude(state=S.CONFIRMED)
    still.update(status=order.Status.WAITING, due_at=until, leased_until=None, attempts=0, error="")


def _note_sent(order: DeletionOrder) -> None:
    order.sent_at = timezone.now()
    DeletionOrder.objects.filter(pk=order.pk).update(sent_at=order.sent_at)


def confirm(order: DeletionOrder, how: str) -> bool:
    """Note that a service has deleted, and forget what it knew the person by. Idempotent."""
    rows = DeletionOrder.objects.filter(pk=order.pk).exclude(state=S.CONFIRMED)
    return bool(
        rows.update(
            state=S.CONFIRMED,
            status=order.Status.DONE,
            leased_until=None,
            percent=100,
            error="",
            subject=None,
            confirmed_at=timezone.now(),
            confirmed_how=how,
        )
    )


def called_back(public_id: str, body: bytes, signature: str) -> bool:
    """Take a service's word that it has deleted, if it is signed with that service's secret."""
    order = DeletionOrder.objects.filter(public_id=public_id).first()
    endpoint = deletion.endpoint_of(order.provider) if order is not None else None
    if order is None or endpoint is None:
        return False
    if not deletion.is_signed(endpoint.secret, body, signature):
        return False
    try:
        said = json.loads(body)
    except ValueError:
        return False
    if said != {"order": public_id, "state": "deleted"}:
        return False
    confirm(order, "by the service")
    return True


def overdue() -> Any:
    """Return the orders that nobody confirmed in time, oldest first."""
    rows = DeletionOrder.objects.filter(
        deadline__lt=timezone.now(), state__in=[S.ORDERED, S.FAILED]
    )
    return rows.order_by("deadline", "pk")


def alarm() -> int:
    """Tell the site's contact of each order that is overdue, once; return of how many."""
    late = list(overdue().filter(alarmed_at__isnull=True)[:100])
    for order in late:
        with transaction.atomic():
            rows = DeletionOrder.objects.filter(pk=order.pk, alarmed_at__isnull=True)
            if rows.update(alarmed_at=timezone.now()):
                _tell_contact(order, _("A deletion order is overdue"))
    return len(late)


def _tell_contact(order: DeletionOrder, title: str) -> None:
    with override(settings.LANGUAGE_CODE):
        text = _(
            "Service: %(provider)s\nOrder: %(order)s\nTo be confirmed by: %(date)s\n\n"
            "What it knows the person by is shown in the admin:\n%(link)s"
        ) % {
            "provider": order.provider,
            "order": order.public_id,
            "date": order.deadline.date().isoformat(),
            "link": absolute(reverse("admin:privacy_deletionorder_change", args=[order.pk])),
        }
        notices.write(settings.CONTACT_EMAIL, "orders", title, text)
