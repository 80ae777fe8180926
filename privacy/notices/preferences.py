"""What each person wants to be told, and where: in the product, by mail, both or neither."""

from collections.abc import Mapping, Sequence
from typing import Any

from privacy.notices.kinds import Kind, kind_of, kinds
from privacy.notices.models import NoticeChoice


def wishes(people: Sequence[Any], kind: str) -> dict[int, tuple[bool, bool]]:
    """Return for each person whether they want a kind in the product, and by mail: one query."""
    about = kind_of(kind)
    wished = dict.fromkeys((user.pk for user in people), (about.product, about.mail))
    if about.choosable:
        chosen = NoticeChoice.objects.filter(user__in=people, kind=kind)
        wished |= {choice.user_id: (choice.product, choice.mail) for choice in chosen}
    return wished


def choices_of(user: Any) -> list[tuple[Kind, bool, bool]]:
    """Return every kind that can be chosen, with what holds for the person: one query."""
    chosen = {choice.kind: choice for choice in NoticeChoice.objects.filter(user=user)}
    return [
        (kind, chosen[kind.key].product, chosen[kind.key].mail)
        if kind.key in chosen
        else (kind, kind.product, kind.mail)
        for kind in kinds()
        if kind.choosable
    ]


def choose(user: Any, wanted: Mapping[str, tuple[bool, bool]]) -> None:
    """Keep what a person wants, by kind: in the product, by mail. It holds for mail on its way."""
    rows = [
        NoticeChoice(user=user, kind=key, product=product, mail=mail)
        for key, (product, mail) in wanted.items()
        if kind_of(key).choosable
    ]
    NoticeChoice.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["product", "mail"],
    )
