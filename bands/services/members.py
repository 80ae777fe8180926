"""Writers of who is in a band: ask, answer, change roles, leave.

Each locks the band first, so that two who leave at once can't leave it without an owner.
"""

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.connections.services import is_blocked
from accounts.models import User
from bands.models import INVITED_FOR, Band, BandFollow, BandInvite, BandMember
from bands.services.bands import MAX_BANDS, Refused, end, first_audience, lock
from foundation.live import cut_people
from privacy.notices import delete_with, kind, tell

MAX_MEMBERS = 60
MAX_INVITES = 60  # that wait, of one band
Role = BandMember.Role
RUNS = {Role.OWNER, Role.ADMIN}
kind("bands")


def seat_of(band: Band, user: User) -> BandMember | None:
    return BandMember.objects.filter(band=band, user=user).first()


def hold_seat(band: Band, user: User) -> bool:
    """Return whether somebody is in a band, and keep the band until the transaction has ended."""
    there = Band.objects.select_for_update(no_key=True).filter(pk=band.pk).exists()
    return there and seat_of(band, user) is not None


def needs(band: Band, user: User, roles: set[Any]) -> BandMember:
    """Return somebody's seat, or raise Refused when their role isn't one of these."""
    seat = seat_of(band, user)
    if seat is None or seat.role not in roles:
        raise Refused(_("Your role in the band doesn't let you do this. Nothing was changed."))
    return seat


@transaction.atomic
def invite(band: Band, by: User, invited: User) -> BandInvite:
    """Ask somebody to join. One answer for all who can't be asked: why is between them and us."""
    band = lock(band)
    needs(band, by, RUNS)
    if seat_of(band, invited) is not None:
        raise Refused(_("They are in the band already."))
    existing = BandInvite.objects.filter(band=band, invited=invited).first()
    if existing is not None and existing.declined_at is None:
        if existing.expires_at <= timezone.now():
            existing.expires_at = timezone.now() + INVITED_FOR
            existing.made_by = by
            existing.save(update_fields=["expires_at", "made_by"])
        return existing
    full = band.invites.filter(declined_at=None).count() >= MAX_INVITES
    if existing or full or invited.is_child or not invited.is_present or is_blocked(by, invited):
        raise Refused(_("This person can't be invited now. Nothing was sent."))
    made = BandInvite.objects.create(
        band=band, invited=invited, made_by=by, expires_at=timezone.now() + INVITED_FOR
    )
    tell(
        invited,
        "bands",
        _("You are asked to join a band"),
        _("You are in it only if you say yes. Who may see that you are, you decide then."),
        url=reverse("bands"),
        about=made,
    )
    return made


@transaction.atomic
def accept(invite: BandInvite, user: User, *, plays: str = "", audience: str = "") -> BandMember:
    """Join, as who was invited; they say who may see that they are in the band."""
    band = lock(invite.band)
    waiting = BandInvite.objects.filter(
        pk=invite.pk, invited=user, declined_at=None, expires_at__gt=timezone.now()
    ).first()
    if waiting is None:
        raise Refused(_("This invitation is over."))
    if user.is_child:
        raise Refused(_("Bands are for people of 13 and older."))
    if band.memberships.count() >= MAX_MEMBERS or user.band_memberships.count() >= MAX_BANDS:
        raise Refused(_("There is no place left: a band has at most %(n)d members.")
                      % {"n": MAX_MEMBERS})  # fmt: skip
    seat, _new = BandMember.objects.get_or_create(
        band=band,
        user=user,
        defaults={"plays": plays.strip(), "audience": audience or first_audience(user)},
    )
    delete_with(BandFollow.objects.filter(band=band, follower=user))  # who is in it sees it all
    if waiting.made_by.is_present:
        tell(
            waiting.made_by,
            "bands",
            _("Somebody you invited is in the band now"),
            _("They said yes."),
            url=reverse("band_members", args=[band.slug]),
            mail=False,
            about=seat,
        )
    delete_with(BandInvite.objects.filter(pk=waiting.pk))
    return seat


def decline(invite: BandInvite, user: User) -> None:
    """Say no. Nobody is told; the band can't ask again until the no is forgotten."""
    BandInvite.objects.filter(pk=invite.pk, invited=user, declined_at=None).update(
        declined_at=timezone.now()
    )


@transaction.atomic
def take_back(invite: BandInvite, by: User) -> None:
    """Take back an invitation, as who runs the band."""
    needs(lock(invite.band), by, RUNS)
    delete_with(BandInvite.objects.filter(pk=invite.pk, declined_at=None))


def describe(seat: BandMember, *, plays: str, audience: str) -> None:
    """Change what one plays in a band, and who may see that one is in it."""
    BandMember.objects.filter(pk=seat.pk).update(plays=plays.strip(), audience=audience)


@transaction.atomic
def change_role(seat: BandMember, by: User, role: str) -> None:
    """Give somebody a role, as an owner. The last owner stays one."""
    band = lock(seat.band)
    needs(band, by, {Role.OWNER})
    seat = BandMember.objects.get(pk=seat.pk)
    if seat.role == role:
        return
    if seat.role == Role.OWNER and _is_last_owner(seat):
        raise Refused(_("A band has an owner. Make somebody else one first."))
    BandMember.objects.filter(pk=seat.pk).update(role=role)
    if seat.user_id != by.pk:
        tell(
            seat.user,
            "bands",
            _("Your role in a band has changed"),
            _("The band's page says what you may do now."),
            url=reverse("band_members", args=[band.slug]),
            mail=False,
            about=seat,
        )


@transaction.atomic
def remove(seat: BandMember, by: User) -> None:
    """Take somebody out of the band. Admins take out members; owners also admins and owners."""
    band = lock(seat.band)
    mine = needs(band, by, RUNS)
    seat = BandMember.objects.get(pk=seat.pk)
    if seat.user_id == by.pk:
        raise Refused(_("Leave the band yourself, further down on this page."))
    if mine.role == Role.ADMIN and seat.role != Role.MEMBER:
        raise Refused(_("Only an owner can take out an owner or an admin."))
    _unseat(seat)
    tell(
        seat.user,
        "bands",
        _("You are no longer in a band"),
        _("Somebody who runs it took you out. Your sessions and recordings stay yours."),
        url=reverse("bands"),
        mail=False,
    )


@transaction.atomic
def leave(band: Band, user: User) -> None:
    """Leave a band. The last owner hands it over first; who is alone in it ends it."""
    band = lock(band)
    seat = seat_of(band, user)
    if seat is None:
        return
    if seat.role == Role.OWNER and _is_last_owner(seat):
        if band.memberships.exclude(pk=seat.pk).exists():
            raise Refused(_("You are the only owner. Make somebody else one, or end the band."))
        end(band)
        return
    _unseat(seat)


@transaction.atomic
def close(band: Band, by: User) -> None:
    """End the band for everybody, as an owner."""
    needs(lock(band), by, {Role.OWNER})
    end(band)


def _is_last_owner(seat: BandMember) -> bool:
    owners = BandMember.objects.filter(band=seat.band_id, role=Role.OWNER)
    return not owners.exclude(pk=seat.pk).exists()


def _unseat(seat: BandMember) -> None:
    """Delete a seat; open sockets ask the gate again. Their invitations to the band end."""
    theirs = BandInvite.objects.filter(made_by=seat.user_id, declined_at=None)
    delete_with(theirs.filter(band=seat.band_id))
    delete_with(BandMember.objects.filter(pk=seat.pk))
    cut_people(seat.user_id)
