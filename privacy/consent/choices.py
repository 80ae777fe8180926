"""What the person behind a request chose: an account's records, or a visitor's one cookie.

`request.choices` is what pages ask. It costs no query: the records come with the person
(`consent.newest`, in `accounts.sign_in.backends`). Whatever stores something asks `consent.has`
again.
"""

import re
import secrets
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from privacy import consent
from privacy.consent import Channel, Standing, purposes
from privacy.consent.purposes import Purpose

LIFETIME = 180 * 24 * 3600  # seconds; then a visitor may choose anew
_COOKIE = re.compile(r"(?:[a-z_]{1,30}\.\d{1,4}~){0,20}(?:gpc~)?(?:id\.[A-Za-z0-9_-]{22}~)?")


class Choices:
    """One request's choices, the browser's signal included."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.signal = request.headers.get("Sec-GPC") == "1"
        self._standings: dict[str, Standing] | None = None

    @property
    def standings(self) -> dict[str, Standing]:
        """Where they stand, by purpose; for visitors only what can run for them."""
        if self._standings is None:
            user: Any = self._request.user
            if user.is_authenticated:
                records = consent.standings(user)
            else:
                records = [_in_cookie(self._cookie, purpose) for purpose in _for_visitors()]
            self._standings = {record.purpose.key: record for record in records}
        return self._standings

    def allows(self, key: str) -> bool:
        """Return whether a purpose may be served in this request."""
        standing = self.standings.get(key)
        user: Any = self._request.user
        if standing is None or (user.is_authenticated and not user.is_present):
            return False
        heeds = self.signal and standing.purpose.heeds_signal
        return standing.on and (standing.against_signal or not heeds)

    @property
    def stale(self) -> list[Purpose]:
        """Purposes whose words changed since they agreed, to be asked for again."""
        return [standing.purpose for standing in self.standings.values() if standing.stale]

    def __getitem__(self, key: str) -> bool:
        """Return what `allows` says of a purpose; in templates `request.choices.KEY`.

        Raises KeyError for none: templates then look for an attribute.
        """
        try:
            return self.allows(purposes.get(key).key)
        except LookupError:
            raise KeyError(key) from None

    @property
    def visitor(self) -> str:
        """The random name that a visitor's cookie carries while they allow statistics, or ""."""
        return str(self._cookie.get("id", ""))

    @property
    def _cookie(self) -> dict[str, str]:
        raw = self._request.COOKIES.get(settings.CHOICES_COOKIE_NAME, "")
        if not _COOKIE.fullmatch(raw):
            return {}
        parts = (part.partition(".") for part in raw.split("~") if part)
        return {name: value or "1" for name, _, value in parts}

    def forget(self) -> None:
        """Look again: something was changed in this request."""
        self._standings = None
        if hasattr(self._request.user, "consents"):
            del self._request.user.consents


def choose(request: HttpRequest, response: HttpResponse, answers: dict[str, bool]) -> None:
    """Keep a visitor's choices in the one cookie, and the evidence of them without a name."""
    choices: Choices = request.choices  # type: ignore[attr-defined]
    # Those who chose before decide anew on all: what they don't name stays as it was.
    said = {
        key: standing for key, standing in choices.standings.items() if standing.version is not None
    }
    versions = {key: standing.version if standing.on else 0 for key, standing in said.items()}
    for key, given in answers.items():
        purpose = purposes.get(key)
        versions[key] = purpose.text.version if given else 0
        consent.write(
            purpose, given, channel=Channel.COOKIES, against_signal=given and choices.signal
        )
    parts = [f"{key}.{version}" for key, version in sorted(versions.items())]
    if choices.signal:
        parts.append("gpc")
    if versions.get("analytics"):
        parts.append(f"id.{choices.visitor or secrets.token_urlsafe(16)}")
    response.set_cookie(
        settings.CHOICES_COOKIE_NAME,
        "".join(f"{part}~" for part in parts),
        max_age=LIFETIME,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _for_visitors() -> list[Purpose]:
    return [purpose for purpose in purposes.purposes() if purpose.visitors]


def _in_cookie(cookie: dict[str, str], purpose: Purpose) -> Standing:
    if purpose.key not in cookie:
        return Standing(purpose, on=False)
    version = int(cookie[purpose.key])
    return Standing(
        purpose,
        on=version == purpose.text.version,
        stale=version not in {0, purpose.text.version},
        version=version,
        against_signal="gpc" in cookie,
    )
