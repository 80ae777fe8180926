"""Ending news with one click, and confirming an address: by signed links, without signing in."""

from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from privacy import news


@csrf_exempt  # RFC 8058: mail programs post here, without cookies; the token is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, for programs fetch links by themselves; POST ends it. Says nothing of whom."""
    done = request.method == "POST"
    try:
        news.unsubscribe(token, act=done)
    except BadSignature:
        raise Http404 from None
    return render(request, "privacy/unsubscribe.html", {"done": done})


@csrf_exempt  # from a mail, without cookies; the token is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    try:
        news.unsubscribe(token, act=False)
        done = request.method == "POST" and news.confirm(token)
    except BadSignature:
        raise Http404 from None
    late = request.method == "POST" and not done
    return render(
        request,
        "privacy/confirm_news.html",
        {"done": done, "late": late},
        status=410 if late else 200,
    )
