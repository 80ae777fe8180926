"""Markdown of people, made into HTML that can do no harm.

Raw HTML is text, pictures are none, headings stay below those of the page, links say that a person
put them there. What the parser leaves is cleaned once more against a short list of tags.
"""

from collections.abc import Sequence
from html import unescape
from itertools import pairwise
from typing import Any

import nh3
from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre", "hr", "a",
         "h3", "h4", "h5"}  # fmt: skip
# Each runs in the direction of its own letters.
_BLOCKS = {"p", "li", "blockquote", "h3", "h4", "h5"}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, **{tag: {"dir"} for tag in _BLOCKS}}
_SCHEMES = {"https", "http"}
REL = "nofollow ugc noopener noreferrer"
_LOWERED = {"h1": "h3", "h2": "h4"}  # a page has its own h1, and an h2 above the text


def _described(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    """Return what a picture shows, in its author's words: the picture itself would be a tracker."""
    return escape(tokens[at].content)


_parser = MarkdownIt("commonmark", {"html": False, "breaks": True})
_parser.add_render_rule("image", _described)


def html(text: str) -> SafeString:
    """Return a person's text as safe HTML; empty for none."""
    if not text.strip():
        return SafeString("")
    tokens = _parser.parse(text)
    for token in tokens:
        _lower(token)
        if token.nesting == 1 and token.tag in _BLOCKS:
            token.attrSet("dir", "auto")
        _name_links(token.children or [])
    rendered = _parser.renderer.render(tokens, _parser.options, {})
    cleaned = nh3.clean(
        rendered, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=REL,
        clean_content_tags={"script", "style"}, strip_comments=True,
        attribute_filter=_wanted,
    )  # fmt: skip
    return mark_safe(cleaned)  # noqa: S308  (cleaned against the list above)


def plain(text: str, most: int) -> str:
    """Return a person's text without its marks, on one line, cut at a word: for link previews."""
    words = " ".join(unescape(strip_tags(html(text))).split())
    return words if len(words) <= most else f"{words[:most].rpartition(' ')[0] or words[:most]} …"


def _lower(token: Token) -> None:
    if token.type in {"heading_open", "heading_close"}:
        token.tag = _LOWERED.get(token.tag, "h5")


def _name_links(tokens: list[Token]) -> None:
    """Have a link without words show its address, or nobody could tell it from nothing."""
    for token, following in pairwise(tokens):
        if token.type == "link_open" and following.type == "link_close":
            token.meta["bare"] = True
    for at in range(len(tokens) - 1, -1, -1):
        if tokens[at].meta.get("bare"):
            address = str(tokens[at].attrs.get("href", ""))
            tokens.insert(at + 1, Token("text", "", 0, content=address))


def _wanted(tag: str, attribute: str, value: str) -> str | None:
    """Drop whatever isn't listed, and addresses without a host: they would look like the site's."""
    if attribute == "rel":
        return value
    if attribute not in _ATTRIBUTES.get(tag, ()):
        return None
    if attribute == "href" and not value.lower().startswith(("https://", "http://")):
        return None
    return value
