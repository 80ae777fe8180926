"""Partners, their staff and classes; a child's place there, the consent before it, guardians.

Consents and withdrawals are only ever added (triggers hold it). The database also refuses, at the
end of each transaction, an active child account without a consent in force.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.ids import PublicIdField
from foundation.spelling import check_name


class Partner(models.Model):
    """A school or programme. Listed publicly, and able to make child accounts, while active."""

    class Kind(models.TextChoices):
        SCHOOL = "school", _("school")
        PROGRAMME = "programme", _("programme")

    class State(models.TextChoices):
        DRAFT = "draft", _("not verified yet")
        VERIFIED = "verified", _("verified, not started")
        ACTIVE = "active", _("active")
        ENDED = "ended", _("ended")

    public_id = PublicIdField()
    name = models.CharField(_("name"), max_length=120, validators=[check_name])
    slug = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.SCHOOL)
    country = models.CharField(_("country"), max_length=2, help_text=_("Two letters, such as DE."))
    website = models.URLField(_("web address"), blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    evidence = models.TextField(
        _("how it was verified"), blank=True, max_length=1000, help_text=_("For our staff alone.")
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | Q(state="ended") | Q(verified_at__isnull=False),
                name="partner_verified_first",
            )
        ]
        indexes = [
            models.Index(fields=["state", "country", "name"], name="partner_list"),
            models.Index(fields=["ended_at"], name="partner_over"),
        ]
        permissions: ClassVar = [
            ("verify_partner", "Can verify, start and end a partner"),
            ("staff_partner", "Can say who works for a partner"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class PartnerStaff(models.Model):
    """Somebody who works for a partner, until it ends."""

    class Role(models.TextChoices):
        COORDINATOR = "coordinator", _("coordinator: all classes")
        TEACHER = "teacher", _("teacher: their own classes")

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="staff")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="works_for"
    )
    role = models.CharField(max_length=12, choices=Role)
    since = models.DateTimeField(default=timezone.now)
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("person at a partner"), _("people at partners")
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "user"], condition=Q(ended=None), name="partner_staff_once"
            )
        ]
        indexes = [models.Index(fields=["ended"], name="partner_staff_over")]


class SchoolClass(models.Model):
    """A class of a partner, for a term."""

    public_id = PublicIdField()
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="classes")
    name = models.CharField(_("name of the class"), max_length=60, validators=[check_name])
    term = models.CharField(_("term"), max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("class"), _("classes")
        indexes = [models.Index(fields=["partner", "-created_at", "-id"], name="class_of_partner")]

    def __str__(self) -> str:
        return str(self.public_id)


class ClassSeat(models.Model):
    """Somebody in a class, as its teacher or as a child, until they leave it.

    Whoever has a seat beside a child's belongs to that child's circle (`schools.deny_rules`).
    """

    class Part(models.TextChoices):
        TEACHER = "teacher", _("teacher")
        CHILD = "child", _("child")

    school_class = models.ForeignKey(SchoolClass, on_delete=models.CASCADE, related_name="seats")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="class_seats"
    )
    part = models.CharField(max_length=7, choices=Part)
    since = models.DateTimeField(default=timezone.now)
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school_class", "user"], condition=Q(ended=None), name="class_seat_once"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended=None, part="child"), name="one_class_a_child"
            ),
        ]
        indexes = [
            models.Index(fields=["user"], name="class_seat_now", condition=Q(ended=None)),
            models.Index(fields=["ended"], name="class_seat_over"),
        ]


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


class Guardianship(models.Model):
    """An adult who answers for a child's account, until it ends; who ended it, and why."""

    class By(models.TextChoices):
        GUARDIAN = "guardian", _("they themselves")
        SCHOOL = "school", _("the school")
        STAFF = "staff", _("our staff")
        LEFT = "left", _("they left Jamsite")

    guardian = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="wards"
    )
    child = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="guardians"
    )
    since = models.DateTimeField(default=timezone.now)
    ended = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=8, choices=By, blank=True)
    because = models.CharField(
        _("why it ended"), max_length=300, blank=True, help_text="told to both, in these words"
    )

    class Meta:
        permissions: ClassVar = [("end_guardianship", "Can end that somebody answers for a child")]
        constraints = [
            models.UniqueConstraint(
                fields=["guardian", "child"],
                condition=Q(ended__isnull=True),
                name="guardian_once",
            ),
            models.CheckConstraint(condition=~Q(guardian=F("child")), name="guardian_another"),
        ]
