"""The privacy policy, as numbered clauses that run."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from privacy import policy


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "privacy/policy.html",
        {"clauses": policy.clauses(), "facts": policy.facts(), "effective": policy.EFFECTIVE},
    )
