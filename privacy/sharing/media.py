"""Sound and pictures over HTTP: only through signed, expiring URLs, and through the gate again.

A URL names the object, the part and the viewer it was made for. Its signature proves that we
made it; the gate is asked anew at each request, so a change of audience ends every URL given out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import signing
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.crypto import salted_hmac
from django.utils.http import content_disposition_header

from foundation.addresses import path_of
from foundation.clients import OUTSIDE
from foundation.filenames import file_name
from foundation.ranges import byte_response, file_response
from foundation.tagging import Tags, tagged
from privacy.gate.access import can_see_field, get_visible_or_404
from privacy.gate.rules import rule_of
from privacy.gate.viewer import Via, Viewer

LIFETIME = 3600  # seconds
_SALT = "privacy.media"


@dataclass(frozen=True)
class Download:
    """What a saved file is called (without its ending), and what is written into it."""

    name: str
    tags: Tags


@dataclass(frozen=True)
class Part:
    """One file of a model: the column that holds it and the type it is sent as.

    `download` names a file for who saves it, or returns None where they may not.
    """

    column: str
    content_type: str
    ending: str = ""
    download: Callable[[Any, Viewer], Download | None] | None = None


_parts: dict[type[Model], Mapping[str, Part]] = {}


def serve(model: type[Model], **parts: Part) -> None:
    """Declare which files of a model may be fetched; called from `<app>/privacy.py`."""
    _parts[model] = parts


def url_for(obj: Model, part: str, viewer: Viewer) -> str:
    """Return an address of the file that works for this viewer for an hour.

    With borrowed eyes it is made for the person who borrows them: they see the file too.
    """
    viewer = viewer.real or viewer
    names = (obj._meta.label_lower, obj.public_id, part, _made_for(viewer))  # type: ignore[attr-defined]
    token = signing.TimestampSigner(salt=_SALT).sign("~".join(names))
    return path_of("media", token)


def save_url_for(obj: Model, part: str, viewer: Viewer) -> str:
    """Return an address at which the file is saved, with name and tags."""
    return f"{url_for(obj, part, viewer)}?save=1"


def _made_for(viewer: Viewer) -> str:
    """Return what ties an address to one viewer and tells nothing about them."""
    who = f"{viewer.user_id or 0}~{viewer.app}" if viewer.app else str(viewer.user_id or 0)
    return _sealed(who, settings.SECRET_KEY)


@lru_cache(maxsize=1024)  # a page has a hundred addresses for one viewer
def _sealed(who: str, secret: str) -> str:
    return salted_hmac(_SALT, who, secret=secret, algorithm="sha256").hexdigest()[:16]


def media(request: HttpRequest, token: str) -> HttpResponse | StreamingHttpResponse:
    """Send a file to the viewer its address was made for; everybody else gets the 404."""
    label, public_id, part_name, made_for = _read(token)
    viewer = _looking(request, made_for)
    try:
        model = apps.get_model(label)
        part = _parts[model][part_name]
    except (LookupError, ValueError):
        raise Http404 from None
    obj = get_visible_or_404(model, viewer, public_id=public_id)
    if part.column in rule_of(model).fields and not can_see_field(viewer, obj, part.column):
        raise Http404
    file = getattr(obj, part.column)
    if "save" in request.GET and part.download is not None:
        return _save(request, file, part, part.download(obj, viewer))
    return _send(request, file, part)


def _looking(request: HttpRequest, made_for: str) -> Viewer:
    """Return who fetches, if the address was made for them; through an app if that got it."""
    viewer = Viewer.looking(request, Via.MEDIA)
    for eyes in {viewer, replace(viewer, app=viewer.app or OUTSIDE)}:
        if _made_for(eyes) == made_for:
            return eyes
    raise Http404


def _read(token: str) -> list[str]:
    try:
        name = signing.TimestampSigner(salt=_SALT).unsign(token, max_age=LIFETIME)
    except signing.BadSignature:
        raise Http404 from None
    return name.split("~")


def _save(
    request: HttpRequest, file: Any, part: Part, wanted: Download | None
) -> HttpResponse | StreamingHttpResponse:
    """Send a file to be saved. It goes through us, for its beginning is written for the one."""
    if not file or wanted is None:
        raise Http404
    try:
        size = file.storage.size(file.name)
        saved = tagged(file.storage.open(file.name, "rb"), size, part.content_type, wanted.tags)
    except FileNotFoundError:
        raise Http404 from None
    response = byte_response(request, saved.size, lambda: saved, part.content_type)
    response["Content-Disposition"] = (
        content_disposition_header(True, file_name(wanted.name, part.ending)) or ""
    )
    return _guarded(response)


def send_saved(
    request: HttpRequest, file: Any, content_type: str, name: str
) -> HttpResponse | StreamingHttpResponse:
    """Send a file that the gate let somebody see, to be saved under a name. Raises Http404."""
    response = _send(request, file, Part("", content_type))
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


def _send(request: HttpRequest, file: Any, part: Part) -> HttpResponse | StreamingHttpResponse:
    if not file:
        raise Http404
    response: HttpResponse | StreamingHttpResponse
    if settings.MEDIA_ACCEL_PREFIX:
        # The reverse proxy sends the file; it has asked us, and we have said yes.
        response = HttpResponse(content_type=part.content_type)
        response["X-Accel-Redirect"] = f"{settings.MEDIA_ACCEL_PREFIX}{file.name}"
    else:
        try:
            response = file_response(request, file.storage, file.name, part.content_type)
        except FileNotFoundError:
            raise Http404 from None
    return _guarded(response)


def _guarded(
    response: HttpResponse | StreamingHttpResponse,
) -> HttpResponse | StreamingHttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return response
