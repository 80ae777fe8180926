"""Rows behind leaving: the erasure and its stages, links, holds, orders, receipts, tombstones."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.ids import PublicIdField
from foundation.work import MAX_ATTEMPTS, Work, work_index


class Erasure(Work):
    """One person's leaving, from the request until no backup holds them any more.

    The row outlives the account, without a name, as the record that the purge was done.
    `due_at` is when the purge may begin (and begin again after a failure); `purge_at` is the date
    the person was told.
    """

    class Stage(models.TextChoices):
        REQUESTED = "requested", _("asked for")
        HIDDEN = "hidden", _("out of sight")
        GRACE = "grace", _("out of sight everywhere, may come back")
        PURGING = "purging", _("being erased")
        HELD = "held", _("erased but for what the law holds back")
        ERASED = "erased", _("erased")
        EXPIRED = "expired", _("erased, and gone from every backup")
        CANCELLED = "cancelled", _("came back")

    class Way(models.TextChoices):
        SETTINGS = "settings", _("in the settings")
        WEB = "web", _("by a mailed link")
        SUPPORT = "support", _("through support")
        TIME = "time", _("after long inactivity")
        RESTORE = "restore", _("again, after a backup was restored")
        GUARDIAN = "guardian", _("by the parent")
        PARENT = "parent", _("by the parent, at once")
        CONSENT = "consent", _("after a parent's consent was taken back")
        CHILD = "child", _("a child's account without consent")

    # Nobody comes back from these, and they don't wait: what they delete may not be kept.
    AT_ONCE = (Way.PARENT, Way.CONSENT, Way.CHILD)

    public_id = PublicIdField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="erasures"
    )
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.REQUESTED)
    way = models.CharField(max_length=10, choices=Way, default=Way.SETTINGS)
    requested_at = models.DateTimeField(default=timezone.now)
    purge_at = models.DateTimeField(default=timezone.now, help_text="the date that was told")
    settled_at = models.DateTimeField(
        null=True, help_text="when what lies outside the database followed the last change"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    backups_expire_at = models.DateTimeField(null=True, blank=True)
    steps = models.JSONField(default=dict, help_text="rows erased so far, by step")
    contact = models.BinaryField(
        null=True, help_text="encrypted address for the receipt; emptied when that was written"
    )
    known_by = models.BinaryField(
        null=True, help_text="encrypted: addresses and names that the purge looks for"
    )
    undo = models.BinaryField(
        null=True, help_text="encrypted: what comes back with the person; emptied by the purge"
    )

    class Meta:
        indexes = [
            work_index("erasure_due"),
            models.Index(
                fields=["id"],
                name="erasure_unsettled",
                condition=models.Q(settled_at__isnull=True),
            ),
            models.Index(
                fields=["backups_expire_at", "id"],
                name="erasure_in_backups",
                condition=models.Q(stage="erased"),
            ),
            models.Index(fields=["ended_at"], name="erasure_over"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(stage__in=["requested", "hidden", "grace", "purging", "held"]),
                name="one_open_erasure_a_person",
            )
        ]

    @property
    def may_cancel(self) -> bool:
        waits = self.stage in {self.Stage.HIDDEN, self.Stage.GRACE}
        return waits and self.way not in self.AT_ONCE

    @property
    def has_ended(self) -> bool:
        return self.stage in {self.Stage.ERASED, self.Stage.EXPIRED, self.Stage.CANCELLED}

    def fail(self, reason: str, *, final: bool = False) -> bool:
        """Try again for as long as it takes: what was promised to go is never given up."""
        self.attempts = min(self.attempts, MAX_ATTEMPTS - 1)
        return super().fail(reason)

    def __str__(self) -> str:
        return str(self.public_id)


class ErasureEvent(models.Model):
    """One change of an erasure's stage. Appended, never rewritten; names nobody."""

    erasure = models.ForeignKey(Erasure, on_delete=models.CASCADE, related_name="events")
    stage = models.CharField(max_length=10, choices=Erasure.Stage)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["erasure", "id"], name="erasure_events")]


class LeaveLink(Work):
    """A request to leave by somebody who isn't signed in, until its mailed link is used.

    The row is the order to mail a link; `user` is empty when nobody was found, so that both take
    the same time. Of the link's secret only a hash is kept.
    """

    public_id = PublicIdField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="leave_links"
    )
    way = models.CharField(max_length=10, choices=Erasure.Way, default=Erasure.Way.WEB)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    received_on = models.DateField(
        _("received on"), null=True, blank=True, help_text=_("The day the request reached support.")
    )
    secret_hash = models.CharField(max_length=64, blank=True, db_index=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [work_index("leave_link_due"), models.Index(fields=["user"], name="link_of")]
        permissions = [("record_leave_request", "Can record a request to leave")]

    def __str__(self) -> str:
        return str(self.public_id)


class LegalHold(models.Model):
    """A duty to keep named fields of one person for a time, against their erasure."""

    public_id = PublicIdField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="legal_holds"
    )
    fields = models.JSONField(
        _("fields"), help_text=_('Names from the data map, as in ["accounts.user.email"].')
    )
    reason = models.CharField(_("reason"), max_length=500)
    basis = models.CharField(
        _("legal basis"), max_length=200, help_text=_("The law, and the order if there is one.")
    )
    begins_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(_("ends"), db_index=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    may_be_told = models.BooleanField(
        _("the person is told"), default=True, help_text=_("Untick only where the law forbids it.")
    )
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("begins_at")), name="hold_ends"
            )
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @classmethod
    def in_force(cls, now: datetime | None = None) -> models.Q:
        now = now or timezone.now()
        return models.Q(begins_at__lte=now, ends_at__gt=now, lifted_at__isnull=True)


class DeletionOrder(Work):
    """An order to one outside service to delete what it has of one person, until confirmed.

    Part of a leaving; or, without one, a sign-in network's permission that is given back.
    """

    class State(models.TextChoices):
        ORDERED = "ordered", _("ordered")
        CONFIRMED = "confirmed", _("confirmed")
        FAILED = "failed", _("failed, being tried again")

    public_id = PublicIdField()
    erasure = models.ForeignKey(
        Erasure, on_delete=models.CASCADE, null=True, blank=True, related_name="orders"
    )
    provider = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State, default=State.ORDERED)
    subject = models.BinaryField(
        null=True, help_text="encrypted: what the service knows the person by; emptied at the end"
    )
    ordered_at = models.DateTimeField(default=timezone.now)
    deadline = models.DateTimeField(help_text="after this the contact is told")
    sent_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_how = models.CharField(max_length=20, blank=True)
    alarmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            work_index("deletion_order_due"),
            models.Index(
                fields=["deadline"],
                name="deletion_order_overdue",
                condition=models.Q(state__in=["ordered", "failed"]),
            ),
            models.Index(fields=["confirmed_at"], name="deletion_order_over"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["erasure", "provider"], name="order_once"),
        ]
        permissions = [("confirm_deletion", "Can confirm that a provider deleted")]

    @property
    def is_overdue(self) -> bool:
        return self.state != self.State.CONFIRMED and self.deadline < timezone.now()

    def fail(self, reason: str, *, final: bool = False) -> bool:
        """Never given up: tried again after a minute, then ever later, six hours at most."""
        pause = min(timedelta(minutes=2 ** min(self.attempts, 9)), timedelta(hours=6))
        self._end(
            status=self.Status.WAITING,
            state=self.State.FAILED,
            due_at=timezone.now() + pause,
            error=reason[:300],
        )
        return False

    def __str__(self) -> str:
        return str(self.public_id)


class Receipt(models.Model):
    """A signed statement of what was erased. Holds no name; the signature is over `body`."""

    class Kind(models.TextChoices):
        ERASED = "erased", _("erased")
        BACKUPS = "backups", _("gone from every backup")

    erasure = models.ForeignKey(Erasure, on_delete=models.CASCADE, related_name="receipts")
    kind = models.CharField(max_length=10, choices=Kind)
    body = models.TextField(help_text="canonical JSON")
    signature = models.CharField(max_length=88)
    key_id = models.CharField(max_length=40)
    issued_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["erasure", "kind"], name="receipt_once")]
