"""Rows that remember who of the staff looked at whose data, and why."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from foundation.ids import PublicIdField


class AccessLogEntry(models.Model):
    """One look of a member of staff at one person's data. Only ever added (a trigger holds it)."""

    class Why(models.TextChoices):
        REQUEST = "request", _("to answer your request")
        SUPPORT = "support", _("to help with a problem")
        REPORT = "report", _("to look into a report")
        SECURITY = "security", _("to keep the service secure")
        LEGAL = "legal", _("because a law requires it")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="access_log_entries"
    )
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    role = models.CharField(max_length=120, help_text="the staff member's roles at the time")
    model = models.CharField(max_length=80, help_text="app.model, lower case")
    object_key = models.CharField(max_length=80)
    why = models.CharField(max_length=10, choices=Why)
    reason = models.CharField(max_length=300)
    at = models.DateTimeField(auto_now_add=True)
    hidden_until = models.DateField(
        null=True, blank=True, help_text="an order forbids telling the person before this day"
    )

    class Meta:
        verbose_name, verbose_name_plural = _("access log entry"), _("access log entries")
        indexes = [
            models.Index(F("user"), F("at").desc(), F("id").desc(), name="access_log_of_person"),
            models.Index(
                fields=["staff", "model", "object_key", "-at"], name="access_log_by_staff"
            ),
            models.Index(fields=["at"], name="access_log_by_age"),
        ]


class Disclosure(models.Model):
    """One transfer of data about one person to an outside service; never what was in it.

    `user` is empty for people without an account, such as who wrote to us from their own address.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="disclosures"
    )
    provider = models.CharField(max_length=60, help_text="key in the registry of providers")
    recipient = models.CharField(max_length=200, help_text="the provider's name at the time")
    categories = ArrayField(models.CharField(max_length=60))
    purpose = models.CharField(max_length=20)
    basis = models.CharField(max_length=20)
    at = models.DateTimeField(auto_now_add=True)
    failed = models.BooleanField(default=False, help_text="the transfer broke off")

    class Meta:
        indexes = [
            models.Index(F("user"), F("at").desc(), F("id").desc(), name="disclosures_of_person"),
            models.Index(fields=["at"], name="disclosures_by_age"),
        ]


class LegalDisclosure(models.Model):
    """Data given to an authority, or to somebody in danger: why, on which law, and what.

    Because a law required it; or unasked, to prevent a crime or to protect somebody's rights.
    """

    class Ground(models.TextChoices):
        LAW = "law", _("a law required it")
        CRIME = "crime", _("to prevent a crime")
        RIGHTS = "rights", _("to protect somebody's rights or safety")

    public_id = PublicIdField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="legal_disclosures",
        verbose_name=_("person"),
    )
    ground = models.CharField(_("ground"), max_length=6, choices=Ground, default=Ground.LAW)
    authority = models.CharField(
        _("who received it"), max_length=200, help_text=_("An authority, or a kind of person.")
    )
    law = models.CharField(_("law"), max_length=300, help_text=_("The article it rests on."))
    order = models.CharField(
        _("order"),
        max_length=200,
        blank=True,
        help_text=_("Its date and reference; for what a law required."),
    )
    asked = models.TextField(
        _("what was asked for, or what happened"),
        max_length=2000,
        help_text=_("Unasked: what was about to happen, and why nothing less would have done."),
    )
    asked_categories = ArrayField(models.CharField(max_length=60))
    given_categories = ArrayField(models.CharField(max_length=60))
    disclosed_at = models.DateTimeField(_("given on"))
    secret_until = models.DateField(
        _("forbidden to tell until"),
        null=True,
        blank=True,
        help_text=_("Last day on which the order forbids telling the person; empty: told at once."),
    )
    secret_because = models.CharField(_("what forbids it"), max_length=300, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(given_categories__contained_by=F("asked_categories")),
                name="legal_given_is_within_asked",
            ),
            models.CheckConstraint(
                condition=~models.Q(ground="law")
                | ~models.Q(order="")
                | models.Q(user__isnull=True),
                name="legal_required_by_an_order",
            ),
            models.CheckConstraint(
                condition=models.Q(secret_until__isnull=True) | ~models.Q(secret_because=""),
                name="legal_secret_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["secret_until"],
                condition=models.Q(told_at__isnull=True),
                name="legal_untold",
            ),
            models.Index(fields=["user", "-disclosed_at"], name="legal_of_person"),
        ]
