"""Names of public pages whose owner left, so that they answer 410 and are never reused.

Only what anyone could open gets a tombstone: a 410 for a private page would tell that it existed.
A tombstone holds a keyed hash, so the table can't be read back into names.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import Model
from django.utils import timezone
from django.utils.crypto import salted_hmac


def bury(model: type[Model], names: list[str], erasure_id: int) -> None:
    from privacy.models import Tombstone

    until = timezone.now() + timedelta(days=settings.RETENTION_NAMES_DAYS)
    Tombstone.objects.bulk_create(
        [
            Tombstone(name_hash=_hash(model, name), erasure_id=erasure_id, until=until)
            for name in names
        ],
        ignore_conflicts=True,
    )


def unbury(erasure_id: int) -> None:
    """Take tombstones back when a person changes their mind."""
    from privacy.models import Tombstone

    Tombstone.objects.filter(erasure_id=erasure_id).delete()


def is_buried(model: type[Model], name: str) -> bool:
    from privacy.models import Tombstone

    return Tombstone.objects.filter(name_hash=_hash(model, name)).exists()


def _hash(model: type[Model], name: str) -> str:
    key = f"{model._meta.label_lower}:{name.casefold()}"
    return salted_hmac("privacy.tombstones", key, algorithm="sha256").hexdigest()
