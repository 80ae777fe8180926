"""Telling many people of one row, each as they may see it: a row first, batches by a job.

A kind of notice that many are told of says whom it is for (`Kind.to`) and its words (`Kind.told`).
The request writes one row, whoever and however many they are. The job asks the gate who of them may
see what they would be told of, when it acts, batch by batch: the notices of a batch and the place
to go on from are one transaction, so that a killed worker's batches are whole and nobody is told
twice. When the mail is about to go, all of it is asked again (`privacy.notices.delivery`).
"""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils.translation import override

from foundation.work import failing_kindly, soon
from privacy.gate.access import audience_of
from privacy.notices.delivery import name_of, row_named, tell_many
from privacy.notices.kinds import find, kind_of
from privacy.notices.models import NoticeFanOut

BATCH = 500


@transaction.atomic
def tell_all(kind: str, about: Model) -> NoticeFanOut:
    """Order that all are told of a row whom a kind is for. A second order is the first one."""
    order, new = NoticeFanOut.objects.get_or_create(kind=kind_of(kind).key, about=name_of(about))
    if new:
        soon("privacy.run_fan_out", order.pk)
    return order


def run(order_id: int) -> None:
    """Tell everybody of one order. Safe to repeat, and to kill at any line."""
    order = NoticeFanOut.claim(order_id)
    if order is None:
        return
    with failing_kindly(order):
        while _batch(order.pk):
            order.keep()
        order.delete()


@transaction.atomic
def _batch(order_id: int) -> int:
    """Tell up to `BATCH` people behind the cursor; return how many, 0 when nobody is left."""
    order = NoticeFanOut.objects.select_for_update().filter(pk=order_id).first()
    kind = find(order.kind) if order is not None else None
    about: Any = row_named(order.about) if order is not None else None
    if order is None or kind is None or kind.to is None or about is None:
        return 0  # told by another worker, or there is nothing any more to tell of
    people = audience_of(about).filter(pk__in=kind.to(about).values("pk"), pk__gt=order.cursor)
    batch = list(people.order_by("pk")[:BATCH])
    if batch:
        with override(settings.LANGUAGE_CODE):
            title, text = map(str, kind.told)
        tell_many(batch, kind.key, title, text, url=about.get_absolute_url(), about=about)
        NoticeFanOut.objects.filter(pk=order.pk).update(cursor=batch[-1].pk)
    return len(batch)
