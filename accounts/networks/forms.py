"""Making an account with what a network told: every thing has a tick, and none is set."""

from typing import Any

from allauth.socialaccount.forms import SignupForm as SocialSignupForm
from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.identity.allauth_internals import complete_social_signup
from accounts.identity.models import User
from accounts.networks import services
from accounts.sign_in.forms.sign_up import SameForAll
from privacy.consent import Channel
from privacy.notices.forms import NewsChoice

LABELS = {
    "name": _("Name"),
    "username": _("Name of your account there"),
    "gender": _("Gender"),
    "location": _("Place"),
    "link": _("Link to your page"),
    "timezone": _("Time zone"),
    "birthday": _("Birthday"),
    "picture": _("Picture"),
    "likes": _("Things you like there"),
    "friends": _("Friends who use this site"),
    "about": _("Words about you"),
    "language": _("Language"),
    "phone": _("Telephone number"),
}
TICK = "keep_"


def label_of(name: str) -> Any:
    """Return the words for a thing; what we have no word for goes by the network's own."""
    return LABELS.get(name) or name.partition(":")[2] or name


class NetworkSignUpForm(SameForAll, NewsChoice, SocialSignupForm):  # type: ignore[misc]
    """An account through a network. `arrived`: name → text of what it told."""

    form_name = "sign-up through a network"
    channel = Channel.SIGN_UP

    def __init__(self, *args: Any, arrived: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.arrived = arrived or {}
        self.not_kept: list[str] = []
        for name in self.arrived:
            self.fields[TICK + name] = forms.BooleanField(label=label_of(name), required=False)

    @property
    def things(self) -> list[dict[str, Any]]:
        """Return what arrived, for the page: each with its tick, its text, and where it goes."""
        return [
            {
                "tick": self[TICK + name],
                "lines": value.splitlines(),
                "is_picture": name == "picture",
                "goes_to": services.goes_to(name, value),
            }
            for name, value in self.arrived.items()
        ]

    @property
    def account_fields(self) -> list[Any]:
        return [field for field in self.visible_fields() if not field.name.startswith(TICK)]

    @property
    def ticked(self) -> list[str]:
        return [name for name in self.arrived if self.cleaned_data.get(TICK + name)]

    def try_save(self, request: HttpRequest) -> Any:
        """Fetch the picture before anything is written: no transaction waits for a network."""
        provider_id = self.sociallogin.account.provider
        self.photo = services.fetch(provider_id, self.arrived, self.ticked)
        return super().try_save(request)

    def complete(self, request: HttpRequest, user: User) -> HttpResponse:
        """Keep what is ticked, before the first sign-in."""
        connection = services.connection_of(self.sociallogin.account)
        photo = None if self.in_vain else self.photo  # files are not taken back with rows
        self.not_kept = services.keep(connection, self.arrived, self.ticked, photo)
        answer: HttpResponse = complete_social_signup(request, self.sociallogin)
        return answer

    def save(self, request: HttpRequest) -> Any:
        user = super().save(request)
        self.record_news(user, request)
        return user
