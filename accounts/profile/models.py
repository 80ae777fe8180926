"""What a person shows of themselves, each field to its own audience; and what nobody is shown."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.profile.vocabulary import Level
from foundation.ids import PublicIdField
from foundation.limits import LIST_ENTRIES, LIST_ENTRY_LENGTH
from foundation.spelling import check_name
from privacy.gate.audiences import Audience, AudienceField

FIELD_AUDIENCES = (
    Audience.PUBLIC,
    Audience.MEMBERS,
    Audience.FOLLOWERS,
    Audience.JAMMED,
    Audience.ME,
)
MAX_INSTRUMENTS = 12
MAX_GENRES = 12
MAX_LANGUAGES = 8
MAX_LINKS = 6

# What one audience covers, and the columns that hold it. Instruments are rows of `Plays`.
FIELDS: dict[str, tuple[str, ...]] = {
    "photo": ("photo", "photo_middle", "photo_small"),
    "stage_name": ("stage_name",),
    "bio": ("bio",),
    "status": ("status",),
    "available": ("available_until",),
    "roles": ("roles",),
    "instruments": (),
    "genres": ("genres",),
    "artists": ("artists",),
    "languages": ("languages",),
    "place": ("country", "town_id", "town"),
    "links": ("links",),
    "phone": ("phone",),
    "birthday": ("birthday",),
    "gender": ("gender",),
}
# All that is asked of a child; no more is shown of one, whatever a row holds.
CHILD_FIELDS = ("instruments",)


def _to(audience: Audience) -> AudienceField:
    return AudienceField(offers=FIELD_AUDIENCES, default=audience)


def _slugs(words: Any, most: int, longest: int = 30) -> Any:
    return ArrayField(models.CharField(max_length=longest), size=most, default=list, blank=True,
                      verbose_name=words)  # fmt: skip


def _own_words(words: Any) -> Any:
    entry = models.CharField(max_length=LIST_ENTRY_LENGTH, validators=[check_name])
    return ArrayField(entry, size=LIST_ENTRIES, default=list, blank=True, verbose_name=words)


class Profile(models.Model):
    """What a person shows of themselves, each field to its own audience. All of it optional."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile"
    )
    public_id = PublicIdField()
    photo = models.FileField(_("photo"), upload_to="photos", blank=True)
    photo_middle = models.FileField(_("photo, smaller"), upload_to="photos", blank=True)
    photo_small = models.FileField(_("photo, smallest"), upload_to="photos", blank=True)
    photo_audience = _to(Audience.MEMBERS)
    stage_name = models.CharField(
        _("stage name"), max_length=60, blank=True, validators=[check_name]
    )
    stage_name_audience = _to(Audience.MEMBERS)
    bio = models.TextField(_("about you"), max_length=2000, blank=True)
    bio_audience = _to(Audience.MEMBERS)
    status = models.CharField(_("status"), max_length=140, blank=True)
    status_audience = _to(Audience.MEMBERS)
    available_until = models.DateTimeField(_("open to jam until"), null=True, blank=True)
    available_audience = _to(Audience.MEMBERS)
    roles = _slugs(_("roles"), 4)
    roles_audience = _to(Audience.MEMBERS)
    instruments_audience = _to(Audience.MEMBERS)
    genres = _slugs(_("genres"), MAX_GENRES)
    genres_audience = _to(Audience.MEMBERS)
    artists = _own_words(_("favourite artists"))
    artists_audience = _to(Audience.MEMBERS)
    languages = _slugs(_("languages"), MAX_LANGUAGES, 3)
    languages_audience = _to(Audience.MEMBERS)
    country = models.CharField(_("country"), max_length=2, blank=True)
    town_id = models.IntegerField(_("number of the town"), null=True, blank=True)
    town = models.CharField(_("town"), max_length=120, blank=True)
    place_audience = _to(Audience.MEMBERS)
    links = _slugs(_("links"), MAX_LINKS, 200)
    links_audience = _to(Audience.MEMBERS)
    phone = models.CharField(_("telephone number"), max_length=16, blank=True)
    phone_audience = _to(Audience.ME)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    birthday_audience = _to(Audience.ME)
    gender = models.CharField(_("gender"), max_length=40, blank=True)
    gender_audience = _to(Audience.ME)
    favourites_audience = _to(Audience.ME)
    findable = models.BooleanField(
        _("Musicians may find me"),
        default=False,
        help_text=_("Off: you are in no list of musicians. Your page is where it was."),
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["available_until"],
                name="profile_available",
                condition=Q(available_until__isnull=False),
            )
        ]

    @property
    def is_available(self) -> bool:
        """Whether the person is open to jam now."""
        return self.available_until is not None and self.available_until > timezone.now()


class Plays(models.Model):
    """An instrument that somebody plays, and how well they say they do."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="plays"
    )
    instrument = models.CharField(_("instrument"), max_length=30)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level, default=Level.INTERMEDIATE)
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("instrument played"), _("plays")
        ordering = ["place", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "instrument"], name="plays_once"),
            models.CheckConstraint(
                condition=Q(level__in=Level.values), name="plays_at_a_known_level"
            ),
        ]
        indexes = [models.Index(fields=["instrument", "level", "user"], name="plays_found")]


class RealName(models.Model):
    """A person's own name: for their account alone, never shown to anybody else.

    A table of its own, so that no list of people can carry it along.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="real_name"
    )
    name = models.CharField(_("real name"), max_length=120, validators=[check_name])
