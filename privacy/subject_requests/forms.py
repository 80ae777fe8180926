"""Forms in which requests come in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from privacy.consent import purposes
from privacy.notices.forms import NewsChoice
from privacy.subject_requests.models import Request

# A report of a child's account has a form of its own.
KINDS = [choice for choice in Request.Kind.choices if choice[0] != Request.Kind.CHILD]
READ_BY = _("Only the staff who answer it see it.")
MAX_TEXT = 4000


def _seen(field: Any, words: Any) -> Any:
    """Say beside a field who will see it."""
    field.seen_by = words
    return field


class RequestForm(NewsChoice):
    """A request of somebody who is signed in."""

    form_name = "request"

    kind = forms.ChoiceField(label=_("What you want"), choices=KINDS, widget=forms.RadioSelect)
    purpose = forms.ChoiceField(
        label=_("Which use to stop"),
        required=False,
        help_text=_("For “Stop one use of my data”. It stops at once."),
    )
    text = _seen(
        forms.CharField(
            label=_("In your words"),
            required=False,
            max_length=MAX_TEXT,
            widget=forms.Textarea(attrs={"rows": 5}),
            help_text=_("What to correct, delete, stop or tell. Nothing is needed for a copy."),
        ),
        READ_BY,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["purpose"]
        field.choices = [("", _("none of these"))] + [
            (purpose.key, purpose.label) for purpose in purposes.purposes()
        ]
        if len(field.choices) == 1:
            del self.fields["purpose"]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        kind, wordless = values.get("kind"), not values.get("text", "").strip()
        if kind == Request.Kind.OBJECT and wordless and not values.get("purpose"):
            self.add_error("text", _("Choose a use above, or say which one to stop."))
        if kind in {"correct", "delete", "enquiry"} and wordless:
            self.add_error("text", _("Say in a few words what you want."))
        if kind != Request.Kind.OBJECT:
            values["purpose"] = ""
        return values


class PublicRequestForm(RequestForm):
    """A request of anybody; the answer goes to the address."""

    form_name = "request without account"

    address = _seen(
        forms.EmailField(
            label=_("Your e-mail address"),
            widget=forms.EmailInput(attrs={"autocomplete": "email"}),
            help_text=_("We send a link there first. With an account, use its address."),
        ),
        READ_BY,
    )
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"style": "trap"}))
    field_order = ["kind", "text", "address", "website"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("purpose", None)


class ReplyForm(forms.Form):
    """A few words more on an open request."""

    text = _seen(
        forms.CharField(
            label=_("Write to us"), max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 4})
        ),
        READ_BY,
    )
