"""Templates: nothing inline, nothing unescaped, no other host."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
FILES = [
    path
    for folder in (ROOT, *(one for one in ROOT.iterdir() if (one / "templates").is_dir()))
    for path in sorted((folder / "templates").rglob("*.html"))
    if "email" not in path.relative_to(folder).parts[:2]  # mail has no style sheets of its own
]
COMMENT = re.compile(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}|<!--.*?-->", re.S)
FORBIDDEN = {
    "inline script": r'<script(?![^>]*\ssrc=)(?! type="application/(?:ld\+)?json")[^>]*>',
    "inline style": r"<style|\sstyle=",
    "handler attribute": r"\son[a-z]+\s*=",
    "script address": r"=[\"']?\s*javascript:",
    "unescaped value": r"(?<!\.help_text)\|\s*safe\b|autoescape off|\|\s*safeseq",
    "other host's file": r'(?:src|srcset|poster)="(?:https?:)?//|<link[^>]*href="(?:https?:)?//',
    "form to elsewhere": r'<form[^>]*action="(?:https?:)?//',
    "script without nonce": r'<script(?![^>]*\snonce=)(?! type="application/json")[^>]*>',
}


def faults(text: str) -> list[str]:
    """Return what a template must not hold. A field's help text is ours and may hold markup."""
    plain = COMMENT.sub("", text)
    return [name for name, pattern in FORBIDDEN.items() if re.search(pattern, plain, re.I)]


def test_there_are_templates() -> None:
    assert len(FILES) > 60


@pytest.mark.parametrize(
    "path", [pytest.param(one, id=str(one.relative_to(ROOT))) for one in FILES]
)
def test_a_template_holds_nothing_forbidden(path: Path) -> None:
    assert faults(path.read_text()) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<script>go()</script>", ["inline script", "script without nonce"]),
        ('<p style="color:red">', ["inline style"]),
        ('<img src="/x" onerror="go()">', ["handler attribute"]),
        ("{{ words|safe }}", ["unescaped value"]),
        ('<img src="https://elsewhere.example/x.png">', ["other host's file"]),
        ('<script src="/static/x.js" nonce="{{ n }}"></script>', []),
        ("<p class='on'>one = two</p>", []),
    ],
)
def test_the_rules_see_what_they_forbid(text: str, found: list[str]) -> None:
    assert faults(text) == found


def test_every_form_that_posts_carries_its_token() -> None:
    bare = []
    for path in FILES:
        forms = re.findall(r'<form[^>]*method="post".*?</form>', path.read_text(), re.S | re.I)
        for form in forms:
            if "csrf_token" not in form:
                bare.append(str(path.relative_to(ROOT)))
    assert bare == []
