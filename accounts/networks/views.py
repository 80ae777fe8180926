"""Networks: signing up with what they told, connecting, taking away; what they tell of an end."""

import functools
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.apple.apple_session import get_apple_session
from allauth.socialaccount.providers.apple.views import apple_post_callback
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.views import SignupView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity.allauth_internals import social_flows as flows
from accounts.identity.member_request import MemberRequest
from accounts.networks import adapter, arrived, queries, services
from accounts.networks.models import Connection, NetworkFact
from accounts.networks.presenters import present_connection
from accounts.sign_in import age_gate
from foundation import reauthentication
from foundation.addresses import absolute
from foundation.limits import network_of, spend
from integrations import apple, deletion, facebook, fetching
from integrations import networks as known
from privacy.gate.access import get_visible_or_404
from privacy.gate.viewer import Viewer

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponseBase]
# What an odd answer of a network becomes on its way through allauth.
ODD = (*fetching.FAILURES, OAuth2Error, ImproperlyConfigured, LookupError, ValueError, TypeError,
       AttributeError)  # fmt: skip


def careful(view: View) -> View:
    """Wrap one of allauth's steps at a network: whatever it answers, the person gets a page.

    Once its answer was read, a fault is our own: a 500, in the log as every other one.
    """

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        spend("network", network_of(request), limit=300, seconds=600)
        try:
            return view(request, *args, **kwargs)
        except SocialApp.DoesNotExist:
            raise Http404 from None
        except ODD as error:
            answered = isinstance(error, fetching.FAILURES)
            if adapter.was_read(request) and not answered:
                raise
            logger.warning(
                "a sign-in network answered oddly: %s",
                type(error).__name__,
                exc_info=not answered,  # who knows: reading it may have been our mistake
            )
            return render(request, "socialaccount/authentication_error.html", status=401)

    return wrapped


@csrf_exempt
def missing(request: HttpRequest) -> HttpResponse:
    """Stand before steps of allauth that this site doesn't use."""
    raise Http404


@csrf_exempt
def apple_posts(request: HttpRequest) -> HttpResponseBase:
    """Take what Apple posts from its own page, where our cookies don't go; kept for minutes."""
    get_apple_session(request).store.set_expiry(arrived.LIFETIME)
    answer: HttpResponseBase = apple_post_callback(request)
    return answer


class SignUp(SignupView):  # type: ignore[misc]
    """The page with everything that arrived: what is ticked is kept, and nothing else."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            pending = flows.signup.get_pending_signup(request)
        except SocialApp.DoesNotExist:
            pending = None
        held = arrived.held(pending.state.get(adapter.WAITS, "")) if pending else None
        if pending is None or held is None:
            flows.signup.clear_pending_signup(request)
            messages.info(request, _("That took too long. Nothing was kept; please begin again."))
            return redirect("account_login")
        if age_gate.is_barred(request):
            adapter.drop_arrived(request)
            return redirect("sign_up_later")
        step = age_gate.required_age_step(request)
        if step is not None:
            return step
        adapter.hold_to_the_younger(request, held["birth"])
        request.session.set_expiry(arrived.LIFETIME)
        self.held = held
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        return answer

    def get_form_kwargs(self) -> dict[str, Any]:
        arguments: dict[str, Any] = super().get_form_kwargs()
        return {**arguments, "arrived": self.held["things"]}

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        arrived.drop(self.sociallogin.state[adapter.WAITS])
        if form.not_kept:
            words = ", ".join(str(form.fields[f"keep_{name}"].label) for name in form.not_kept)
            messages.warning(
                self.request,
                _("This couldn't be kept: %(things)s. Everything else was.") % {"things": words},
            )
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_invalid(form)
        answer.status_code = 422
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        minutes = arrived.LIFETIME // 60
        return {**context, "network": self.sociallogin.provider.name, "minutes": minutes}


sign_up = never_cache(SignUp.as_view())


@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    """Forget everything that arrived, at once."""
    adapter.drop_arrived(request)
    return redirect("socialaccount_login_cancelled")


def _switched_on(provider_id: str) -> known.Network:
    try:
        return known.find(provider_id)
    except LookupError:
        raise Http404 from None


@login_required
@require_safe
def home(request: MemberRequest) -> HttpResponse:
    """Every connected network: what it learns, what was kept from it, how to take it away."""
    viewer = Viewer.looking(request)
    mine = queries.connections(viewer)
    there = {connection.account.provider for connection in mine}
    return render(
        request,
        "accounts/networks.html",
        {
            "connections": [present_connection(connection) for connection in mine],
            "others": [provider for provider in known.configured() if provider.id not in there],
        },
    )


@login_required
@require_POST
def connect(request: MemberRequest, provider_id: str) -> HttpResponseBase:
    """Go to a network to connect it, once it is sure that it is really them."""
    network = _switched_on(provider_id)
    if not reauthentication.is_fresh(request):
        return reauthentication.ask(request, "networks")
    return careful(_go)(request, network.id)


def _go(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    provider = get_social_adapter().get_provider(request, provider_id)
    answer: HttpResponseBase = provider.redirect(
        request, AuthProcess.CONNECT, next_url=reverse("networks")
    )
    return answer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_away(request: MemberRequest, public_id: str) -> HttpResponse:
    """Say what taking a network away means, and what not; POST does it."""
    viewer = Viewer.looking(request)
    connection = get_visible_or_404(queries.connections(viewer), viewer, public_id=public_id)
    name = known.name_of(connection.account.provider)
    if request.method == "POST":
        if not reauthentication.is_fresh(request):
            return reauthentication.ask(request)
        try:
            services.disconnect(request.user, connection)
        except services.LastWayIn:
            return _take_away_page(request, connection, status=422)
        messages.success(
            request, _("%(network)s is taken away. Your account is as it was.") % {"network": name}
        )
        return redirect("networks")
    return _take_away_page(request, connection)


def _take_away_page(
    request: MemberRequest, connection: Connection, status: int = 200
) -> HttpResponse:
    context = {
        "connection": present_connection(connection),
        "may": services.has_other_way_in(request.user, connection),
    }
    return render(request, "accounts/take_away.html", context, status=status)


@login_required
@require_POST
def forget(request: MemberRequest, public_id: str) -> HttpResponse:
    """Delete one thing that was kept from a network."""
    fact = get_visible_or_404(NetworkFact, Viewer.looking(request), public_id=public_id)
    services.forget_fact(request.user, fact)
    messages.success(request, _("Deleted."))
    return redirect("networks")


@csrf_exempt
@require_POST
def apple_tells(request: HttpRequest) -> HttpResponse:
    """Take Apple's word that somebody ended the sign-in, or their account, there.

    Its signature is what counts. Who isn't known here gets the same answer.
    """
    network = _switched_on("apple")
    spend("apple-tells", network_of(request), limit=600, seconds=60)
    try:
        message = apple.read_message(network, apple.payload_of(request.body))
    except apple.NotApple:
        return HttpResponse(status=400)
    except deletion.Refused:
        return HttpResponse(status=503)  # Apple's keys can't be had now; it sends again
    if message.kind in apple.ENDS:
        services.ended_there("apple", message.subject)
    return HttpResponse(status=204)


@csrf_exempt
@require_POST
def facebook_tells(request: HttpRequest) -> HttpResponse:
    """Take Facebook's word that somebody removed this site there; see `apple_tells`."""
    _ended_at_facebook(request)
    return HttpResponse(status=204)


@csrf_exempt
@require_POST
def facebook_deletes(request: HttpRequest) -> HttpResponse:
    """Delete what came from Facebook because its person asked there; answer as Facebook wants.

    Whoever isn't known here gets the same answer: nothing of theirs is here.
    """
    _ended_at_facebook(request)
    code = facebook.deletion_code()
    url = absolute(reverse("facebook_deleted", args=[code]))
    return JsonResponse({"url": url, "confirmation_code": code})


@require_safe
def facebook_deleted(request: HttpRequest, code: str) -> HttpResponse:
    """Say what became of a deletion asked for at Facebook; names nobody."""
    at = facebook.deleted_at(code)
    if at is None:
        raise Http404
    when = datetime.fromtimestamp(at, UTC)
    return render(request, "accounts/facebook_deleted.html", {"when": when})


def _ended_at_facebook(request: HttpRequest) -> None:
    network = _switched_on("facebook")
    spend("facebook-tells", network_of(request), limit=600, seconds=60)
    try:
        subject = facebook.subject_of(network, request.POST.get("signed_request", ""))
    except facebook.NotFacebook:
        raise SuspiciousOperation("not signed by Facebook") from None
    services.ended_there("facebook", subject)


def moved(request: HttpRequest) -> HttpResponseRedirect:
    """allauth's own list of networks is ours."""
    return HttpResponseRedirect(reverse("networks"))
