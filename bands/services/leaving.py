"""What leaving does to bands: the leaver's seat goes, the band stays with the others."""

from typing import Any

from django.db import transaction
from django.db.models import Case, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from bands.models import Band, BandFollow, BandInvite, BandMember
from bands.services.bands import end
from foundation.live import cut
from privacy.gate import tombstones
from privacy.gate.audiences import Audience
from privacy.models import Erasure
from privacy.notices import delete_with, tell

Role = BandMember.Role


def hide(user: User, erasure: Erasure) -> None:
    """Bury the addresses of public bands that nobody else is in; take back invitations."""
    mine = BandMember.objects.filter(user=user).values("band")
    shared = BandMember.objects.filter(User.present("user__"), band__in=mine).exclude(user=user)
    alone = Band.objects.filter(pk__in=mine, audience=Audience.PUBLIC)
    alone = alone.exclude(pk__in=shared.values("band"))
    tombstones.bury(Band, list(alone.values_list("slug", flat=True)), erasure.pk)
    delete_with(BandInvite.objects.filter(made_by=user, declined_at=None))


def show(user: User, erasure: Erasure) -> None:
    """Nothing to undo: tombstones are taken back by the machinery, invitations are made anew."""


def after(user: User, erasure: Erasure) -> None:
    """Have every socket of theirs ask the gate again."""
    cut(f"user.{user.pk}")


@transaction.atomic
def release(user: User, batch: int) -> int:
    """Give up the leaver's seats: a band passes to whoever has been in it longest, or ends."""
    mine = BandMember.objects.filter(user=user).order_by("pk")
    keys = list(mine.values_list("band", flat=True)[:batch])
    bands = Band.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    for band in bands:
        _release(band, user)
    return len(keys)


def _release(band: Band, user: User) -> None:
    others = BandMember.objects.filter(band=band).exclude(user=user)
    if not others.filter(role=Role.OWNER).exists():
        heir = others.annotate(rank=_standing()).order_by("rank", "since", "pk").first()
        if heir is None:
            erasure = Erasure.objects.filter(user=user).order_by("-pk").first()
            end(band, erasure.pk if erasure else None)
            return
        BandMember.objects.filter(pk=heir.pk).update(role=Role.OWNER)
        if heir.user.is_present:
            tell(
                heir.user,
                "bands",
                _("A band is yours now"),
                _("Its owner left Jamsite. You have been in it longest, so you own it."),
                url=reverse("band_members", args=[band.slug]),
                about=band,
            )
    delete_with(BandMember.objects.filter(band=band, user=user))


def _standing() -> Any:
    """Return the order of heirs: who is here before who isn't, admins before members."""
    return Case(
        When(User.present("user__") & Q(role=Role.ADMIN), then=Value(0)),
        When(User.present("user__"), then=Value(1)),
        When(role=Role.ADMIN, then=Value(2)),
        default=Value(3),
    )


def purge_follows(user: User, batch: int) -> int:
    """Delete whom the leaver follows, and what bands were told of it."""
    return delete_with(BandFollow.objects.filter(follower=user).order_by("pk")[:batch])


def purge_invites(user: User, batch: int) -> int:
    """Delete invitations to the leaver, and those that they made."""
    rows = BandInvite.objects.filter(Q(invited=user) | Q(made_by=user))
    return delete_with(rows.order_by("pk")[:batch])
