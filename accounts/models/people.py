"""A person's account, and what they show of themselves."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.names import is_reserved
from accounts.models.profiles import Profile
from foundation.ids import PublicIdField


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
        Profile.objects.create(user=user)
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
