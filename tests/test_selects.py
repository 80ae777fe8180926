"""Lists to choose from are written by one template, not by two for each option."""

from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html


class Choices(forms.Form):
    key = forms.ChoiceField(
        choices=[("", "Any"), ("a&b", "<b>A & B</b>"), ("Strings", [(1, "harp"), (2, '"oud"')])],
        widget=forms.Select(attrs={"autocomplete": "off", "disabled": True, "hidden": False}),
    )
    several = forms.MultipleChoiceField(choices=[("x", "X"), ("y", "Y"), ("z", "Z")])


def test_a_list_is_what_django_would_have_written() -> None:
    given = {"key": 2, "several": ["x", "z"]}
    ours, theirs = Choices(given), Choices(given, renderer=DjangoTemplates())
    for name in ("key", "several"):
        assert parse_html(str(ours[name])) == parse_html(str(theirs[name]))
    assert str(ours["key"]).count("selected") == 1
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in str(ours["key"])
