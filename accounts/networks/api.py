"""An app signs in with what a network's own kit on the device gave it.

`auth/provider/token` takes the network's proof. Who has an account is in; who hasn't is shown what
arrived (`GET auth/provider/signup`), names what to keep, and says their age: as on the page, where
nothing is kept before the answer.
"""

import json
from typing import Any

from allauth.headless.base.response import AuthenticationResponse
from allauth.headless.socialaccount.inputs import ProviderTokenInput
from allauth.headless.socialaccount.response import SocialLoginResponse
from allauth.headless.socialaccount.views import ProviderSignupView, ProviderTokenView
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from accounts.identity.allauth_internals import inputs
from accounts.identity.allauth_internals import social_flows as flows
from accounts.networks import adapter, arrived, services
from accounts.networks.forms import TICK, NetworkSignUpForm, label_of
from accounts.sign_in.api import AgeInput
from privacy.policy.agreements import Channel


class AppTokenInput(ProviderTokenInput):  # type: ignore[misc]
    """A network's proof. Connecting one to an account belongs to the website, with its words."""

    def clean_process(self) -> str:
        if self.cleaned_data["process"] != AuthProcess.LOGIN:
            raise ValidationError(_("Connect networks on the website."), code="invalid")
        return str(AuthProcess.LOGIN)


class AppTokenView(ProviderTokenView):  # type: ignore[misc]
    input_class = AppTokenInput


class AppNetworkSignUpInput(AgeInput, NetworkSignUpForm, inputs.Input):  # type: ignore[misc]
    """E-mail, username, date of birth, and `keep`: the names of the things to be kept."""

    agreed_through = Channel.APP
    form_name = "sign-up through a network, in an app"

    def __init__(self, data: Any, *args: Any, **kwargs: Any) -> None:
        keep = data.get("keep", [])
        self.unknown = not isinstance(keep, list) or set(map(str, keep)) - set(kwargs["arrived"])
        ticks = {} if self.unknown else {TICK + name: True for name in keep}
        plain = {name: value for name, value in data.items() if not name.startswith(TICK)}
        super().__init__({**plain, **ticks}, *args, **kwargs)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if self.unknown:
            raise ValidationError(_("“keep” lists names of what arrived."), code="invalid")
        return values


class AppNetworkSignUpView(ProviderSignupView):  # type: ignore[misc]
    """What arrived, and the answer to it."""

    input_class = {"POST": AppNetworkSignUpInput}

    def handle(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        pending = flows.signup.get_pending_signup(request)
        self.held = arrived.held(pending.state.get(adapter.WAITS, "")) if pending else None
        if pending is not None and self.held is None:
            flows.signup.clear_pending_signup(request)  # its minutes are over: begin again
        answer: HttpResponseBase = super().handle(request, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        return answer

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        assert self.held is not None  # else there is no pending sign-up
        about = json.loads(SocialLoginResponse(request, self.sociallogin).content)
        about["data"]["arrived"] = [
            {
                "name": name,
                "label": str(label_of(name)),
                "value": value,
                "goes_to": str(services.goes_to(name, value)),
            }
            for name, value in self.held["things"].items()
        ]
        return HttpResponse(json.dumps(about), content_type="application/json")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        assert self.held is not None
        adapter.hold_to_the_younger(request, self.held["birth"])
        answer = flows.signup.signup_by_form(request, self.sociallogin, self.input)
        arrived.drop(self.sociallogin.state[adapter.WAITS])
        response: HttpResponse = AuthenticationResponse.from_response(request, answer)
        if self.input.not_kept:
            about = json.loads(response.content)
            about["meta"]["not_kept"] = self.input.not_kept
            response.content = json.dumps(about)
        return response

    def get_input_kwargs(self) -> dict[str, Any]:
        assert self.held is not None
        return {**super().get_input_kwargs(), "arrived": self.held["things"]}
