"""The form behind a person's page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms import ProfileForm
from accounts.queries import my_profile
from accounts.views.shapes import person_shape
from privacy.viewer import Viewer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(
        request.POST or None,
        request.FILES or None,
        instance=my_profile(request.user),
        person=request.user,
    )
    if request.method == "POST" and form.is_valid():
        form.save()
        form.record_news(request.user, request)
        messages.success(request, _("Your profile is saved."))
        return redirect("profile", username=request.user.username)
    person = person_shape(my_profile(request.user), Viewer.looking(request))
    return render(
        request,
        "accounts/edit_profile.html",
        {"form": form, "person": person},
        status=422 if form.errors else 200,
    )
