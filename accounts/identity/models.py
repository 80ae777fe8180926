"""Accounts: what is needed to know a person again; what ends one, and what suspends one."""

from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.ids import PublicIdField
from privacy.gate.tombstones import is_buried


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, username: str, email: str, password: str | None = None, **values: Any
    ) -> "User":
        """Create an account with its profile. Raises ValidationError for the name of a leaver."""
        if is_reserved(username):
            raise ValidationError(_("This username can't be used. Choose another one."))
        user = self.model(username=username, email=self.normalize_email(email), **values)
        user.set_password(password)
        user.save()
        apps.get_model("accounts", "Profile")._default_manager.create(user=user)
        return user

    def create_superuser(self, username: str, email: str, password: str, **values: Any) -> "User":
        return self.create_user(
            username, email, password, is_staff=True, is_superuser=True, **values
        )

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """An account: what is needed to know a person again, and nothing about them."""

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        LEAVING = "leaving", _("leaving")
        SUSPENDED = "suspended", _("suspended")

    class AgeGroup(models.TextChoices):
        CHILD = "child", _("child")
        TEEN = "teen", _("teenager")
        ADULT = "adult", _("adult")

    public_id = PublicIdField()
    username = models.CharField(
        _("username"),
        max_length=30,
        help_text=_("3 to 30 of the letters a to z, digits, and - or _ between them."),
        validators=[
            RegexValidator(
                r"^[a-zA-Z0-9](?:[a-zA-Z0-9]|[-_](?=[a-zA-Z0-9])){2,29}$",
                _("Use 3 to 30 of the letters a to z and digits, with single - or _ between."),
            )
        ],
    )
    email = models.EmailField(_("e-mail address"))
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    age_group = models.CharField(max_length=5, choices=AgeGroup, default=AgeGroup.ADULT)
    adult_from = models.DateTimeField(
        null=True,
        blank=True,
        help_text="the first of the month from which a teenager is an adult",
    )
    approves_followers = models.BooleanField(
        _("I decide who may follow me"),
        default=True,
        help_text=_("Off: whoever wants to follow you does so at once."),
    )
    api_access = models.BooleanField(
        _("Other people's apps may show my sessions and recordings"),
        default=True,
        help_text=_("Off: apps by third parties see your public profile, and nothing else."),
    )
    indexed = models.BooleanField(
        _("Search engines may list my public pages"),
        default=True,
        help_text=_("Off: they are asked to leave out your profile and whatever you play on."),
    )
    strangers_may_write = models.BooleanField(
        _("Anyone may write to me"),
        default=True,
        help_text=_("Off: only people you follow, whose follow you accepted or played with."),
    )
    restricted = models.BooleanField(
        default=False,
        help_text="their data is kept and not used, as they asked (GDPR article 18)",
    )
    time_zone = models.CharField(_("time zone"), max_length=40, blank=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        permissions: ClassVar = [("give_rights", "Can say who is staff, in which role")]
        constraints = [
            # In capitals, as `iexact` compares: whoever signs in is found by these.
            models.UniqueConstraint(Upper("username"), name="username_once"),
            models.UniqueConstraint(Upper("email"), name="email_once"),
        ]
        indexes = [
            models.Index(fields=["email"], name="user_email"),  # as allauth compares at sign-up
            # Few accounts are children's; the gate asks for them wherever something is wide open.
            models.Index(fields=["id"], name="user_children", condition=Q(age_group="child")),
            models.Index(fields=["last_login"], name="user_last_here"),
            models.Index(
                fields=["adult_from"],
                condition=Q(adult_from__isnull=False),
                name="user_adult_from",
            ),
            models.Index(
                fields=["date_joined"],
                condition=Q(last_login__isnull=True),
                name="user_never_here",
            ),
        ]

    @classmethod
    def present(cls, prefix: str = "") -> Q:
        """Condition for accounts that can be met: neither leaving nor suspended."""
        return Q(**{f"{prefix}state": cls.State.ACTIVE, f"{prefix}is_active": True})

    @classmethod
    def staying(cls, prefix: str = "") -> Q:
        """Condition for accounts that are not on their way out; suspended ones stay."""
        return ~Q(**{f"{prefix}state": cls.State.LEAVING})

    @property
    def is_present(self) -> bool:
        return self.is_active and self.state == self.State.ACTIVE

    @classmethod
    def grown(cls, prefix: str = "") -> Q:
        """Condition for accounts of adults."""
        return Q(**{f"{prefix}age_group": cls.AgeGroup.ADULT})

    @property
    def is_adult(self) -> bool:
        return self.age_group == self.AgeGroup.ADULT

    @property
    def is_child(self) -> bool:
        return self.age_group == self.AgeGroup.CHILD

    @property
    def is_leaving(self) -> bool:
        return self.state == self.State.LEAVING

    def restrict(self, on: bool) -> None:
        """Have this person's data kept and not used, or used again."""
        self.restricted = on
        self.save(update_fields=["restricted"])

    def leave(self) -> None:
        self.state = self.State.LEAVING
        self.save(update_fields=["state"])

    def come_back(self, state: str | None = None) -> None:
        """End the leaving; `state` is what the account was in before, if it wasn't active."""
        self.state = state or self.State.ACTIVE
        self.save(update_fields=["state"])

    def __str__(self) -> str:
        """The public id: the admin's log keeps what this returns, and must not keep names."""
        return str(self.public_id)


class Dormancy(models.Model):
    """An account that nobody has come to for long: warned twice, then it leaves."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="dormancy")
    warned_at = models.DateTimeField(default=timezone.now, db_index=True)
    leaves_at = models.DateTimeField(db_index=True)
    warned_again_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("unused account"), _("unused accounts")


class Suspension(models.Model):
    """One suspension. It has an end from the start; an appeal is decided by somebody else."""

    class Ground(models.TextChoices):
        RULES = "rules", _("breaking the terms of service")
        SAFETY = "safety", _("somebody's safety")
        FALSE = "false", _("an account that isn't what it says")
        LAW = "law", _("an order that the law binds us to")

    public_id = PublicIdField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="suspensions"
    )
    ground = models.CharField(_("ground"), max_length=6, choices=Ground)
    reason = models.TextField(_("reason"), max_length=2000, help_text="told in these words")
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    begins_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="really over since")
    appeal = models.TextField(blank=True, max_length=4000, help_text="what the person says to it")
    appealed_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True, max_length=2000, help_text="told in these words")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at__isnull=True), name="suspended_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("begins_at")), name="suspension_has_length"
            ),
            models.CheckConstraint(
                condition=Q(set_by=None) | ~Q(set_by=F("answered_by")) | Q(answered_by=None),
                name="appeal_by_another",
            ),
        ]
        indexes = [
            models.Index(
                fields=["ends_at"], name="suspension_due", condition=Q(ended_at__isnull=True)
            ),
            models.Index(fields=["ended_at"], name="suspension_over"),
        ]
        permissions: ClassVar = [
            ("suspend_user", "Can suspend an account, and end a suspension"),
            ("answer_appeal", "Can decide an appeal against somebody else's suspension"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def awaits_answer(self) -> bool:
        return bool(self.ended_at is None and self.appealed_at and not self.answered_at)


class FormerName(models.Model):
    """A username that its person gave up: kept from others, so that nobody poses as them."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="former_names"
    )
    name = models.CharField(max_length=30)
    made_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="former_name_once")]


class FormerAddress(models.Model):
    """An address that its person took away, encrypted: what was written under it is theirs too.

    Read when they are erased, and for nothing else.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="former_addresses"
    )
    sealed = models.BinaryField(help_text="the address, encrypted")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name, verbose_name_plural = _("former address"), _("former addresses")


def is_reserved(name: str) -> bool:
    """Return whether nobody may take a name: somebody left with it, or gave it up.

    One that was given up before its owner left stands under a heading of its own: its page was not
    there any more, and doesn't begin to answer that it is gone.
    """
    return (
        is_buried(apps.get_model("accounts", "User"), name)
        or is_buried(FormerName, name)
        or FormerName.objects.filter(name__iexact=name).exists()
    )
