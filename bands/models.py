"""A band, who is in it, who was asked to be, and who follows it."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.ids import PublicIdField
from foundation.spelling import check_name
from privacy.gate.audiences import Audience, AudienceField

BAND_AUDIENCES = (Audience.PUBLIC, Audience.MEMBERS, Audience.FANS, Audience.BAND)
SEAT_AUDIENCES = (
    Audience.PUBLIC,
    Audience.MEMBERS,
    Audience.FOLLOWERS,
    Audience.JAMMED,
    Audience.BAND,
)
INVITED_FOR = timedelta(days=14)
SLUG = RegexValidator(
    r"^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,39}$",
    _("Use 3 to 40 small letters and digits, with single - between them."),
)


class Band(models.Model):
    """A group of people who play together, and the page they share."""

    public_id = PublicIdField()
    slug = models.CharField(
        _("address"),
        max_length=40,
        unique=True,
        validators=[SLUG],
        help_text=_("Small letters, digits and -. It can't be changed later."),
    )
    name = models.CharField(_("name"), max_length=60, validators=[check_name])
    audience = AudienceField(offers=BAND_AUDIENCES, default=Audience.MEMBERS)
    photo = models.FileField(_("photo"), upload_to="bands", blank=True)
    photo_audience = AudienceField(offers=BAND_AUDIENCES, default=Audience.MEMBERS)
    about = models.TextField(_("about the band"), max_length=2000, blank=True)
    about_audience = AudienceField(offers=BAND_AUDIENCES, default=Audience.MEMBERS)
    genres = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    genres_audience = AudienceField(offers=BAND_AUDIENCES, default=Audience.MEMBERS)
    links = ArrayField(models.URLField(max_length=200), default=list, blank=True)
    links_audience = AudienceField(offers=BAND_AUDIENCES, default=Audience.MEMBERS)
    approves_followers = models.BooleanField(
        _("We decide who may follow the band"),
        default=True,
        help_text=_("Off: whoever wants to follow does so at once."),
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="band_newest"),
            models.Index(
                fields=["-created_at", "-id"],
                name="band_public",
                condition=Q(audience="public"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    def get_absolute_url(self) -> str:
        return reverse("band", args=[self.slug])


class BandMember(models.Model):
    """A person in a band, because they said yes; they say who may see that they are."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        ADMIN = "admin", _("admin")
        MEMBER = "member", _("member")

    public_id = PublicIdField()
    band = models.ForeignKey(Band, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="band_memberships"
    )
    role = models.CharField(max_length=6, choices=Role, default=Role.MEMBER)
    plays = models.CharField(
        _("what you play in it"),
        max_length=60,
        blank=True,
        help_text=_("Such as: fretless bass, second voice. Shown with your name."),
    )
    audience = AudienceField(offers=SEAT_AUDIENCES, default=Audience.MEMBERS)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["band", "user"], name="band_member_once")]
        indexes = [
            # The gate asks "is this viewer in that band", and as what.
            models.Index(fields=["user", "band", "role"], name="band_member_of"),
            models.Index(fields=["user", "-since", "-id"], name="band_mine"),
            models.Index(fields=["band", "since", "id"], name="band_lineup"),
        ]


class BandInvite(models.Model):
    """A person who is asked to join; nobody is in a band without their yes.

    A no is kept for a while, so that the same band doesn't ask the same person over and over.
    """

    public_id = PublicIdField()
    band = models.ForeignKey(Band, on_delete=models.CASCADE, related_name="invites")
    invited = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="band_invites"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="band_invites_made"
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    declined_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["band", "invited"], name="band_invite_once")]
        indexes = [
            models.Index(fields=["invited", "-created_at", "-id"], name="band_invites_to"),
            models.Index(fields=["expires_at"], name="band_invite_over"),
        ]


class BandFollow(models.Model):
    """A person follows a band, or asks to."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("asked")
        ACCEPTED = "accepted", _("accepted")

    public_id = PublicIdField()
    band = models.ForeignKey(Band, on_delete=models.CASCADE, related_name="follows")
    follower = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows_bands"
    )
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["band", "follower"], name="band_follow_once")
        ]
        indexes = [
            models.Index(
                fields=["follower", "band"],
                name="band_follow_accepted",
                condition=Q(state="accepted"),
            ),
            models.Index(fields=["band", "state", "-created_at", "-id"], name="band_followers"),
            models.Index(fields=["follower", "-created_at", "-id"], name="band_follow_mine"),
        ]
