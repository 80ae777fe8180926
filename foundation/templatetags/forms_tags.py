"""What is wrong with a form, for the top of it."""

from typing import Any

from django import template
from django.forms import BaseForm, BoundField

register = template.Library()


@register.simple_tag
def faults(form: BaseForm) -> list[dict[str, Any]]:
    """Return what is wrong: field by field in their order, each with its label, words and place.

    `target` is the id of the control or of what holds it; a field that isn't shown has none. The
    first wrong field gets the focus when the page opens, with scripts or without.
    """
    errors = []
    for name in form.fields:
        field = form[name]
        if field.errors:
            target = "" if field.is_hidden else field.id_for_label or field.auto_id
            errors.append({"label": _label(form, field), "words": field.errors, "target": target})
    if errors:
        _focus(form)
    return errors


def _label(form: BaseForm, field: BoundField) -> Any:
    """Return its name; the audience of a field goes by that field's."""
    whole = field.name.removesuffix("_audience")
    return form[whole].label if whole in form.fields else field.label


def _focus(form: BaseForm) -> None:
    first = next((field for field in form.visible_fields() if field.errors), None)
    for field in form.visible_fields():
        field.field.widget.attrs.pop("autofocus", None)
    if first is not None:
        first.field.widget.attrs["autofocus"] = True
