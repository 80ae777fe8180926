"""How much of the site's storage a person's own sound takes, and how much it may."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Sum

from sessions_app.models import ChatLine, Stem, StemChunk


@dataclass(frozen=True, slots=True)
class Use:
    """Bytes. `left` is never negative; `percent` is rounded up, so that 100 means full."""

    used: int
    limit: int

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def percent(self) -> int:
        return min(100, -(-100 * self.used // self.limit))


def use_of(user_id: int) -> Use:
    """Return what one's stems take, those on their way up included, and files in chats.

    Mixes are nobody's own.
    """
    stems = Stem.objects.filter(player=user_id).exclude(state=Stem.State.WITHDRAWN)
    whole = stems.aggregate(sum=Sum("size"))["sum"] or 0
    coming = StemChunk.objects.filter(stem__player=user_id).aggregate(sum=Sum("size"))["sum"] or 0
    shared = ChatLine.objects.filter(author=user_id).aggregate(sum=Sum("file_size"))["sum"] or 0
    return Use(whole + coming + shared, limit_bytes())


def limit_bytes() -> int:
    return int(settings.STORAGE_GB_PER_PERSON * 2**30)  # as pages count gigabytes


def largest(user_id: int, count: int = 20) -> list[Stem]:
    """Return one's largest stems, with their recordings."""
    stems = Stem.objects.filter(player=user_id, size__gt=0).select_related("recording")
    return list(stems.exclude(state=Stem.State.WITHDRAWN).order_by("-size", "-pk")[:count])
