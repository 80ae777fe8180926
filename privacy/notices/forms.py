"""The choice about news that every form with personal data carries: its own, and unticked."""

from typing import Any

from django import forms
from django.http import HttpRequest

from privacy import consent
from privacy.consent import Channel, purposes
from privacy.notices import newsletter


class NewsChoice(forms.Form):
    """Mixin: a box for news by e-mail, or the word that the person agreed already.

    Give `person` (or set `user` before) where there is an account. After saving, call
    `record_news`, or `record_news_of` where there is only an address.
    """

    form_name = ""  # noted with the choice
    channel: str = Channel.FORM

    def __init__(self, *args: Any, person: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = person or getattr(self, "user", None)
        now = consent.standings(person) if person is not None else []
        self.news_agreed = any(
            standing.on and standing.purpose.key == newsletter.KEY for standing in now
        )
        purpose = purposes.get(newsletter.KEY)
        if not self.news_agreed and (person is None or purpose.concerns(person)):
            self.fields["news"] = forms.BooleanField(
                label=purpose.label, help_text=purpose.text.words, required=False, initial=False
            )

    def record_news(self, person: Any, request: HttpRequest) -> None:
        """Note a ticked box as consent of this form; an empty one says nothing."""
        if self.cleaned_data.get("news"):
            consent.give(
                person,
                newsletter.KEY,
                channel=self.channel,
                form=self.form_name,
                against_signal=request.choices.signal,  # type: ignore[attr-defined]
            )

    def record_news_of(self, address: str) -> None:
        """Ask an address without account to confirm; nothing is sent before it did."""
        if self.cleaned_data.get("news"):
            newsletter.invite(address, form=self.form_name)
