"""Writers of bands: found one, change its page, end it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from bands.models import Band, BandMember
from privacy.gate import tombstones
from privacy.gate.audiences import Audience
from privacy.notices import delete_with

MAX_BANDS = 50  # a person may be in
# Addresses of our own, and names that would speak for the site.
RESERVED = frozenset(
    {"new", "invites", "follows", "mine", "search", "all", "api", "admin", "about", "jamsite",
     "help", "support", "staff", "official", "moderator", "security", "privacy"}
)  # fmt: skip


class Refused(Exception):
    """It can't be done; the message is for the person."""


def check_slug(slug: str) -> None:
    """Raise ValidationError for an address that is reserved, taken, or was another band's."""
    gone = tombstones.is_buried(Band, _reservation(slug))
    if slug in RESERVED or gone or Band.objects.filter(slug=slug).exists():
        raise ValidationError(_("This address can't be used. Choose another one."))


def _reservation(slug: str) -> str:
    """Return the name under which an address is kept from others; no page is asked for by it."""
    return f"reserved:{slug}"


@transaction.atomic
def found(owner: User, *, name: str, slug: str, audience: str) -> Band:
    """Found a band with its founder as owner. Raises Refused, ValidationError for the address."""
    if owner.is_child or not owner.is_present:
        raise Refused(_("Bands are for people of 13 and older."))
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)
    if owner.band_memberships.count() >= MAX_BANDS:
        raise Refused(_("You are in %(n)d bands; that is as many as one can be in.")
                      % {"n": MAX_BANDS})  # fmt: skip
    check_slug(slug)
    band = Band(name=name.strip(), slug=slug, audience=audience)
    try:
        with transaction.atomic():
            band.save()
    except IntegrityError:
        raise ValidationError(
            _("This address can't be used. Choose another one.")
        ) from None  # somebody took it just now
    BandMember.objects.create(
        band=band, user=owner, role=BandMember.Role.OWNER, audience=first_audience(owner)
    )
    return band


def first_audience(user: User) -> str:
    """Return who may see at first that somebody is in a band; of who isn't grown up, the band."""
    grown = user.age_group == User.AgeGroup.ADULT
    return Audience.MEMBERS if grown else Audience.BAND


def replace_photo(band: Band, photo: ContentFile[bytes] | None) -> None:
    """Save a band with another photo, or none; the old file goes once no row names it."""
    old = band.photo.name
    band.photo = photo or ""
    band.save()
    if old:
        transaction.on_commit(lambda: default_storage.delete(old))


@transaction.atomic
def end(band: Band, erasure_id: int | None = None) -> None:
    """End a band: its page, members, invitations and follows go.

    Sessions and recordings stay with the people who own them. Those that were for the band or its
    followers are from then on for nobody but who took part.
    """
    locked = Band.objects.select_for_update().filter(pk=band.pk).first()
    if locked is None:
        return
    tombstones.bury(Band, [_reservation(locked.slug)], erasure_id)
    if locked.audience == Audience.PUBLIC:
        tombstones.bury(Band, [locked.slug], erasure_id)
    if locked.photo.name:
        default_storage.delete(locked.photo.name)
    for rows in (locked.memberships, locked.invites, locked.follows):
        delete_with(rows.all())
    delete_with(Band.objects.filter(pk=locked.pk))


def lock(band: Band) -> Band:
    """Return a band as it is now, so that nobody else changes who is in it meanwhile."""
    row: Any = Band.objects.select_for_update().filter(pk=band.pk).first()
    if row is None:
        raise Refused(_("This band has ended."))
    found_row: Band = row
    return found_row
