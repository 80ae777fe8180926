"""What a person wants to be told, and where."""

from typing import Any

from django import forms

from privacy import notices


class NotificationsForm(forms.Form):
    """Two boxes for each kind of notice that can be chosen: in the product, by mail."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = {
            kind.key: (product, mail) for kind, product, mail in notices.choices_of(user)
        }
        self.kinds = [kind for kind in notices.kinds() if kind.key in self.before]
        for kind in self.kinds:
            for where, now in zip(("product", "mail"), self.before[kind.key], strict=True):
                self.fields[f"{where}_{kind.key}"] = forms.BooleanField(required=False, initial=now)

    def rows(self) -> list[tuple[notices.Kind, forms.BoundField, forms.BoundField]]:
        return [
            (kind, self[f"product_{kind.key}"], self[f"mail_{kind.key}"]) for kind in self.kinds
        ]

    def wanted(self) -> dict[str, tuple[bool, bool]]:
        """Return what differs from before, by kind."""
        wishes = {
            kind.key: (
                self.cleaned_data[f"product_{kind.key}"],
                self.cleaned_data[f"mail_{kind.key}"],
            )
            for kind in self.kinds
        }
        return {key: value for key, value in wishes.items() if value != self.before[key]}
