"""Signing up: the age question, then allauth's form."""

from typing import Any

from allauth.account import views as allauth_views
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity.services import ages
from accounts.sign_in import age_gate
from accounts.sign_in.forms.age import AgeForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def age(request: HttpRequest) -> HttpResponse:
    """Ask for the date of birth, before anything else; keep of it what an account needs."""
    if request.user.is_authenticated:
        return redirect("home")
    if age_gate.is_barred(request):
        return redirect("sign_up_later")
    form = AgeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        age_given = ages.age_of(form.cleaned_data["birth"])
        if age_given is None:
            age_gate.forget_what_arrived(request)
            age_gate.forget_age(request)
            answer = HttpResponseRedirect(reverse("sign_up_later"))
            age_gate.bar(answer)
            return answer
        age_gate.remember_age(request, age_given)
        return HttpResponseRedirect(_then(request))
    context = {"form": form, "then": _then(request)}
    return render(request, "accounts/age.html", context, status=422 if form.errors else 200)


def _then(request: HttpRequest) -> str:
    """Return the step of this site that asked for the age, the sign-up form by default."""
    path = request.POST.get("then") or request.GET.get("then") or ""
    if url_has_allowed_host_and_scheme(path, {request.get_host()}, request.is_secure()):
        return path
    return reverse("account_signup")


@require_safe
def later(request: HttpRequest) -> HttpResponse:
    """Tell who is too young kindly, and what they can do. The same text for everybody."""
    return render(request, "accounts/too_young.html")


@never_cache
def sign_up(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
    """allauth's sign-up, once the age question is answered."""
    if not request.user.is_authenticated:
        step = age_gate.required_age_step(request)
        if step is not None:
            return step
    answer: HttpResponseBase = allauth_views.signup(request, **kwargs)
    return answer
