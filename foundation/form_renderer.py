"""Forms as Django's templates write them; a select, with its hundreds of options, in one join.

Django renders a template for each option: 20 ms for the lists of countries and languages.
"""

from collections.abc import Mapping
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

SELECT = "django/forms/widgets/select.html"
OPTION = "django/forms/widgets/select_option.html"


class Renderer(TemplatesSetting):
    def render(self, template_name: str, context: Any, request: Any = None) -> str:
        if template_name == SELECT and _is_plain(context["widget"]):
            return select(context["widget"])
        return super().render(template_name, context, request)


def _is_plain(widget: Mapping[str, Any]) -> bool:
    """Return whether no option of it has a template of its own."""
    return all(
        option["template_name"] == OPTION
        for _, options, _ in widget["optgroups"]
        for option in options
    )


def select(widget: Mapping[str, Any]) -> SafeString:
    """Return a select; `widget` is what `Select.get_context` gives its template."""
    parts: list[str] = [
        format_html('<select name="{}"{}>', widget["name"], attributes_of(widget["attrs"]))
    ]
    for group, options, _ in widget["optgroups"]:
        inside: list[str] = [
            option_of(option["value"], option["label"], option["attrs"]) for option in options
        ]
        if group:
            inside = [format_html('<optgroup label="{}">', group), *inside, "</optgroup>"]
        parts += inside
    return mark_safe("\n".join((*parts, "</select>")))  # noqa: S308  (each part is escaped)


def option_of(value: Any, label: Any, attributes: Mapping[str, Any]) -> str:
    written = f'value="{conditional_escape(str(value))}"{attributes_of(attributes)}'
    return f"<option {written}>{conditional_escape(label)}</option>"


def attributes_of(attributes: Mapping[str, Any]) -> SafeString:
    written = [
        f" {conditional_escape(name)}"
        if value is True
        else f' {conditional_escape(name)}="{conditional_escape(str(value))}"'
        for name, value in attributes.items()
        if value is not False
    ]
    return mark_safe("".join(written))  # noqa: S308  (each part is escaped)
