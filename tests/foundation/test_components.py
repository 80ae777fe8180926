"""The small parts of pages, and selects: what is written, and that nothing in it is markup."""

import datetime
from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.template import Context, Template
from django.utils import timezone

from foundation.form_renderer import Renderer

HOSTILE = "<b>&\"'"
SAFE = "&lt;b&gt;&amp;&quot;&#x27;"


def written(text: str, **context: Any) -> str:
    return Template(text).render(Context(context))


def test_an_icon_says_where_its_picture_lies():
    assert written('{% icon "mic" %}') == (
        '<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#mic"></use></svg>'
    )
    assert 'class="icon icon--big"' in written('{% icon "mic" "icon--big" %}')
    assert f'class="icon {SAFE}"' in written("{% icon name name %}", name=HOSTILE)


def test_a_picture_of_somebody_is_their_photo_or_their_letters():
    assert written("{% avatar name id=id %}", name="Mira", id="Uk4R") == (
        '<span class="avatar" data-tone="r" aria-hidden="true">Mi</span>'
    )
    assert written("{% avatar name %}", name=HOSTILE) == (
        f'<span class="avatar" data-tone="{SAFE[-6:]}" aria-hidden="true">&lt;b</span>'
    )
    photo = written(
        '{% avatar name photo_url=url photo_srcset=widths size="huge" %}',
        name="Mira", url="/media/a.webp?x=1&y=2", widths="/media/b.webp 96w",
    )  # fmt: skip
    assert photo == (
        '<span class="avatar avatar--huge" data-tone="a" aria-hidden="true">'
        '<img src="/media/a.webp?x=1&amp;y=2" srcset="/media/b.webp 96w" sizes="8.5rem" alt=""'
        ' decoding="async"></span>'
    )
    assert ' loading="lazy"' in written("{% avatar name photo_url=url %}", name="Mira", url="/a")


def test_a_time_is_told_in_the_readers_zone_and_as_it_is():
    at = datetime.datetime(2026, 3, 4, 23, 30, tzinfo=datetime.UTC)
    with timezone.override("Asia/Tokyo"):
        assert written("{% moment at %}", at=at) == (
            '<time datetime="2026-03-05T08:30:00+09:00" data-local="moment">'
            "March 5, 2026, 8:30 a.m.</time>"
        )
        assert 'data-local="day">March 5, 2026<' in written('{% moment at "day" %}', at=at)
        now = timezone.now()
        clock = written('{% moment at "clock" %}', at=now)
        assert str(timezone.localdate().year) not in clock.partition(">")[2]
    assert written("{% moment at %}", at=None) == '<time datetime="" data-local="moment"></time>'
    assert 'data-local="day">March 4, 2026<' in written('{% moment at "day" %}', at=at.date())


@pytest.mark.parametrize(
    ("audience", "circle", "words"),
    [("public", None, "Public"), ("members", None, "Members"), ("members", True, "My class"),
     ("public", True, "Public"), ("nonsense", None, "Only me"), (None, None, "Only me")],
)  # fmt: skip
def test_an_audience_is_an_icon_and_its_word(audience: Any, circle: Any, words: str):
    told = written("{% audience_word audience %}", audience=audience, circle=circle)
    assert told.startswith("<svg") and told.endswith(f"<span>{words}</span>")
    badge = written("{% audience_badge audience %}", audience=audience, circle=circle)
    assert badge == (
        f'<span class="audience"><span class="visually-hidden">Who can see this:</span>{told}'
        "</span>"
    )


def test_a_select_is_what_django_writes(settings: Any):
    """Group by group, with what is chosen, off, or hostile."""

    class Choosing(forms.Form):
        plain = forms.ChoiceField(
            choices=[("", "–"), ("a", "A & B"), (HOSTILE, HOSTILE)], initial=HOSTILE
        )
        grouped = forms.ChoiceField(
            choices=[(HOSTILE, [("1", "one"), ("2", "two")]), ("3", "three")], initial="2",
            widget=forms.Select(attrs={"data-x": HOSTILE, "disabled": True, "autofocus": False}),
        )  # fmt: skip
        several = forms.MultipleChoiceField(
            choices=[("1", "one"), ("2", "two")], initial=["1", "2"]
        )

    ours, theirs = Choosing(renderer=Renderer()), Choosing(renderer=TemplatesSetting())
    for name in ("plain", "grouped", "several"):
        mine, expected = str(ours[name]), str(theirs[name])
        assert [line.strip() for line in mine.splitlines()] == [
            line.strip() for line in expected.splitlines() if line.strip()
        ]
        assert "<select" in mine and mine.count("<option") == expected.count("<option")


def test_somebodys_face_is_written_once_for_all_rows_that_name_them():
    class Somebody:
        url, photo_url, username = "/@mira/", "", "mira"
        name, handle, instrument = HOSTILE, "mira", "Viola"

    mira = Somebody()
    whole = written('{% face mira "small" %}', mira=mira)
    assert whole == (
        '<a href="/@mira/" class="person">'
        '<span class="avatar avatar--small" data-tone="a" aria-hidden="true">&lt;b</span>'
        f'<span class="person__text"><bdi class="person__name">{SAFE}</bdi>'
        '<span class="person__more"><span>@mira</span><span>Viola</span></span></span></a>'
    )
    mira.name = "Mira"  # not within one page
    assert written('{% face mira "small" %}', mira=mira) == whole
    assert "person__more" not in written("{% face mira plain=True %}", mira=mira)
