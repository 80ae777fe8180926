"""A child's place with a partner, the consent of a parent before it, and its withdrawal.

Consents and withdrawals are only ever added (triggers hold it). The database also refuses, at the
end of each transaction, an active child account without a consent in force.
"""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.partners import Partner, SchoolClass
from foundation.ids import PublicIdField


class Enrolment(models.Model):
    """A child's place in a class: made before the child has an account, and without a name."""

    public_id = PublicIdField()
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="enrolments")
    school_class = models.ForeignKey(
        SchoolClass, on_delete=models.CASCADE, related_name="enrolments"
    )
    reference = models.CharField(_("your own mark for the child"), max_length=40)
    guardian_email = models.EmailField(_("the parent's e-mail address"))
    child = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="enrolment",
    )
    created_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(
        null=True, blank=True, help_text="when the parent connected an account of their own"
    )
    stopped_at = models.DateTimeField(
        null=True, blank=True, help_text="since when nothing is collected: no consent is in force"
    )
    delete_at = models.DateTimeField(
        null=True, blank=True, help_text="when what was collected goes, unless consent comes anew"
    )

    answer_by = models.DateTimeField(
        null=True,
        blank=True,
        help_text="nobody answers for the child: until then the school finds who does",
    )
    reminded_at = models.DateTimeField(null=True, blank=True, help_text="of that day")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "reference"], name="enrolment_once"),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True, delete_at__isnull=True)
                | Q(stopped_at__isnull=False, delete_at__isnull=False),
                name="enrolment_stop_has_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["delete_at"],
                name="enrolment_ending",
                condition=Q(delete_at__isnull=False),
            ),
            models.Index(
                fields=["answer_by"],
                name="enrolment_orphaned",
                condition=Q(answer_by__isnull=False),
            ),
            models.Index(
                fields=["created_at"], name="enrolment_unused", condition=Q(child__isnull=True)
            ),
            models.Index(fields=["school_class", "id"], name="enrolment_of_class"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class ParentalConsent(models.Model):
    """A parent's yes to one thing: how it was verified, where the evidence is, who recorded it."""

    class Scope(models.TextChoices):
        PROGRAMME = "programme", _("taking part in the programme")
        PROFILE = "profile", _("a picture and words about the child, for the class alone")

    class Method(models.TextChoices):
        FORM = "form", _("a form signed by the parent, sent back on paper or scanned")
        CARD = "card", _("a card payment that notifies the account's holder")
        CALL = "call", _("a call to trained staff")
        VIDEO = "video", _("a video call with trained staff")
        ID = "id", _("a government identity document, checked and deleted")
        IN_PERSON = "in person", _("in person at the school")

    public_id = PublicIdField()
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="consents")
    scope = models.CharField(_("consent to"), max_length=10, choices=Scope)
    method = models.CharField(_("how it was verified"), max_length=10, choices=Method)
    evidence = models.CharField(
        _("where the evidence is"),
        max_length=120,
        help_text=_("Such as “folder 2026/7, sheet 14”. No copy of a document belongs here."),
    )
    given_on = models.DateField(_("day the parent agreed"))
    text_version = models.PositiveSmallIntegerField()
    text_sha256 = models.CharField(max_length=64, help_text="of the exact words, UTF-8")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["enrolment", "scope", "-id"], name="parental_consent_of")]

    def __str__(self) -> str:
        return str(self.public_id)

    @classmethod
    def in_force(cls) -> Q:
        """Condition for consents that nobody has taken back."""
        return ~Q(Exists(ConsentWithdrawal.objects.filter(consent=OuterRef("pk"))))


class ConsentWithdrawal(models.Model):
    """A consent taken back: when, and by whom."""

    class By(models.TextChoices):
        GUARDIAN = "guardian", _("the parent, signed in")
        LINK = "link", _("the parent, by the link in our letter")
        SCHOOL = "school", _("the school, as the parent asked")
        STAFF = "staff", _("our staff, as the parent asked")
        ENDED = "ended", _("the programme ended")
        NOBODY = "nobody", _("nobody answers for the child any more")

    consent = models.OneToOneField(
        ParentalConsent, on_delete=models.CASCADE, related_name="withdrawal"
    )
    by = models.CharField(max_length=8, choices=By)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
