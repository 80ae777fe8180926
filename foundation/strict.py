"""What the API doesn't know it refuses: fields of a body, names in a query, words for yes and no.

A name that is silently left out is a wish that is silently not done.
"""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

YES, NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def flag(query: Any, name: str) -> bool:
    """Return what a query says of a yes or no; without a value (`?mine`) it says yes.

    Raises ValidationError for what is neither.
    """
    if name not in query:
        return False
    said = str(query[name]).strip().lower()
    if said in NO:
        return False
    if said in YES or not said:
        return True
    raise ValidationError({name: [_("Say true or false.")]})


def said_yes(query: Any, name: str) -> bool:
    """Return the same for a page, where what is neither yes nor no was typed by nobody: yes."""
    return name in query and str(query[name]).strip().lower() not in NO


class StrictQuery:
    """Mixin for API views: `query` names what may stand behind the question mark."""

    query: tuple[str, ...] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        known = {*self.query, *(("after",) if getattr(self, "pagination_class", None) else ())}
        said = _("There is nothing of this name to ask for here.")
        if request.method != "GET":
            known -= {"after"}
        if unknown := sorted(set(request.query_params) - known):
            raise ValidationError({name: [said] for name in unknown})


class StrictBody:
    """Mixin for serializers: a name that isn't a field is refused, in parts of the body too.

    A part (a row of a list, an object in an object) is always whole, in a PATCH as well.
    """

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            self._refuse(data)
        return super().to_internal_value(data)  # type: ignore[misc]

    def _refuse(self, data: dict[str, Any]) -> None:
        fields: dict[str, serializers.Field[Any, Any, Any, Any]] = self.fields  # type: ignore[attr-defined]
        part = getattr(self, "parent", None) is not None
        faults: dict[str, list[Any]] = {}
        for name in data:
            field = fields.get(name)
            if field is None or (field.read_only and not part):
                said = _("There is no field of this name, or it can't be changed here.")
                faults[str(name)] = [ErrorDetail(said, code="unknown")]
        for name, field in fields.items():
            if part and field.required and not field.read_only and name not in data:
                faults[name] = [ErrorDetail(_("This field is required."), code="required")]
        if faults:
            raise ValidationError(faults)
