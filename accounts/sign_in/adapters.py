"""How allauth's flows meet our accounts."""

from typing import Any

from allauth.core import context as allauth_context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.identity.allauth_internals import ErrorResponse, is_headless_request
from accounts.identity.models import FormerName, User
from accounts.identity.services import ages
from accounts.profile.services import profiles
from accounts.profile.services.usernames import is_free
from accounts.security.guarding import GuardingAdapter
from accounts.sign_in import age_gate
from foundation import sealing
from foundation.limits import TooMany, masked, network_of, spend
from privacy import notices
from privacy.gate.tombstones import is_buried


class AccountAdapter(GuardingAdapter):
    """Sign-up with e-mail, username, password; every account has a profile from the start."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Make the account, of somebody whose age is known: asked behind every way in."""
        age = age_gate.age_known(request)
        if age is None:
            raise PermissionDenied("no account before the age question is answered")
        ages.begin(user, age)
        user = super().save_user(request, user, form, commit)
        if commit:
            profiles.first_profile(user)
            age_gate.forget_age(request)
        return user

    def pre_login(self, request: HttpRequest, user: User, **about: Any) -> HttpResponse | None:
        """Who is leaving may come back on the website, where that is said and asked."""
        away = user.is_active and not user.is_present and not user.is_child
        if is_headless_request(request) and away:
            fault = ValidationError(_("This account is leaving or suspended."), code="not_active")
            raise ImmediateHttpResponse(ErrorResponse(request, fault, status=403))
        answer: HttpResponse | None = super().pre_login(request, user, **about)
        return answer

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Attempts are counted where the password is looked at, in `accounts.sign_in.backends`."""

    def login(self, request: HttpRequest, user: User) -> None:
        age_gate.forget_age(request)
        super().login(request, user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Leave the letter to the outbox: a slow mail server holds up nobody, and tells nothing."""
        name, to = f"letter:{template_prefix}", masked(email.lower())
        who = network_of(allauth_context.request)
        try:
            # Silently: whoever asks is told nothing, and the links sent before still work. By who
            # asks first, so that others don't use up what is somebody's own.
            spend(name, f"{to}:{who}", limit=5, seconds=3600, guards=True)
            spend(name, to, limit=20, seconds=3600, guards=True)
        except TooMany:
            return
        about = {"request": allauth_context.request, "email": email, **context}
        letter = self.render_mail(template_prefix, email, about)
        notices.write(email, "entrance", letter.subject, str(letter.body))

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Refuse names that are taken or were somebody's who left."""
        name: str = super().clean_username(username, shallow)
        if (
            is_buried(User, name)
            or is_buried(FormerName, name)
            or (not shallow and not is_free(name))
        ):
            raise ValidationError(_("This username can't be used. Choose another one."))
        return name

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Offer a mailed link to people without a password, who could confirm in no other way."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if not methods and user.is_authenticated:
            url = reverse("confirm_by_mail")
            methods = [{"id": "mail_link", "description": _("Use a link by mail"), "url": url}]
        return methods

    def get_client_ip(self, request: HttpRequest) -> str:
        if settings.ALLAUTH_TRUSTED_PROXY_COUNT:
            return str(super().get_client_ip(request))
        return str(request.META.get("REMOTE_ADDR", ""))


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Passkeys, codes of an app, recovery codes: their secrets are sealed where they are stored."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _(
            "That code isn't right, was used already, or its minute is over. Nothing was "
            "changed. Wait for the next code and type that one."
        ),
    }

    def encrypt(self, text: str) -> str:
        return sealing.seal(text).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text.encode("ascii"))

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """Offer a name that says what it is; people give better ones."""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return _("Passkey %(n)d") % {"n": count + 1}

    def _get_user_identifier(self, user: Any) -> str:
        """Name the account by its username: apps and keys of others needn't hold the address."""
        return str(user.username)
