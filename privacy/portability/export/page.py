"""index.html of a copy: a person's things in human form, without scripts or anything remote.

The whole page is made of fragments, so that it can be written while memory stays flat. Sections of
more than one part get pages of their own under `pages/`.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from django.db.models import FileField
from django.template.loader import render_to_string
from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from foundation.ids import PublicIdField
from privacy.portability.export.sections import Section

# Purpose of the data map → heading. What has another purpose stands at the end, under "And more".
HEADINGS: dict[str, str | Promise] = {
    "publishing": gettext_lazy("What you show"),
    "jamming": gettext_lazy("Your music"),
    "messages": gettext_lazy("Your words"),
    "account": gettext_lazy("Your account"),
    "safety": gettext_lazy("Keeping you safe"),
    "rights": gettext_lazy("Your rights"),
}
# What a person looks for first, by the end of a section's name.
FIRST = ("profile", "recording", "stem", "mix", "jamsession", "message", "chatline", "user")
HEADLINES = ("title", "username", "name", "email", "label", "subject")
WORDS = ("text", "about", "bio", "status", "body", "note", "answer_text")
MOMENTS = ("created_at", "joined_at", "date_joined", "asked_at", "requested_at", "created", "at")
SOUND = {".flac", ".ogg", ".opus", ".wav", ".mp3", ".m4a"}
PICTURES = {".webp", ".jpg", ".jpeg", ".png", ".gif"}
STYLES = Path(__file__).with_name("page.css")


@dataclass(frozen=True)
class Group:
    """Sections under one heading."""

    key: str
    heading: str
    sections: list[Section]
    lines: list[tuple[str, str, int]] = field(default_factory=list)  # anchor, label, count


@dataclass
class Card:
    """One row, as a person reads it."""

    heading: str = ""
    when: datetime | None = None
    words: list[str] = field(default_factory=list)
    media: list[tuple[str, str]] = field(default_factory=list)  # kind, path
    facts: list[tuple[str, str]] = field(default_factory=list)


def groups(sections: list[Section], counts: dict[str, int]) -> list[Group]:
    """Return the sections with rows under their headings; tables between tables say nothing."""
    by_key: dict[str, list[Section]] = {key: [] for key in [*HEADINGS, "more"]}
    for section in sections:
        if not section.model._meta.auto_created:
            known = [purpose for purpose in section.held.purposes if purpose in HEADINGS]
            by_key[known[0] if known else "more"].append(section)
    page_groups = []
    for key, theirs in by_key.items():
        if theirs:
            theirs.sort(key=_place)
            heading = str(HEADINGS.get(key, _("And more")))
            lines = [
                (_anchor(section), str(section.label), counts[section.name]) for section in theirs
            ]
            page_groups.append(Group(key, heading, theirs, lines))
    return page_groups


def _place(section: Section) -> tuple[int, str]:
    short = section.name.rpartition(".")[2]
    return FIRST.index(short) if short in FIRST else len(FIRST), str(section.label)


def head(page_groups: list[Group], about: dict[str, Any]) -> bytes:
    return _render("head", groups=page_groups, up="", **about)


def foot(about: dict[str, Any]) -> bytes:
    return _render("foot", whole=True, **about)


def group_head(group: Group) -> bytes:
    return _render("group", group=group)


def group_foot() -> bytes:
    return b"</section>\n"


def section_head(section: Section, count: int, parts: int) -> bytes:
    """Open a section; one of several parts links to its pages instead of holding them."""
    leaves = [leaf_path(section, place) for place in range(parts)] if parts > 1 else []
    return _render(
        "section",
        label=section.label,
        anchor=_anchor(section),
        count=count,
        data=section.path,
        leaves=leaves,
    )


def section_foot() -> bytes:
    return b"</section>\n"


def leaf_path(section: Section, place: int) -> str:
    return f"pages/{section.name}-{place + 1:04d}.html"


def leaf(section: Section, place: int, total: int, about: dict[str, Any]) -> tuple[bytes, bytes]:
    """Return what stands before and after the rows on a page of their own."""
    sides = {
        "before": PurePosixPath(leaf_path(section, place - 1)).name if place else "",
        "after": PurePosixPath(leaf_path(section, place + 1)).name if place + 1 < total else "",
    }
    context = {**about, "label": section.label, "number": place + 1, "total": total, **sides}
    return (
        _render("head", groups=[], up="../", leaf=True, **context),
        _render("foot", whole=False, **context),
    )


def moved(fragment: bytes) -> bytes:
    """Return rows for a page one folder down. Text can't pass for an address: it has no quotes."""
    return fragment.replace(b'="media/', b'="../media/')


def rows(section: Section, values: list[dict[str, Any]], readable: list[dict[str, str]]) -> str:
    """Return the rows as HTML, references as `readable` has them; media as seen from index.html."""
    cards = [_card(section, {**row, **words}) for row, words in zip(values, readable, strict=True)]
    said = all(card.words and not (card.heading or card.media) for card in cards)
    items = "".join(f"<li>{_as_html(card)}</li>\n" for card in cards)
    return f'<ul class="{"said" if said else "cards"}">\n{items}</ul>\n'


def _as_html(card: Card) -> str:
    """Return a card's inside. Not a template: those took two thirds of the time of large copies."""
    parts = [f"<h4>{escape(card.heading)}</h4>"] if card.heading else []
    if card.when:
        moment = f"{card.when.day} {_months()[card.when.month]} {card.when:%Y, %H:%M}"
        parts.append(f'<time datetime="{card.when.isoformat()}">{moment}</time>')
    for kind, path in card.media:
        parts.append(_MEDIA[kind].format(path=escape(path), text=escape(_file_words()[kind])))
    parts += [f'<p class="words">{escape(words)}</p>' for words in card.words]
    if card.facts:
        facts = "".join(
            f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>"
            for label, value in card.facts
        )
        parts.append(f"<dl>{facts}</dl>")
    return "".join(parts)


_FILE = '<a class="file" href="{path}">{text}</a>'
_MEDIA = {
    "sound": '<audio controls preload="none" src="{path}"></audio>' + _FILE,
    "picture": '<img src="{path}" alt="" loading="lazy">' + _FILE,
    "file": _FILE,
}


@cache
def _words_in(language: str) -> tuple[dict[str, str], dict[int, str]]:
    """Return what thousands of rows say again and again, looked up once a language."""
    kinds = {"sound": _("Sound file"), "picture": _("Picture file"), "file": _("File")}
    return kinds, {number: str(name) for number, name in MONTHS.items()}


def _file_words() -> dict[str, str]:
    return _words_in(get_language() or "")[0]


def _months() -> dict[int, str]:
    return _words_in(get_language() or "")[1]


def _card(section: Section, values: dict[str, Any]) -> Card:
    card = Card()
    for name in section.fields:
        column: Any = section.model._meta.get_field(name)
        value = values[name]
        if value in (None, "", [], {}) or isinstance(column, PublicIdField):
            continue
        if isinstance(column, FileField):
            card.media.append((_kind(value), value))
        elif name in HEADLINES and not card.heading:
            card.heading = str(value)
        elif name in WORDS and isinstance(value, str):
            card.words.append(value)
        elif name in MOMENTS and card.when is None:
            card.when = datetime.fromisoformat(value)
        else:
            label = section.datum(name).label or column.verbose_name
            card.facts.append((capfirst(str(label)), _human(column, value)))
    return card


def _kind(path: str) -> str:
    suffix = PurePosixPath(path).suffix.lower()
    if suffix in SOUND:
        return "sound"
    return "picture" if suffix in PICTURES else "file"


def _human(column: Any, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_human(column, part) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_human(column, part)}" for key, part in value.items())
    choices = dict(getattr(column, "flatchoices", None) or [])
    if value in choices:
        return str(choices[value])
    if column.get_internal_type() == "DateTimeField":
        return datetime.fromisoformat(value).strftime("%Y-%m-%d %H:%M")
    return str(value)


def _anchor(section: Section) -> str:
    return section.name.replace(".", "-")


@cache
def styles() -> tuple[SafeString, str]:
    """Return the page's style element, and the hash of its content for the page's policy.

    It stands in the page, as an archive's page has nobody to ask for a file.
    """
    text = STYLES.read_text(encoding="utf-8")
    element = SafeString(f"<style>{text}</style>")
    return element, base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _render(template: str, **context: Any) -> bytes:
    element, digest = styles()
    full = {"styles": element, "digest": digest, **context}
    return render_to_string(f"privacy/export/{template}.html", full).encode()
