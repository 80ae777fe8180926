"""What a room's page needs of a recording to play it as a backing track."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from accounts.identity.queries import shown_person
from accounts.profile.faces import Faces
from privacy.gate.viewer import Via, Viewer
from privacy.sharing.media import url_for
from sessions_app import lists, queries
from sessions_app.models import Recording, Stem
from sessions_app.titles import of_recording
from sessions_app.views.presenters import stem_row


@require_safe
def track(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give title, length, and fresh addresses of the mix and of the stems that may be heard.

    Times of stems are ms from where the mix begins; `drift_ppm` and `slips` as of a stem's clock.
    """
    viewer = Viewer.looking(request, Via.API)
    recording: Any = lists.one_recording.first_or_404(viewer, public_id=public_id)
    mix = queries.mix_of(viewer, recording)
    if mix is None or recording.state != Recording.State.READY:
        raise Http404
    named = shown_person(recording, "owner") or recording.owner_id is None
    stems = lists.stems_of.all(viewer, recording=recording.pk) if viewer.is_member else []
    faces = Faces(viewer)
    # Everybody's face is asked for before the first is looked at: one query for all.
    rows = [
        (stem, stem_row(stem, viewer, faces)) for stem in stems if stem.state == Stem.State.ALIGNED
    ]
    response = JsonResponse(
        {
            "title": of_recording(recording.title if named else ""),
            "duration": mix.duration_ms,
            "opus": url_for(mix, "opus", viewer),
            "aac": url_for(mix, "aac", viewer) if mix.aac else None,
            "stems": [_stem(stem, mix.start_ms or 0.0, row) for stem, row in rows],
        }
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _stem(stem: Stem, start_ms: float, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": stem.public_id,
        "name": row["player"].name if row["player"] else row["label"],
        "url": row["audio_url"],
        "start": (stem.start_ms or 0.0) - start_ms,
        "rate": stem.sample_rate,
        "drift_ppm": stem.drift_ppm or 0.0,
        "slips": stem.slips,
        "gain": stem.gain,
        "pan": stem.pan,
    }
