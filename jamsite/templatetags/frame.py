"""What stands around every page, written once where it is the same for everybody.

Built in: no template loads them.
"""

from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

register = template.Library()

_MOST = 256
_kept: dict[Any, SafeString] = {}


@register.simple_tag
def kept(name: str, **given: Any) -> SafeString:
    """Return a template that shows nothing but what it is given, and keep what it wrote.

    `given`: words and switches of the site, a few values at most; never anything of a person.
    """
    key = (name, get_language(), tuple(given.items()))
    written = None if settings.DEBUG else _kept.get(key)
    if written is None:
        if len(_kept) >= _MOST:
            _kept.clear()
        written = _kept[key] = render_to_string(name, given)
    return written


@register.simple_tag(takes_context=True)
def nav_links(context: Context) -> SafeString:
    """Return the links to the main pages, the one that is open marked, for who may open them."""
    request: Any = context.get("request")
    path, user = getattr(request, "path", ""), getattr(request, "user", None)
    places = [("jams", _("Jam"), True), ("recordings", _("Recordings"), True)]
    if getattr(user, "age_group", "") != "child":
        places.insert(1, ("find", _("Find"), False))
    if getattr(user, "is_authenticated", False):
        places.append(("conversations", _("Messages"), True))
    links = [
        format_html(
            '<a class="nav__link" href="{}"{}>{}</a>',
            _address(route), _mark(path, _address(route), inside=has_pages), words,
        )
        for route, words, has_pages in places
    ]  # fmt: skip
    return mark_safe("\n".join(links))  # noqa: S308  (each part is escaped)


@cache
def _address(route: str) -> str:
    return reverse(route)


def _mark(path: str, place: str, *, inside: bool) -> SafeString:
    if path == place:
        return SafeString(' aria-current="page"')
    return SafeString(' aria-current="true"' if inside and place in path else "")
