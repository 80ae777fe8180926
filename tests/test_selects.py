"""Lists to choose from are written by one template, not by two for each option."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html

from foundation.long_lists import LongList, LongSelect


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


KEPT = LongList([("", "Any"), ("a&b", "<b>A & B</b>"), ("2", "harp")])


class Long(forms.Form):
    key = forms.ChoiceField(choices=KEPT, widget=LongSelect(attrs={"autocomplete": "off"}))


class Plain(forms.Form):
    key = forms.ChoiceField(
        choices=list(KEPT), widget=forms.Select(attrs={"autocomplete": "off"}), required=True
    )


@pytest.mark.parametrize("value", ["", "a&b", "2", "none of these", None])
def test_a_list_that_is_kept_is_what_django_would_have_written(value: str | None) -> None:
    given = {} if value is None else {"key": value}
    ours, theirs = Long(given), Plain(given, renderer=DjangoTemplates())
    assert ours.is_valid() == theirs.is_valid()
    assert parse_html(str(ours["key"])) == parse_html(str(theirs["key"]))
    assert str(ours["key"]).count("selected") == (value != "none of these")
