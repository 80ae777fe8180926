"""Pages of recordings: hear, publish, withdraw, keep."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.identity.member_request import MemberRequest
from accounts.identity.queries import shown_person
from accounts.profile.faces import Faces
from foundation.strict import said_yes
from privacy.gate.access import get_visible_or_404
from privacy.gate.viewer import Via, Viewer
from privacy.sharing import previews
from privacy.sharing.media import url_for
from privacy.sharing.view_as import looking
from sessions_app import lists, permissions, queries
from sessions_app.forms import RecordingAudienceForm, RecordingTitleForm
from sessions_app.models import Recording, Stem
from sessions_app.services import deleting, publishing
from sessions_app.views import shared
from sessions_app.views.presenters import (
    recording_card,
    recording_page,
    recording_preview,
    stem_row,
)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List public recordings, newest first; `?mine` lists those the person owns or plays on."""
    viewer = Viewer.looking(request)
    mine = viewer.is_member and said_yes(request.GET, "mine")
    rows = lists.my_recordings if mine else lists.new_recordings
    page: Any = rows.page(viewer, request.GET.get("after"))
    takes = lists.with_sound_and_players(page.items, viewer)
    faces = Faces(viewer)
    return render(
        request,
        "sessions/recordings.html",
        {
            "recordings": [recording_card(take, viewer, faces) for take in takes],
            "next_url": page.next_url(request),
            "mine": mine,
        },
    )


@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    posing = looking(request, Recording, owner="owner", public_id=public_id)
    if posing.hidden:
        return posing.hidden_page(request)
    viewer = posing.viewer
    recording: Any = lists.one_recording.first_or_404(viewer, public_id=public_id)
    lists.with_sound_and_players([recording], viewer)
    faces = Faces(viewer)
    shape = recording_page(recording, viewer, faces)
    if recording.state == Recording.State.PROCESSING:
        shape["progress"], shape["no_room"] = queries.mix_progress(recording)
    stems = lists.stems_of.all(viewer, recording=recording.pk) if viewer.is_member else []
    plays_on_it = any(credit.player_id == viewer.user_id for credit in recording.credits)
    failed = recording.state == Recording.State.FAILED
    is_owner = permissions.may_edit(viewer, recording)
    context = {
        "recording": shape,
        "posing": posing,
        "stems": [
            stem_row(stem, viewer, faces) for stem in stems if stem.state == Stem.State.ALIGNED
        ],
        "left_out": _left_out(recording, stems),
        "plays_on_it": plays_on_it,
        "saving": any(stem.others_may_save for stem in stems if stem.player_id == viewer.user_id),
        "others": any(credit.player_id != viewer.user_id for credit in recording.credits),
        "may_take_off": permissions.may_take_off(viewer, recording),
        "retry_url": reverse("mix_again", args=[public_id]) if failed and plays_on_it else None,
        "audience_form": RecordingAudienceForm(instance=recording) if is_owner else None,
        "title_form": RecordingTitleForm(instance=recording) if is_owner else None,
        **shared.context(request, viewer, recording, owned=is_owner),
        **previews.context(recording, recording_preview(recording)),
    }
    template = "sessions/recording_body.html" if request.htmx else "sessions/recording.html"  # type: ignore[attr-defined]
    return previews.ask_robots(render(request, template, context), recording)


def _left_out(recording: Recording, stems: list[Stem]) -> list[dict[str, str]]:
    """Say whose sound a mix that is made, or couldn't be, is without, and why."""
    if recording.state not in {Recording.State.READY, Recording.State.FAILED}:
        return []
    why = {
        Stem.Fault.CLOCK: _("The times it came with can't be true, so it has no place in the mix."),
        Stem.Fault.UNREADABLE: _("It is damaged and can't be read."),
        "": _("It hasn't arrived whole. If it still comes, the mix is made again."),
    }
    without = {Stem.State.CAPTURING, Stem.State.FAILED}
    return [
        {"player_name": _named(stem), "why": why[stem.fault]}
        for stem in stems
        if stem.state in without
    ]


def _named(stem: Stem) -> str:
    player = shown_person(stem, "player")
    return player.username if player else _("A player you can't see")


@require_safe
def audio(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a fresh address of the mix: addresses expire, pages stay open."""
    viewer = Viewer.looking(request, Via.API)
    recording = get_visible_or_404(Recording, viewer, public_id=public_id)
    mix = queries.mix_of(viewer, recording)
    if mix is None:
        raise Http404
    aac = url_for(mix, "aac", viewer) if mix.aac else None
    return _private(JsonResponse({"src": url_for(mix, "opus", viewer), "aac": aac}))


@require_safe
def peaks(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give the waveform of the mix in force."""
    viewer = Viewer.looking(request, Via.API)
    recording = get_visible_or_404(Recording, viewer, public_id=public_id)
    mix = queries.mix_of(viewer, recording)
    if mix is None:
        raise Http404
    return _private(JsonResponse(mix.peaks))


@require_safe
def stem_peaks(request: HttpRequest, public_id: str) -> HttpResponse:
    stem = get_visible_or_404(Stem, Viewer.looking(request, Via.API), public_id=public_id)
    if stem.peaks is None:
        raise Http404
    return _private(JsonResponse(stem.peaks))


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response


def _owned(request: MemberRequest, public_id: str) -> Recording:
    """Return a recording that the person owns; whoever else asks gets the 404."""
    mine = Recording.objects.filter(owner=request.user)
    return get_visible_or_404(mine, Viewer.looking(request), public_id=public_id)


@login_required
@require_POST
def change_audience(request: MemberRequest, public_id: str) -> HttpResponse:
    recording = _owned(request, public_id)
    form = RecordingAudienceForm(request.POST, instance=recording)
    if form.is_valid():
        publishing.change_audience(recording, form.cleaned_data["audience"])
        messages.success(request, _("The new audience holds from now on, everywhere."))
    else:
        messages.error(request, _("That is no audience for a recording. Nothing was changed."))
    return redirect(recording)


@login_required
@require_POST
def take_off_band(request: MemberRequest, public_id: str) -> HttpResponse:
    """Take a recording off its band's page: its owner, or who runs the band."""
    viewer = Viewer.looking(request)
    recording = get_visible_or_404(Recording, viewer, public_id=public_id)
    if recording.band is None or not permissions.may_take_off(viewer, recording):
        raise Http404
    band = recording.band
    publishing.take_off_band(recording)
    messages.success(request, _("It is off the band's page."))
    return redirect(recording if recording.owner_id == viewer.user_id else band)


@login_required
@require_POST
def make_link(request: MemberRequest, public_id: str) -> HttpResponse:
    return shared.make_link(request, _owned(request, public_id))


@login_required
@require_POST
def rename(request: MemberRequest, public_id: str) -> HttpResponse:
    recording = _owned(request, public_id)
    form = RecordingTitleForm(request.POST, instance=recording)
    if form.is_valid():
        publishing.rename(recording, form.cleaned_data["title"])
        messages.success(request, _("The title is saved."))
    else:
        messages.error(request, _("A title has at most 80 characters. Nothing was changed."))
    return redirect(recording)


@login_required
@require_POST
def mix_again(request: MemberRequest, public_id: str) -> HttpResponse:
    """Try a mix anew that failed; anybody who plays on the recording may."""
    recording = get_visible_or_404(Recording, Viewer.looking(request), public_id=public_id)
    if not publishing.retry_mix(recording, request.user):
        raise Http404
    return redirect(recording)


@login_required
@require_POST
def withdraw(request: MemberRequest, public_id: str) -> HttpResponse:
    """Take one's own sound out of a recording."""
    viewer = Viewer.looking(request)
    recording = get_visible_or_404(Recording, viewer, public_id=public_id)
    if not publishing.withdraw(recording, request.user):
        raise Http404
    if Recording.objects.filter(pk=recording.pk).exists():
        said = _("Your sound is out of this recording. It is being mixed again without it.")
    else:
        said = _("Your sound is out. Nobody else plays on this recording, so it is gone.")
    messages.success(request, said)
    return redirect("recordings")


@login_required
@require_POST
def share_stem(request: MemberRequest, public_id: str) -> HttpResponse:
    """Let the others who play on a recording save one's sound by itself (`yes=1`), or nobody."""
    recording = get_visible_or_404(Recording, Viewer.looking(request), public_id=public_id)
    yes = request.POST.get("yes") == "1"
    if not publishing.let_save(recording, request.user, yes=yes):
        raise Http404
    words = _("The others may save your sound now.") if yes else _("Only you may save it now.")
    messages.success(request, words)
    return redirect(recording)


@login_required
@require_POST
def delete(request: MemberRequest, public_id: str) -> HttpResponse:
    """Delete a recording that one owns; others who play on it keep their sound."""
    recording = _owned(request, public_id)
    try:
        gone = deleting.delete_recording(recording, request.user)
    except deleting.Running:
        messages.error(request, _("The take is still running. Stop it first, then delete it."))
        return redirect(recording)
    if gone:
        messages.success(request, _("The recording is deleted, with all its sound."))
    else:
        messages.success(
            request, _("Your sound is deleted. The others keep the recording without it.")
        )
    return redirect(f"{reverse('recordings')}?mine")
