"""Locking an account, and undoing a change of its address, without signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.security.services import locks, safety_links
from foundation.limits import network_of, spend, spend_on
from foundation.secret_pages import kept_secret
from privacy.erasure.views import NameForm


@require_http_methods(["GET", "HEAD", "POST"])
def lock_by_mail(request: HttpRequest) -> HttpResponse:
    """Take a username or address, and answer the same whether somebody has it or nobody does."""
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"].strip().lower()
        spend_on("lock", request, name, limit=10, each=3, seconds=3600)
        locks.ask(name)
        return render(request, "accounts/lock_asked.html")
    status = 422 if form.errors else 200
    return render(request, "accounts/lock.html", {"form": form}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """Say what a link does, and do it when the button is pressed: mail programs open links too."""
    spend("safety-link", network_of(request), limit=60, seconds=3600, guards=True)
    safety_link = safety_links.open_link(secret)
    context = {"undoes": safety_link.does == locks.Does.UNDO, "address": safety_link.address}
    page = "accounts/lock_confirm.html"
    status = 200
    if request.method == "POST":
        try:
            locks.use(secret)
            page = "accounts/locked.html"
        except locks.AddressTaken:
            context["taken"] = True
            status = 409
    return kept_secret(render(request, page, context, status=status))
