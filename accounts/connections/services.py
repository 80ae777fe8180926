"""Writers of what ties people to each other. Each is idempotent and safe against races.

Two people's rows are always locked in the order of their keys, so that a follow and a block that
meet each other wait, and the block wins.
"""

from collections.abc import Callable, Iterable
from itertools import permutations
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.connections.deny_rules import blocked_with
from accounts.connections.models import Block, Follow, JammedWith, Mute
from accounts.connections.queries import may_meet
from accounts.identity.models import User
from accounts.identity.switches import SWITCHES
from foundation.live import cut_people
from privacy.gate.viewer import Viewer
from privacy.notices import delete_with, kind, tell

MAX_FOLLOWS = 20_000
kind(
    "follows",
    choosable=True,
    mail=False,
    title=_lazy("Followers"),
    text=_lazy("Somebody asks to follow you."),
)


class Refused(Exception):
    """The two can't be tied: they are one person, blocked, not here, or there are too many."""


def lock(one: User, other: User) -> list[User]:
    """Lock both people's rows and return them as they are now, in the order given."""
    if one.pk == other.pk:
        raise Refused
    keys = [one.pk, other.pk]
    # "no key": rows that name these people may still be written meanwhile.
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    people_by_key = {row.pk: row for row in rows}
    if len(people_by_key) != 2:
        raise Refused
    return [people_by_key[key] for key in keys]


def is_blocked(one: User, other: User) -> bool:
    """Return whether either of the two blocked the other."""
    return User.objects.filter(pk=other.pk, pk__in=blocked_with(Viewer(one.pk))).exists()


@transaction.atomic
def follow(follower: User, followee: User) -> Follow:
    """Follow, or ask to where the other decides; a child's follow is always asked for."""
    mine, theirs = lock(follower, followee)
    if is_blocked(mine, theirs) or not (mine.is_present and theirs.is_present):
        raise Refused
    if not may_meet(mine, [theirs.pk]):
        raise Refused
    if Follow.objects.filter(follower=mine).count() >= MAX_FOLLOWS:
        raise Refused
    asks = theirs.approves_followers or theirs.is_child
    state = Follow.State.REQUESTED if asks else Follow.State.ACCEPTED
    made, new = Follow.objects.get_or_create(
        follower=mine, followee=theirs, defaults={"state": state}
    )
    if not new and not asks and made.state != state:
        made.state = state
        made.save(update_fields=["state"])
    if new and asks:
        tell(
            theirs,
            "follows",
            _("Somebody would like to follow you"),
            _("You decide whether they may. Until then they see what everybody sees."),
            url=reverse("followers"),
            about=made,
        )
    return made


@transaction.atomic
def accept(request: Follow) -> None:
    """Let somebody follow who asked to."""
    Follow.objects.filter(pk=request.pk).update(state=Follow.State.ACCEPTED)


@transaction.atomic
def end_follow(tie: Follow) -> None:
    """End a follow, from either side, or decline one that was asked for."""
    delete_with(Follow.objects.filter(pk=tie.pk))
    cut_people(tie.follower_id)


@transaction.atomic
def unfollow(follower: User, followee: User) -> None:
    delete_with(Follow.objects.filter(follower=follower, followee=followee))
    cut_people(follower.pk)


@transaction.atomic
def block(blocker: User, blocked: User) -> Block:
    """Keep two people apart: neither sees the other, and follows end both ways."""
    mine, theirs = lock(blocker, blocked)
    made, _new = Block.objects.get_or_create(blocker=mine, blocked=theirs)
    either = Q(follower=mine, followee=theirs) | Q(follower=theirs, followee=mine)
    delete_with(Follow.objects.filter(either))
    cut_people(mine.pk, theirs.pk)
    return made


@transaction.atomic
def unblock(row: Block) -> None:
    """Take back one's own block; the other's, if there is one, stands. Follows don't return."""
    Block.objects.filter(pk=row.pk).delete()
    cut_people(row.blocker_id, row.blocked_id)  # sockets show again whom they left out


@transaction.atomic
def mute(muter: User, muted: User) -> Mute:
    """Have somebody's things left out of the lists and notices of another. Nobody is told."""
    if muter.pk == muted.pk or is_blocked(muter, muted):
        raise Refused
    made, _new = Mute.objects.get_or_create(muter=muter, muted=muted)
    return made


@transaction.atomic
def unmute(muter: User, muted: User) -> None:
    Mute.objects.filter(muter=muter, muted=muted).delete()


@transaction.atomic
def remember_jam(players: Iterable[int]) -> None:
    """Note that these people have played together: their sound is in one finished mix."""
    pairs = permutations(sorted(set(players)), 2)
    JammedWith.objects.bulk_create(
        [JammedWith(person_id=person, partner_id=other) for person, other in pairs],
        ignore_conflicts=True,
    )


@transaction.atomic
def switch(user: User, **switches: bool) -> None:
    """Set who may follow without asking and write, whether apps and search engines may look.

    `switches` are of `accounts.identity.switches`.
    """
    if unknown := set(switches) - set(SWITCHES):
        raise ValueError(f"no switches: {unknown}")
    User.objects.filter(pk=user.pk).update(**switches)


_writers_too: list[Callable[[User, User], bool]] = []


def may_write_too(allows: Callable[[User, User], bool]) -> None:
    """Have an app say who else may write to somebody who wants no strangers."""
    _writers_too.append(allows)


def may_write(author: User, to: User) -> bool:
    """Return whether somebody may begin to write to somebody, who may want no strangers."""
    if to.strangers_may_write:
        return True
    follows = Q(follower=to, followee=author)
    followed = Q(follower=author, followee=to, state=Follow.State.ACCEPTED)
    return (
        Follow.objects.filter(follows | followed).exists()
        or JammedWith.objects.filter(person=to, partner=author).exists()
        or any(allows(author, to) for allows in _writers_too)
    )


# Leaving -------------------------------------------------------------------------------


def purge_follows(user: Any, batch: int) -> int:
    rows = Follow.objects.filter(Q(follower=user) | Q(followee=user))
    return delete_with(rows.order_by("pk")[:batch])


def purge_blocks(user: Any, batch: int) -> int:
    return purge_rows(Block.objects.filter(Q(blocker=user) | Q(blocked=user)), batch)


def purge_mutes(user: Any, batch: int) -> int:
    return purge_rows(Mute.objects.filter(Q(muter=user) | Q(muted=user)), batch)


def purge_jams(user: Any, batch: int) -> int:
    return purge_rows(JammedWith.objects.filter(Q(person=user) | Q(partner=user)), batch)


def purge_rows(rows: Any, batch: int) -> int:
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:batch])
    rows.model.objects.filter(pk__in=keys).delete()
    return len(keys)


def stop_following(user: User, tie: Follow) -> None:
    """End one's own follow, also of somebody one can't see any more."""
    end_follow(tie)


def take_back_block(user: User, row: Block) -> None:
    """Unblock somebody one has blocked."""
    unblock(row)


def take_back_mute(user: User, row: Mute) -> None:
    """Hear again of somebody one has muted."""
    Mute.objects.filter(pk=row.pk, muter=user).delete()
