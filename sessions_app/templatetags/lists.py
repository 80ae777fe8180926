"""The rows of lists of recordings and sessions, as functions: they stand on a page dozens of times.

They are built in: no template loads them.
"""

from collections.abc import Mapping
from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from foundation.templatetags.components import duration, face, icon, moment, player
from privacy.templatetags.audience_tags import audience_badge

register = template.Library()

NAMED = 4  # players in a row
_NOTHING = mark_safe("")


@register.simple_tag(takes_context=True)
def recording_row(
    context: Context, recording: Mapping[str, Any], drop: bool = False
) -> SafeString:  # fmt: skip
    """Return a recording (`presenters.recording_card`); where there is sound, it is heard here.

    `drop`: with a button that takes it off the reader's favourites.
    """
    return format_html(
        '<li class="recording-row"><div class="recording-row__head">'
        '<h3 class="recording-row__title"><a href="{}">{}</a></h3>{}</div>'
        '{}<p class="card__meta">{} {} {} {}</p>{}</li>',
        recording["url"], recording["title"], audience_badge(context, recording["audience"]),
        _sound(recording),
        _band(recording),
        _people(recording),
        _NOTHING if recording["audio_url"] else duration(recording["duration_ms"]),
        moment(recording["created_at"]) if recording["created_at"] else _NOTHING,
        _drop(context, recording) if drop else _NOTHING,
    )  # fmt: skip


def _sound(recording: Mapping[str, Any]) -> SafeString:
    if recording["audio_url"]:
        return player(
            recording["audio_url"], recording["aac_url"], recording["peaks_url"],
            recording["refresh_url"], recording["duration_ms"], recording["title"],
        )  # fmt: skip
    said = {
        "uploading": _("Being mixed. It will be here in a moment."),
        "processing": _("Being mixed. It will be here in a moment."),
        "recording": _("Being recorded now."),
        "failed": _("The mix failed. The takes are safe; open it to try again."),
    }.get(recording["state"])
    return format_html('<p class="small soft">{}</p>', said) if said else _NOTHING


def _people(recording: Mapping[str, Any]) -> SafeString:
    players = recording["players"]
    if not players:
        owner = recording["owner"]
        return face(owner, size="small", plain=True) if owner else _NOTHING
    named = format_html_join(
        " ", "{}", ((face(person, size="small", plain=True),) for person in players[:NAMED])
    )
    if len(players) <= NAMED:
        return named
    more = _("and %(n)s more") % {"n": len(players) - NAMED}
    return format_html("{} <span>{}</span>", named, more)


def _band(shape: Mapping[str, Any]) -> SafeString:
    if not shape["band_name"]:
        return _NOTHING
    return format_html(
        '<a class="band-chip" href="{}">{}<span class="visually-hidden">{} </span>{}</a>',
        shape["band_url"], icon("jammed"), _("Band:"), shape["band_name"],
    )  # fmt: skip


def _drop(context: Context, recording: Mapping[str, Any]) -> SafeString:
    return format_html(
        '<form method="post" action="{}">'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<input type="hidden" name="keep" value="0"><input type="hidden" name="from" value="list">'
        '<button type="submit" class="button button--quiet button--small">{}{}'
        '<span class="visually-hidden"> · {}</span></button></form>',
        reverse("favourite", args=[recording["public_id"]]), context["csrf_token"],
        icon("heart"), _("Take off"), recording["title"],
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def session_card(context: Context, session: Mapping[str, Any]) -> SafeString:
    """Return a session (`presenters.session_card`)."""
    host: SafeString = _NOTHING
    if session["host"]:
        host = format_html(
            '<span class="visually-hidden">{} </span>{}',
            _("Host:"), face(session["host"], size="small", plain=True),
        )  # fmt: skip
    return format_html(
        '<li class="card card--link session-card"><div class="row row--between">{} {}</div>'
        '<h3><a class="card__link" href="{}">{}</a></h3>'
        '{}<p class="card__meta card__foot">{} {} {}</p></li>',
        inside(session), audience_badge(context, session["audience"]),
        session["url"], session["title"],
        _plan(session),
        _band(session),
        host,
        _NOTHING if session["starts_at"] or not session["created_at"]
        else moment(session["created_at"]),
    )  # fmt: skip


def _plan(session: Mapping[str, Any]) -> SafeString:
    """Return when a planned session is, in the reader's zone, what is played and who is wanted."""
    said = [word for word in (session["genre"], session["key"]) if word]
    if session["tempo"]:
        said.append(_("%(n)d bpm") % {"n": session["tempo"]})
    if session["wanted"] and not session["is_over"]:
        said.append(_("wanted: %(who)s") % {"who": ", ".join(session["wanted"])})
    at = moment(session["starts_at"], "full") if session["starts_at"] else _NOTHING
    if not at and not said:
        return _NOTHING
    return format_html('<p class="session-card__plan small">{} {}</p>', at, " · ".join(said))


@register.simple_tag
def inside(session: Mapping[str, Any]) -> SafeString:
    """Return who is in a room now, as far as the viewer may know."""
    if session["is_cancelled"]:
        return format_html('<span class="tag">{}</span>', _("called off"))
    if session["is_coming"]:
        planned = icon("calendar"), _("Planned")
        return format_html('<span class="planned small soft">{}{}</span>', *planned)
    if not session["is_live"]:
        words = _("Open, nobody in") if session["is_open"] else _("Closed")
        return format_html('<span class="small soft">{}</span>', words)
    here = session["inside"]
    return format_html(
        '<span class="inside"><span class="live">{}</span> {}</span>',
        _("In now") if here else _("Somebody is in"),
        format_html_join(" ", "{}", ((face(person, size="small", plain=True),) for person in here)),
    )
