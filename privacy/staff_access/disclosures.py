"""The record of disclosures: every transfer of personal data to somebody outside.

Transfers to outside services are recorded by the boundary of `integrations`; disclosures required
by law by staff. A person reads their own at /settings/disclosures/.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.boundary import Transfer, Undeclared, record_with
from privacy import datamap, notices
from privacy.staff_access.models import Disclosure, LegalDisclosure

# Words of other laws for selling: no purpose may mean that (JT-09 is tested against these).
SALE = ("sale", "sell", "sold", "rent", "lease", "monetary", "consideration", "advertis", "broker")


def record(transfer: Transfer) -> Callable[[], None]:
    """Write one row for each person concerned, in bulk, and return how to mark them failed."""
    if transfer.purpose not in datamap.PURPOSES:
        raise Undeclared(f"unknown purpose {transfer.purpose}")
    if transfer.basis not in {basis.value for basis in datamap.Basis}:
        raise Undeclared(f"unknown legal basis {transfer.basis}")
    made = Disclosure.objects.bulk_create(
        [
            Disclosure(
                user_id=person,
                provider=transfer.provider.key,
                recipient=transfer.provider.name,
                categories=list(transfer.categories),
                purpose=transfer.purpose,
                basis=transfer.basis,
            )
            for person in _people(transfer.about)
        ],
        batch_size=1000,
    )
    keys = [row.pk for row in made]

    def failed() -> None:
        Disclosure.objects.filter(pk__in=keys).update(failed=True)

    return failed


def _people(about: Sequence[int | str]) -> list[int | None]:
    """Return account keys, with None for each address that belongs to nobody here."""
    people: list[int | None] = [key for key in about if isinstance(key, int)]
    addresses = [address.upper() for address in about if isinstance(address, str)]
    if addresses:
        model = get_user_model()
        rows = model._default_manager.annotate(plain=Upper("email")).filter(plain__in=addresses)
        known = dict(rows.values_list("plain", "pk"))
        people += [known.get(address) for address in addresses]
    return people


record_with(record)


def sales() -> list[str]:
    """Return declared purposes of disclosure that amount to a sale; there must be none."""
    return [
        key
        for key, text in datamap.PURPOSES.items()
        if any(re.search(rf"\b{word}", f"{key} {text}".lower()) for word in SALE)
    ]


def count_of_sales(user: Any) -> int:
    """Return how many of a person's disclosures were a sale, counted from the record."""
    return Disclosure.objects.filter(user=user, purpose__in=sales()).count()


class NotAsked(Exception):
    """More was about to be given than was asked for."""


@transaction.atomic
def record_legal(
    staff: Any,
    user: Any,
    *,
    authority: str,
    law: str,
    asked: str,
    order: str = "",
    ground: str = LegalDisclosure.Ground.LAW,
    asked_categories: Sequence[str],
    given_categories: Sequence[str],
    disclosed_at: datetime,
    secret_until: date | None = None,
    secret_because: str = "",
) -> LegalDisclosure:
    """Record data given because of a law, to prevent a crime, or to protect somebody's rights.

    The person is told now, or when the ban ends of a law that forbids it. Raises NotAsked when
    categories are given that were not asked for, or were not needed.
    """
    if extra := set(given_categories) - set(asked_categories):
        raise NotAsked(", ".join(sorted(extra)))
    made = LegalDisclosure.objects.create(
        user=user,
        ground=ground,
        authority=authority,
        law=law,
        order=order,
        asked=asked,
        asked_categories=sorted(asked_categories),
        given_categories=sorted(given_categories),
        disclosed_at=disclosed_at,
        secret_until=secret_until,
        secret_because=secret_because,
        recorded_by=staff,
    )
    if not _is_secret(made):
        _tell(made)
    return made


def _is_secret(row: LegalDisclosure) -> bool:
    return row.secret_until is not None and row.secret_until >= timezone.localdate()


def _tell(row: LegalDisclosure) -> None:
    row.told_at = timezone.now()
    row.save(update_fields=["told_at"])
    if row.user is None:
        return
    title, text = _told(row)
    notices.tell(row.user, "rights", title, text, url=reverse("disclosures"))


def _told(row: LegalDisclosure) -> tuple[str, str]:
    """Return what the person reads: who has it, on which ground, and where the rest stands."""
    if row.ground == LegalDisclosure.Ground.LAW:
        title = _("Data about you was given to an authority")
        text = _(
            "%(authority)s asked for it under %(law)s. What was asked, and what was given, stands "
            "in your record of disclosures."
        )
    else:
        title = _("Data about you was given to others: %(ground)s")
        text = _(
            "%(authority)s received it, %(ground)s; it rests on %(law)s. What happened, and what "
            "was given, stands in your record of disclosures. If you think it was wrong, ask us, "
            "or complain to a data protection authority."
        )
    about = {"authority": row.authority, "law": row.law, "ground": row.get_ground_display()}
    return title % about, text % about


def tell_what_was_secret() -> int:
    """Tell every person whose order not to tell has ended; return how many were told."""
    count = 0
    over = Q(secret_until__isnull=True) | Q(secret_until__lt=timezone.localdate())
    for key in LegalDisclosure.objects.filter(over, told_at__isnull=True).values_list("pk")[:500]:
        with transaction.atomic():
            row = (
                LegalDisclosure.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("user")
                .filter(over, pk=key[0], told_at__isnull=True)
                .first()
            )
            if row is not None:
                _tell(row)
                count += 1
    return count
