"""Schools and programmes that answer for child accounts: who works there, and their classes."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
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

    Whoever has a seat beside a child's belongs to that child's circle (`accounts.walls`).
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
