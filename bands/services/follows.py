"""Writers of who follows a band."""

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from bands.models import Band, BandFollow, BandMember
from bands.services.bands import Refused, lock
from bands.services.members import RUNS, needs, seat_of
from foundation.live import cut_people
from privacy.notices import delete_with, tell_many

MAX_FOLLOWS = 5000


@transaction.atomic
def follow(band: Band, user: User) -> BandFollow:
    """Follow a band, or ask to. Children don't: strangers who run it would read their name."""
    band = lock(band)
    if user.is_child or seat_of(band, user) is not None:
        raise Refused(_("You can't follow this band. Nothing was changed."))
    if BandFollow.objects.filter(follower=user).count() >= MAX_FOLLOWS:
        raise Refused(_("You follow as many bands as one can."))
    asks = band.approves_followers
    state = BandFollow.State.REQUESTED if asks else BandFollow.State.ACCEPTED
    made, new = BandFollow.objects.get_or_create(
        band=band, follower=user, defaults={"state": state}
    )
    if not new and not asks and made.state != state:
        made.state = state
        made.save(update_fields=["state"])
    if new and asks:
        runs = BandMember.objects.filter(User.present("user__"), band=band, role__in=RUNS)
        tell_many(
            [member.user for member in runs.select_related("user")],
            "bands",
            _("Somebody would like to follow your band"),
            _("Whoever runs the band decides. Until then they see what everybody sees."),
            url=reverse("band_members", args=[band.slug]),
            mail=False,
            about=made,
        )
    return made


@transaction.atomic
def unfollow(band: Band, user: User) -> None:
    delete_with(BandFollow.objects.filter(band=band, follower=user))
    cut_people(user.pk)


@transaction.atomic
def answer(row: BandFollow, by: User, *, yes: bool) -> None:
    """Let somebody follow who asked, or end a follow, as who runs the band."""
    needs(lock(row.band), by, RUNS)
    if yes:
        BandFollow.objects.filter(pk=row.pk).update(state=BandFollow.State.ACCEPTED)
        return
    delete_with(BandFollow.objects.filter(pk=row.pk))
    cut_people(row.follower_id)


def stop(user: User, row: BandFollow) -> None:
    """End one's own follow, also of a band one can't see any more."""
    delete_with(BandFollow.objects.filter(pk=row.pk, follower=user))
