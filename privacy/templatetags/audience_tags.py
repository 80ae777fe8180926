"""How an audience is written on a page: its icon and its word. Built in: no template loads them."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from foundation.templatetags.components import icon, sprite
from privacy.gate.audiences import Audience

register = template.Library()

ICONS = {Audience.FANS: "followers", Audience.BAND: "jammed"}  # the others have their own


@register.simple_tag(takes_context=True)
def audience_word(
    context: Mapping[str, Any] | Context, audience: Any, circle: Any = None
) -> SafeString:
    """Return an audience as icon and word, without a frame; `circle`: the reader is a child."""
    circle = context.get("circle") if circle is None else circle
    who = Audience(audience) if audience in Audience.values else Audience.ME
    word = _("My class") if circle and who is Audience.MEMBERS else who.label
    return format_html("{}<span>{}</span>", icon(ICONS.get(who, who.value)), word)


@register.simple_tag(takes_context=True)
def audience_badge(context: Context, audience: Any) -> SafeString:
    """Return the badge that says who can see a thing."""
    circle = bool(context.get("circle"))
    return _badge(str(audience), get_language() or "", sprite(), circle=circle)


@lru_cache(maxsize=256)
def _badge(audience: str, language: str, icons: str, *, circle: bool) -> SafeString:
    return format_html(
        '<span class="audience"><span class="visually-hidden">{}</span>{}</span>',
        _("Who can see this:"), audience_word({}, audience, circle),
    )  # fmt: skip
