"""How allauth's flows through networks meet our accounts: nothing is kept before the answer."""

from datetime import date
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.apple.apple_session import get_apple_session
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.identity.allauth_internals import ErrorResponse, is_headless_request
from accounts.identity.models import User
from accounts.identity.services import ages
from accounts.networks import arrived, services
from accounts.sign_in import age_gate
from foundation import reauthentication
from integrations import claims, fetching
from integrations import networks as known

WAITS = "arrived"  # key in the state of a sign-up that waits for an answer
GRANT = "grant"
APPLE_SAYS_CANCELLED = "user_cancelled_authorize"


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-up through a network keeps what the person ticks, and nothing more."""

    def get_requests_session(self) -> Any:
        return fetching.Asking()

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        """Offer the address; what else was told waits beside the login, and is never saved."""
        sociallogin.told = sociallogin.account.extra_data
        sociallogin.account.extra_data = {"sub": sociallogin.account.uid}
        user: User = super().populate_user(request, sociallogin, {"email": data.get("email")})
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Record what the network learned, and take apart what it told."""
        request.network_was_read = True  # type: ignore[attr-defined]
        network = known.find(sociallogin.account.provider)
        grant = services.grant_of(network, sociallogin.token)
        sociallogin.token = None  # the profile is read; nothing else is asked there
        process = sociallogin.state.get("process")
        person = sociallogin.user if sociallogin.is_existing else request.user
        if person.is_authenticated and person.pk:
            fetching.learned_of_sign_in(network.id, person.pk)
        if process == AuthProcess.CONNECT:
            if not sociallogin.is_headless:
                raise ImmediateHttpResponse(_connect(request, network, sociallogin, grant))
        elif sociallogin.is_existing:
            services.connection_of(sociallogin.account, grant)
        else:
            _put_aside(request, network, sociallogin, grant)

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> User:
        """Make the account; of the addresses that the network told only the chosen one stays."""
        chosen = form.cleaned_data["email"].lower() if form is not None else ""
        sociallogin.email_addresses = [
            address for address in sociallogin.email_addresses if address.email.lower() == chosen
        ]
        user: User = super().save_user(request, sociallogin, form)
        services.connection_of(sociallogin.account, sociallogin.state.get(GRANT, ""))
        fetching.learned_of_sign_in(sociallogin.account.provider, user.pk)
        return user

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:
        """An address that a network says is verified never opens an existing account."""
        return False

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Forget what Apple posted, and know its own word for "cancelled"."""
        get_apple_session(request).delete()
        if request.GET.get("error") == APPLE_SAYS_CANCELLED:
            where = reverse("socialaccount_login_cancelled")
            raise ImmediateHttpResponse(HttpResponseRedirect(where))


def was_read(request: HttpRequest) -> bool:
    """Return whether a network's answer was read: what goes wrong after it is ours, not theirs."""
    return getattr(request, "network_was_read", False)


def drop_arrived(request: HttpRequest) -> None:
    """Forget everything that a network told and that waits for an answer in this web session."""
    waiting = request.session.get("socialaccount_sociallogin") or {}
    if waiting:
        arrived.drop(waiting.get("state", {}).get(WAITS, ""))
        request.session.flush()


def hold_to_the_younger(request: HttpRequest, birth: str) -> None:
    """Of two birthdays, the one told here and the network's, the younger one counts.

    The network's is looked at for this alone; it is kept only with a tick.
    """
    age_here, age_there = (
        age_gate.age_known(request),
        ages.age_of(date.fromisoformat(birth)) if birth else None,
    )
    if age_here and age_there and age_here.adult_from is None and age_there.adult_from is not None:
        age_gate.remember_age(request, age_there)


def _put_aside(request: HttpRequest, network: known.Network, sociallogin: Any, grant: str) -> None:
    """Have what arrived wait for the answer: sealed, outside the database, for minutes.

    Of a birthday that makes them too young for an account nothing is kept, as in the form.
    """
    told = sociallogin.told
    birth = claims.oldest_birth(told)
    if birth is not None and ages.age_of(birth) is None:
        if is_headless_request(request):
            raise ImmediateHttpResponse(ErrorResponse(request, age_gate.not_yet(), status=400))
        answer = HttpResponseRedirect(reverse("sign_up_later"))
        age_gate.bar(answer)
        raise ImmediateHttpResponse(answer)  # and nothing of it waits anywhere
    told_claims = claims.claims(told)
    for address in sociallogin.email_addresses:
        address.verified = known.verifies(network, address.email, told_claims)
    sociallogin.state[WAITS] = arrived.hold(
        {
            "things": claims.read(network.id, told),
            "birth": birth.isoformat() if birth is not None else "",
        }
    )
    sociallogin.state[GRANT] = grant


def _connect(
    request: HttpRequest, network: known.Network, sociallogin: Any, grant: str
) -> HttpResponse:
    """Connect a network to the account of who is signed in, if it is them without doubt."""
    user: Any = request.user
    if not user.is_authenticated:
        return HttpResponseRedirect(reverse("account_login"))
    back = HttpResponseRedirect(reverse("networks"))
    name = {"network": network.name}
    if not reauthentication.is_fresh(request):
        messages.error(
            request, _("Nothing was connected: too much time has passed. Please try again.")
        )
        return back
    try:
        if services.connect(user, network.id, sociallogin.account.uid, grant):
            messages.success(request, _("%(network)s is connected.") % name)
        else:
            messages.info(request, _("%(network)s was connected already.") % name)
    except services.Taken:
        messages.error(
            request,
            _(
                "Nothing was connected: this account at %(network)s already signs in to another "
                "account here. Sign in with it to take it away there first."
            )
            % name,
        )
    except services.Another:
        messages.error(
            request,
            _(
                "Nothing was connected: you have connected another account at %(network)s. Take "
                "that one away first."
            )
            % name,
        )
    return back
