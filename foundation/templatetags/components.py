"""The small parts that stand on a page dozens of times, as functions: icons, times, pictures.

They are built in: no template loads them. A part with a frame of its own (a card, a picker) is a
template in `templates/components/`.
"""

import datetime
from functools import cache, lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_SPRITE = "icons.svg"
SIZES = {"huge": "8.5rem", "big": "4rem"}


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """Return an icon of `icons.svg`; `extra`: further classes. Decorative: words stand beside."""
    return _icon(str(name), str(extra), sprite())


def sprite() -> str:
    """Return the address of all icons; a process that serves it from its sources asks each time."""
    return static(_SPRITE) if settings.DEBUG else _kept_sprite()


@cache
def _kept_sprite() -> str:
    return static(_SPRITE)


@lru_cache(maxsize=512)
def _icon(name: str, extra: str, address: str) -> SafeString:
    classes = f"icon {extra}" if extra else "icon"
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>', classes, address, name
    )


@register.simple_tag
def moment(at: Any, show: str = "moment") -> SafeString:
    """Return a time. `show`: moment ("2 hours ago"), day, full, clock (with its day if not today).

    Scripts put it into the reader's own zone and words; without them it is written out here.
    """
    if not isinstance(at, datetime.date):
        return format_html('<time datetime="" data-local="{}"></time>', show)
    if isinstance(at, datetime.datetime) and timezone.is_aware(at):
        at = timezone.localtime(at)
    words = formats.date_format(at, _format(at, show))
    return format_html('<time datetime="{}" data-local="{}">{}</time>', at.isoformat(), show, words)


def _format(at: datetime.date, show: str) -> str:
    if show == "day":
        return "DATE_FORMAT"
    today = isinstance(at, datetime.datetime) and at.date() == timezone.localdate()
    return "TIME_FORMAT" if show == "clock" and today else "DATETIME_FORMAT"


@register.simple_tag
def avatar(
    name: Any, photo_url: Any = "", id: Any = "", size: str = "", initials: Any = "",
    photo_srcset: Any = "",
) -> SafeString:  # fmt: skip
    """Return somebody's picture, or the first letters of their name on a steady colour.

    `id` gives the colour (the name will do), `size` is small, big or huge, `photo_srcset` are
    addresses with widths. Decorative: the name stands beside it.
    """
    classes = f"avatar avatar--{size}" if size else "avatar"
    tone = str(id or name)[-1:].lower()
    if not photo_url:
        inside = format_html("{}", str(initials or name)[:2])
    else:
        sizes = SIZES.get(size, "2.5rem")
        widths = format_html(' srcset="{}" sizes="{}"', photo_srcset, sizes) if photo_srcset else ""
        lazy = "" if size == "huge" else mark_safe(' loading="lazy"')
        inside = format_html('<img src="{}"{} alt=""{} decoding="async">', photo_url, widths, lazy)
    return format_html(
        '<span class="{}" data-tone="{}" aria-hidden="true">{}</span>', classes, tone, inside
    )


@register.simple_tag
def face(of: Any, size: str = "", plain: bool = False) -> SafeString:
    """Return somebody as `accounts.profile.faces` shows them: picture, name, handle, instrument.

    `plain`: name and picture alone. What is written is kept with the face: a list of takes names
    the same few people in every row.
    """
    kept: dict[Any, SafeString] = of.__dict__.setdefault("written", {})
    if (size, plain) not in kept:
        kept[size, plain] = _face(of, size, plain=plain)
    return kept[size, plain]


def _face(of: Any, size: str, *, plain: bool) -> SafeString:
    more: SafeString | str = ""
    if not plain:
        said = [f"@{of.handle}"] if of.handle else []
        said += [of.instrument] if of.instrument else []
        words = format_html_join("", "<span>{}</span>", ((word,) for word in said))
        more = format_html('<span class="person__more">{}</span>', words) if said else ""
    return format_html(
        '<a href="{}" class="person">{}<span class="person__text">'
        '<bdi class="person__name">{}</bdi>{}</span></a>',
        of.url, avatar(of.name, of.photo_url, of.username, size), of.name, more,
    )  # fmt: skip


@register.simple_tag
def duration(ms: int | None) -> SafeString:
    """Return a length in milliseconds as 3:07; nothing without one."""
    if not ms:
        return SafeString("")
    minutes, seconds = divmod(ms // 1000, 60)
    return format_html('<span class="tabular">{}</span>', f"{minutes}:{seconds:02d}")


@register.simple_tag
def player(
    src: str, aac: Any = "", peaks: Any = "", refresh: Any = "", ms: Any = "", label: Any = "",
    size: str = "",
) -> SafeString:  # fmt: skip
    """Return what plays a sound: `src` its address, `aac` the same for telephones.

    `peaks`: address of its waveform; `refresh`: where a fresh address is; `ms`: its length; `size`:
    big or nothing.
    """
    given = ("aac", aac), ("peaks", peaks), ("refresh", refresh), ("duration", ms)
    more = format_html_join("", ' {}="{}"', (pair for pair in given if pair[1]))
    named, said = mark_safe(""), mark_safe("")
    if label:
        named = format_html(' label="{}"', label)
        said = format_html(' aria-label="{}"', label)
    sized = format_html(' size="{}"', size) if size else ""
    telephone = format_html('<source src="{}" type="audio/mp4">', aac) if aac else ""
    return format_html(
        '<wave-player src="{}"{}{}{}><audio controls preload="none"{}><source src="{}">{}</audio>'
        "</wave-player>",
        src, more, named, sized, said, src, telephone,
    )  # fmt: skip
