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
from django.utils.translation import ngettext

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
        '{}{}<p class="card__meta card__foot">{} {} {}</p></li>',
        inside(session), audience_badge(context, session["audience"]),
        session["url"], session["title"],
        _plan(session), delay(session),
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
    if session["recording_wish"] != "open" and not session["is_over"]:
        said.append(session["recording_wish_words"])
    at = moment(session["starts_at"], "full") if session["starts_at"] else _NOTHING
    if not at and not said:
        return _NOTHING
    if not at or not said:
        return format_html('<p class="session-card__plan small">{}{}</p>', at, " · ".join(said))
    return format_html('<p class="session-card__plan small">{} · {}</p>', at, " · ".join(said))


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


@register.simple_tag(takes_context=True)
def find_card(context: Context, session: Mapping[str, Any]) -> SafeString:
    """Return a session as it is looked for (`presenters.findable_card`): who, when, what is free.

    `data-key` and `data-now`: scripts bring what changes in a card up to date.
    """
    return format_html(
        '<li class="card card--link session-card find-card" data-key="{}">'
        '<div class="row row--between"><span data-inside>{}</span>{}</div>'
        '<h3><a class="card__link" href="{}">{}</a></h3>{}{}'
        '<div class="find-card__now" data-now>{}{}{}</div>'
        '<div class="card__meta card__foot">{}<span data-action>{}</span></div></li>',
        session["public_id"], inside(session), audience_badge(context, session["audience"]),
        session["url"], session["title"], _band(session), _plan_of(session),
        _who(session), _free(session), delay(session),
        _wish(session), _action(context, session),
    )  # fmt: skip


def _plan_of(session: Mapping[str, Any]) -> SafeString:
    """Return when it is and what is played; who is wanted stands with the seats."""
    return _plan({**session, "wanted": [], "recording_wish": "open"})


def _who(session: Mapping[str, Any]) -> SafeString:
    """Return who has a seat, with the instrument of the seat or else their own."""
    seated = session["seated"]
    if not seated:
        return _NOTHING
    host = session["host"]
    rows = format_html_join(
        "", "<li>{}{}</li>",
        ((face(seat["face"], size="small", plain=True), _plays(seat, host))
         for seat in seated[:NAMED]),
    )  # fmt: skip
    more = len(seated) - NAMED
    rest = format_html("<li>{}</li>", _("and %(n)s more") % {"n": more}) if more > 0 else _NOTHING
    return format_html(
        '<ul class="find-card__who" role="list" aria-label="{}">{}{}</ul>',
        _("Who plays"), rows, rest,
    )  # fmt: skip


def _plays(seat: Mapping[str, Any], host: Any) -> SafeString:
    said = [seat["instrument"] or seat["face"].instrument]
    if host is not None and host.public_id == seat["face"].public_id:
        said.append(_("hosts"))
    words = " · ".join(word for word in said if word)
    return format_html('<span class="soft">{}</span>', words) if words else _NOTHING


def _free(session: Mapping[str, Any]) -> SafeString:
    """Return how many seats are free, and for what."""
    number = session["free"]
    if session["is_locked"]:
        said = _("Locked: nobody takes a new seat for now")
    elif not number:
        said = _("Every seat is taken")
    else:
        said = ngettext("%(n)d seat free", "%(n)d seats free", number) % {"n": number}
    wanted = session["wanted"]
    if wanted and number and not session["is_locked"]:
        said = f"{said}: {', '.join(wanted)}"
    return format_html('<p class="small find-card__free">{}</p>', said)


SIGNS = {"good": "●●●", "fair": "●●○", "poor": "●○○"}


@register.simple_tag
def delay(session: Mapping[str, Any]) -> SafeString:
    """Return the delay to expect, in a word and a sign."""
    grade = session["latency"]
    if not grade:
        return _NOTHING
    return format_html(
        '<p class="small delay delay--{}"><span class="delay__sign" aria-hidden="true">{}</span>'
        "{}</p>",
        grade["key"], SIGNS[grade["key"]],
        _("Expected delay: %(word)s") % {"word": grade["words"]},
    )  # fmt: skip


def _wish(session: Mapping[str, Any]) -> SafeString:
    """Return what the host wishes about recording; nothing where that is open."""
    if session["recording_wish"] == "open":
        return _NOTHING
    return format_html('<span class="tag">{}</span>', session["recording_wish_words"])


def _action(context: Context, session: Mapping[str, Any]) -> SafeString:
    """Return the one thing to do: a seat that is taken at once, or the page where one is."""
    action = session["action"]
    if action is None:
        return _NOTHING
    of = format_html('<span class="visually-hidden"> · {}</span>', session["title"])
    if action["how"] == "link":
        return format_html(
            '<a class="button button--small" href="{}">{}{}</a>', action["url"], action["words"], of
        )
    return format_html(
        '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" '
        'value="{}"><button type="submit" class="button button--small button--primary">{}{}'
        "</button></form>",
        action["url"], context["csrf_token"], action["words"], of,
    )  # fmt: skip
