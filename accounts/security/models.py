"""What keeps an account its owner's: devices it knows, links in alerts, locks, a log."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.work import Work, work_index


class KnownDevice(models.Model):
    """A browser that somebody signed in with before; two people in one browser have two rows.

    The browser holds a random cookie, this row a hash of the cookie and the account together:
    rows of one browser can't be told to belong together.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="known_devices"
    )
    secret_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "secret_hash"], name="device_known_once")
        ]
        indexes = [models.Index(fields=["last_used_at"], name="device_age")]


class SafetyEvent(models.Model):
    """Something that changed how an account is entered. Nobody can remove one before its time."""

    class Kind(models.TextChoices):
        SIGN_IN = "sign_in", _("Signed in on a new device")
        PASSWORD = "password", _("Password changed")
        EMAIL_ADDED = "email_added", _("E-mail address added")
        EMAIL_CHANGED = "email_changed", _("E-mail address changed")
        EMAIL_REMOVED = "email_removed", _("E-mail address removed")
        FACTOR_ADDED = "factor_added", _("Second step added")
        FACTOR_REMOVED = "factor_removed", _("Second step removed")
        CODES_MADE = "codes_made", _("Recovery codes made anew")
        CODE_USED = "code_used", _("Recovery code used")
        CONNECTED = "connected", _("Network connected")
        DISCONNECTED = "disconnected", _("Network disconnected")
        ENDED = "ended", _("All other sign-ins ended")
        LOCKED = "locked", _("Account locked")
        UNLOCKED = "unlocked", _("Account unlocked with a new password")
        UNDONE = "undone", _("Change of address undone")
        RIGHTS = "rights", _("Your rights as staff changed")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="safety_events"
    )
    kind = models.CharField(max_length=20, choices=Kind)
    detail = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="safety_newest"),
            models.Index(fields=["created_at"], name="safety_age"),
        ]


class SafetyLink(Work):
    """A mailed link that locks an account, or undoes a change of its address. Works once.

    As work, it is the letter of a link that was asked for on the sign-in page; a row is written
    whether anybody has the address or nobody (then `user` is empty), so that the answer tells
    nothing. Only a hash of the secret is kept.
    """

    class Does(models.TextChoices):
        LOCK = "lock", _("locks the account")
        UNDO = "undo", _("brings the old address back and locks the account")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="safety_links"
    )
    does = models.CharField(max_length=4, choices=Does, default=Does.LOCK)
    address = models.EmailField(blank=True)
    secret_hash = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            work_index("safety_link_due"),
            models.Index(fields=["expires_at"], name="safety_link_age"),
            models.Index(
                fields=["secret_hash"],
                name="safety_link_secret",
                condition=~models.Q(secret_hash=""),
            ),
        ]


class AccountLock(models.Model):
    """One lock of an account, until a new password was set through `address`.

    A row of its own and no column of the account: nothing that was loaded before the lock and is
    saved after it can open it again.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="locks"
    )
    address = models.EmailField()
    locked_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(ended_at__isnull=True),
                name="one_open_lock_a_person",
            )
        ]
        indexes = [models.Index(fields=["locked_at"], name="lock_age")]
