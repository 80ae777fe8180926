"""Names of public pages whose owner left, so that they answer 410 and are never reused.

Only what anyone could open gets a tombstone: a 410 for a private page would tell that it existed.
A tombstone holds a keyed hash, so the table can't be read back into names; after a change of
SECRET_KEY older ones are found as long as SECRET_KEY_FALLBACKS holds the old key.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Model
from django.utils import timezone
from django.utils.crypto import salted_hmac

from privacy.gate.models import Tombstone


def bury(
    model: type[Model],
    names: list[str],
    erasure_id: int | None = None,
    since: datetime | None = None,
) -> None:
    """Remember names that are gone; without an erasure, for what ended while its people stayed.

    `since` is when they were given up, if that is longer ago: their time began then.
    """
    until = (since or timezone.now()) + timedelta(days=settings.RETENTION_NAMES_DAYS)
    Tombstone.objects.bulk_create(
        [
            Tombstone(name_hash=_hash(model, name), erasure_id=erasure_id, until=until)
            for name in names
        ],
        ignore_conflicts=True,
    )


def unbury(erasure_id: int) -> None:
    """Take tombstones back when a person changes their mind."""
    Tombstone.objects.filter(erasure_id=erasure_id).delete()


def is_buried(model: type[Model], name: str) -> bool:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    hashes = [_hash(model, name, secret) for secret in secrets]
    return Tombstone.objects.filter(name_hash__in=hashes).exists()


def _hash(model: type[Model], name: str, secret: str | bytes | None = None) -> str:
    key = f"{model._meta.label_lower}:{name.casefold()}"
    return salted_hmac("privacy.tombstones", key, secret, algorithm="sha256").hexdigest()
