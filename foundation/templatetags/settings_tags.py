"""Template tags of the settings: where one is, and what stands there."""

from typing import Any

from django import template

from foundation import settings_map

register = template.Library()


@register.simple_tag(takes_context=True)
def settings_place(context: Any) -> dict[str, Any]:
    """Return where in the settings a page is; nothing for who has no settings now."""
    request = context.get("request")
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated or person.is_leaving:
        return {}
    match = request.resolver_match
    route = match.view_name if match else ""
    here = settings_map.standing_on(route)
    at_home = route == "settings"
    return {
        "pages": settings_map.pages(person),
        "here": here,
        "below": here is not None and here.route != route,
        "at_home": at_home,
        "question": request.GET.get("q", "") if at_home else "",
    }


@register.simple_tag(takes_context=True)
def settings_rows(context: Any, key: str) -> list[settings_map.Entry]:
    """Return the pages below a page of the settings, as this person has them."""
    return settings_map.rows(key, context["request"].user)


@register.simple_tag(takes_context=True)
def may_open(context: Any, route: str) -> bool:
    """Return whether whoever looks may open a page: what is closed to a child isn't offered."""
    return settings_map.is_open(route, context["request"].user)
