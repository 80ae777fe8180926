"""Markdown of people: what they write is read, what attacks is text."""

import re

import pytest

from accounts.profile import prose

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](//evil.example/)",
    "[x](/settings/leave/)",
    "[x](https://e.example 'a\" onmouseover=\"alert(1)')",
    '[x](https://e.example/"onmouseover="alert(1))',
    "![x](https://tracker.example/pixel.gif)",
    "![](https://tracker.example/pixel.gif)",
    "![x\" onerror=\"alert(1)](https://tracker.example/p.gif)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n[x]",
    "<style>body{display:none}</style>",
    "<iframe src=https://e.example></iframe>",
    "<!-- --><form action=/settings/leave/ method=post><button>x",
    "`<script>`\n\n    <script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "\x00<script>\x00alert(1)",
]  # fmt: skip
TAG = re.compile(r"<(/?)([a-z0-9]+)((?:\s[^>]*)?)>")
HARMLESS = re.compile(
    r'(?: (?:href="https?://[^"<>\s]+"|rel="nofollow ugc noopener noreferrer"|start="\d+"'
    r'|dir="auto"))*'
)
KNOWN = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre", "hr", "a",
         "h3", "h4", "h5"}  # fmt: skip


@pytest.mark.clause("prose")
@pytest.mark.promise("VJ-02")
@pytest.mark.parametrize("text", [*ATTACKS, "\n\n".join(ATTACKS)])
def test_what_attacks_comes_out_as_text(text: str) -> None:
    html = prose.html(text)
    left = TAG.sub("", html)
    assert "<" not in left and "\x00" not in html
    for _end, tag, attributes in TAG.findall(html):
        assert tag in KNOWN
        assert HARMLESS.fullmatch(attributes), attributes


def test_words_lists_and_links_work() -> None:
    html = prose.html("# Me\n## Now\n### Then\n**bold** and *soft*\n\n1. one\n- two\n> said\n\n"
                      "[site](https://one.example/a?b=1&c=2) <https://two.example>")  # fmt: skip
    rel = 'rel="nofollow ugc noopener noreferrer"'
    assert html == (
        '<h3 dir="auto">Me</h3>\n<h4 dir="auto">Now</h4>\n<h5 dir="auto">Then</h5>\n'
        '<p dir="auto"><strong>bold</strong> and <em>soft</em></p>\n'
        '<ol>\n<li dir="auto">one</li>\n</ol>\n<ul>\n<li dir="auto">two</li>\n</ul>\n'
        '<blockquote dir="auto">\n<p dir="auto">said</p>\n'
        f'</blockquote>\n<p dir="auto"><a href="https://one.example/a?b=1&amp;c=2" {rel}>site</a> '
        f'<a href="https://two.example" {rel}>https://two.example</a></p>\n'
    )


def test_a_picture_is_told_in_words_and_a_bare_link_shows_its_address() -> None:
    assert prose.html("![my cat](https://t.example/c.png)") == '<p dir="auto">my cat</p>\n'
    assert ">https://t.example/</a>" in prose.html("[](https://t.example/)")


@pytest.mark.parametrize("text", ["", "  \n ", "\t"])
def test_nothing_is_nothing(text: str) -> None:
    assert prose.html(text) == ""


@pytest.mark.parametrize("text", ["> " * 1000, "[" * 2000, "*a" * 1000, "`" * 2000, "- " * 1000])
def test_deep_and_broken_texts_end(text: str) -> None:
    assert len(prose.html(text)) < 40_000


@pytest.mark.parametrize(
    ("text", "told"),
    [("**Two** guitars & [one](https://x.example) <harp>", "Two guitars & one <harp>"),
     ("a\n\nb", "a b"), ("one two three four", "one two …"), ("x" * 30, "x" * 24 + " …")],
)  # fmt: skip
def test_previews_are_plain_and_cut_at_a_word(text: str, told: str) -> None:
    assert prose.plain(text, 12 if text.startswith("one") else 24) == told
