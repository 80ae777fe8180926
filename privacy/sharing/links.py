"""Share links: made, opened, taken back.

Who opens `/shared/<key>/` holds the link from then on, in the web session; the gate asks at each
question whether it is still in force (`relations.HoldsLink`), so taking it back ends it at once.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core import signing
from django.db import transaction
from django.db.models import F, Model, QuerySet
from django.urls import reverse
from django.utils import timezone

from privacy.gate.access import visible
from privacy.gate.audiences import Audience
from privacy.gate.rules import rule_of
from privacy.gate.viewer import Viewer
from privacy.sharing.models import ShareLink

MAX_IN_FORCE = 20  # of one item
_signer = signing.Signer(salt="privacy.links")


class TooManyLinks(Exception):
    """The item has as many links in force as it may."""


def of_item(rows: QuerySet[ShareLink], item: Model) -> QuerySet[ShareLink]:
    return rows.filter(
        item_model=item._meta.label_lower,
        item_id=item.public_id,  # type: ignore[attr-defined]
    )


def of_viewer(viewer: Viewer) -> QuerySet[ShareLink]:
    """Return the viewer's own links that weren't taken back."""
    return visible(ShareLink, viewer).filter(revoked_at=None)


def shapes(
    rows: Iterable[ShareLink], viewer: Viewer, absolute: Callable[[str], str]
) -> list[dict[str, Any]]:
    """Return what pages show of links; one query for each kind of item they open."""
    wanted: dict[str, list[str]] = {}
    for row in (rows := list(rows)):
        wanted.setdefault(row.item_model, []).append(row.item_id)
    items = {
        (label, item.public_id): item
        for label, ids in wanted.items()
        for item in visible(apps.get_model(label), viewer).filter(public_id__in=ids)
    }
    return [_shape(row, items.get((row.item_model, row.item_id)), absolute) for row in rows]


def _shape(row: ShareLink, item: Any, absolute: Callable[[str], str]) -> dict[str, Any]:
    return {
        **present_link(row, absolute),
        "item_title": getattr(item, "title", "") if item else "",
        "item_url": item.get_absolute_url() if item else "",
        "opens": item is not None and item.audience == Audience.LINK,
    }


def present_link(row: ShareLink, absolute: Callable[[str], str]) -> dict[str, Any]:
    """Return what an item's own page shows of one link."""
    return {
        "url": absolute(reverse("shared", args=[key_of(row)])),
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "used": row.used,
        "revoke_url": reverse("revoke_link", args=[row.public_id]),
    }


def in_force(viewer: Viewer, item: Model) -> list[ShareLink]:
    """Return the viewer's own links to an item, newest first, without those taken back."""
    mine = of_item(of_viewer(viewer), item)
    return list(mine.order_by("-created_at", "-pk")[:MAX_IN_FORCE])


@transaction.atomic
def make(item: Model, by: Any, expires_at: datetime | None = None) -> ShareLink:
    """Make one more link to an item that the person owns. Raises TooManyLinks past the limit."""
    owner = rule_of(type(item)).owner
    if owner is None or getattr(item, f"{owner}_id") != by.pk:
        raise ValueError("Only the owner shares an item.")
    if by.is_child:
        raise ValueError("Nothing of a child's is shared by a link.")
    type(item)._default_manager.select_for_update(of=("self",)).get(pk=item.pk)
    if of_item(ShareLink.objects.filter(revoked_at=None), item).count() >= MAX_IN_FORCE:
        raise TooManyLinks
    return ShareLink.objects.create(
        made_by=by,
        item_model=item._meta.label_lower,
        item_id=item.public_id,  # type: ignore[attr-defined]
        expires_at=expires_at,
    )


def revoke(link: ShareLink) -> None:
    """Take a link back; whoever holds it loses sight of the item at once. Idempotent."""
    ShareLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now())


def remove(user: Any, link: ShareLink) -> None:
    """Delete one of one's own links; it stops working with its row."""
    ShareLink.objects.filter(pk=link.pk, made_by=user).delete()


def key_of(link: ShareLink) -> str:
    """Return the secret part of a link's address."""
    return _signer.sign(link.public_id)


def find(key: str) -> ShareLink | None:
    """Return the link in force that an address stands for, or None."""
    try:
        public_id = _signer.unsign(key)
    except signing.BadSignature:
        return None
    link = ShareLink.objects.filter(public_id=public_id, revoked_at=None).first()
    over = link is not None and link.expires_at is not None and link.expires_at <= timezone.now()
    return None if over else link


def model_of(link: ShareLink) -> type[Model]:
    return apps.get_model(link.item_model)


def count_use(link: ShareLink) -> None:
    ShareLink.objects.filter(pk=link.pk).update(used=F("used") + 1)
