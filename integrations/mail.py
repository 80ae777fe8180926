"""Mail through a mail server. One that isn't ours is an outside service, and gets recorded."""

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from integrations.boundary import disclose
from integrations.providers import is_ours

CATEGORIES = ("user.contact.email", "user.account")


class Letter(EmailMessage):
    """A mail that knows what it is for; others are about the account.

    Nobody writes one by hand, and each says so (RFC 3834), so that no absence note answers.
    """

    def __init__(
        self,
        *args: Any,
        purpose: str = "account",
        headers: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        headers = {"Auto-Submitted": "auto-generated", **(headers or {})}
        super().__init__(*args, headers=headers, **kwargs)
        self.purpose = purpose


class Backend(EmailBackend):
    """Django's SMTP backend behind the boundary."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send mail; a run of many is one record for each person, written at once."""
        if is_ours(str(self.host)):
            return super().send_messages(email_messages)
        sent = 0
        by_purpose: dict[str, list[EmailMessage]] = {}
        for message in email_messages:
            by_purpose.setdefault(getattr(message, "purpose", "account"), []).append(message)
        for purpose, letters in by_purpose.items():
            to = [address for letter in letters for address in letter.recipients()]
            with disclose("mail", to, CATEGORIES, purpose):
                sent += super().send_messages(letters) or 0
        return sent
