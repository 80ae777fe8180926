"""The cookie page: what a browser keeps, what a visitor chose, and what was counted of them."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from foundation.limits import network_of, spend
from foundation.origins import same_origin
from privacy.consent import views as consent_views
from privacy.consent.choices import choose
from privacy.datamap import browser_storage
from privacy.telemetry import usage


@csrf_exempt  # a visitor who only looks gets no cookie; the browser's own word stands in for it
@require_http_methods(["GET", "HEAD", "POST"])
def cookies(request: HttpRequest) -> HttpResponse:
    """List what is kept in a browser; POST keeps a visitor's choice."""
    if request.method == "POST":
        if not same_origin(request):
            raise PermissionDenied
        if request.user.is_authenticated:
            return redirect("consent")  # an account decides there, wherever it is signed in
        spend("cookies", network_of(request), limit=120, seconds=3600)
        response = redirect(consent_views.way_back(request, "cookies"))
        answers = consent_views.answers_in(request)
        _end(request, answers)
        choose(request, response, answers)
        return response
    choices = request.choices  # type: ignore[attr-defined]
    return render(
        request,
        "privacy/cookies.html",
        {
            "standings": consent_views.standings_shown(request),
            "kept": browser_storage.kept(),
            "usage": usage.events_of_visitor(choices.visitor).order_by("-hour", "-pk")[:200],
        },
    )


def _end(request: HttpRequest, answers: dict[str, bool]) -> None:
    """Delete what was counted of a visitor who refuses it now."""
    if answers.get(usage.KEY) is False:
        usage.events_of_visitor(request.choices.visitor).delete()  # type: ignore[attr-defined]
