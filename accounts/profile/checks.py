"""What people tell of themselves, checked and put into one form: for pages, the API and imports.

Each check returns what is stored, or raises ValidationError with a sentence for the person.
"""

import datetime
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts.profile import places
from accounts.profile.models import MAX_INSTRUMENTS, MAX_LANGUAGES, MAX_LINKS, Profile
from accounts.profile.vocabulary import INSTRUMENTS, Level, language_codes

MAX_LINK = 200
OLDEST = 120  # years
YOUNGEST = 13
LONGEST = datetime.timedelta(days=7, minutes=1)  # nobody is open to jam longer than they think of

Place = tuple[str, int | None, str]  # country, number and name of the town


def text(name: str) -> Callable[[Any], str]:
    """Return the check of a column of plain text."""

    def check(value: Any) -> str:
        said = " ".join(str(value or "").split())
        return _within(name, said)

    return check


def long_text(name: str) -> Callable[[Any], str]:
    """Return the check of a column whose lines are kept."""

    def check(value: Any) -> str:
        return _within(name, str(value or "").replace("\r\n", "\n").strip())

    return check


def _within(name: str, said: str) -> str:
    return _fitting(Profile._meta.get_field(name), said)


def _fitting(field: Any, said: str) -> str:
    most = field.max_length
    if "\x00" in said:
        raise ValidationError(_("The text holds a character that no keyboard writes."))
    if len(said) > most:
        raise ValidationError(
            _("Up to %(most)d characters; these are %(are)d.") % {"most": most, "are": len(said)}
        )
    if said:
        field.run_validators(said)
    return said


def texts(name: str) -> Callable[[Any], list[str]]:
    """Return the check of a column that holds a list of a person's own words."""

    def check(value: Any) -> list[str]:
        column: Any = Profile._meta.get_field(name)
        said = [" ".join(str(entry).split()) for entry in value or []]
        kept = list({entry.casefold(): entry for entry in reversed(said) if entry}.values())[::-1]
        if len(kept) > column.size:
            raise ValidationError(_("Up to %(most)d of them.") % {"most": column.size})
        return [_fitting(column.base_field, entry) for entry in kept]

    return check


def slugs(value: Any, known: Iterable[str], most: int) -> list[str]:
    """Check a list of words of a list of ours."""
    said = list(dict.fromkeys(value or []))
    if any(slug not in known for slug in said):
        raise ValidationError(_("One of these isn't in the list. Choose from the list."))
    if len(said) > most:
        raise ValidationError(_("Choose up to %(most)d.") % {"most": most})
    return said


def languages(value: Any) -> list[str]:
    return slugs(value, language_codes(), MAX_LANGUAGES)


def instrument(slug: Any, level: Any) -> tuple[str, int]:
    if slug not in INSTRUMENTS:
        raise ValidationError(_("This instrument isn't in the list. Choose the nearest one."))
    try:
        return str(slug), Level(int(level)).value
    except (TypeError, ValueError):
        raise ValidationError(_("Say how well you play it.")) from None


def instruments(value: Iterable[tuple[Any, Any]]) -> list[tuple[str, int]]:
    """Check a whole list; an instrument that is named twice counts once, the last level holds."""
    levels = dict(instrument(slug, level) for slug, level in value)
    if len(levels) > MAX_INSTRUMENTS:
        raise ValidationError(_("Choose up to %(most)d.") % {"most": MAX_INSTRUMENTS})
    return list(levels.items())


def place(country: str, town: str = "", key: int | None = None) -> Place:
    """Check a country and a town by name or number. Whatever is finer than a town isn't taken."""
    if not country:
        if town.strip():
            raise ValidationError(_("Choose the country of the town too."))
        return "", None, ""
    if country not in places.countries():
        raise ValidationError(_("This country isn't in the list."))
    if town.strip():
        town_found = places.find_town(country, town)
        if town_found is None:
            raise ValidationError(
                _("We know no town of that name there. Take the next larger one, or leave it out.")
            )
    else:
        town_found = places.town(key)
    if town_found is None or town_found.country != country:
        return country, None, ""
    return country, town_found.id, town_found.name


def link(value: Any) -> str:
    """Check one web address: https, a public host, nobody's password in it."""
    said = str(value or "").strip()
    if "://" not in said:
        said = f"https://{said}"
    try:
        parts = urlsplit(said)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (ValueError, UnicodeError):
        host, port, parts = "", None, urlsplit("")
    if parts.scheme != "https":
        raise ValidationError(_("Only addresses that begin with https:// are taken."))
    named = "." in host.strip(".") and not host.replace(".", "").isdigit() and ":" not in host
    if not named or parts.username or parts.password or port not in {None, 443}:
        raise ValidationError(_("This is no address of a public web page."))
    whole = urlunsplit(("https", host, parts.path or "/", parts.query, parts.fragment))
    if len(whole) > MAX_LINK or any(c.isspace() or ord(c) < 32 or c in "<>\"'`\\" for c in whole):
        raise ValidationError(_("This is no address of a public web page."))
    return whole


def links(value: Any) -> list[str]:
    addresses = list(
        dict.fromkeys(link(address) for address in value or [] if str(address).strip())
    )
    if len(addresses) > MAX_LINKS:
        raise ValidationError(_("Up to %(most)d links.") % {"most": MAX_LINKS})
    return addresses


def phone(value: Any) -> str:
    """Return a telephone number as the whole world dials it (E.164)."""
    said = str(value or "").strip()
    if not said:
        return ""
    try:
        number = phonenumbers.parse(said, None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise ValidationError(
            _("Write the number with its country, such as +49 30 123456. This one doesn't exist.")
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def birthday(value: Any) -> datetime.date | None:
    if not value:
        return None
    try:
        day = value if isinstance(value, datetime.date) else parse_date(str(value))
    except ValueError:
        day = None
    today = timezone.localdate()
    if day is None or not today.year - OLDEST <= day.year or day > today:
        raise ValidationError(_("This is no birthday. Write it as year-month-day."))
    years = today.year - day.year - ((today.month, today.day) < (day.month, day.day))
    if years < YOUNGEST:
        raise ValidationError(_("Leave this empty, or check the year. Nothing of it was kept."))
    return day


def until(moment: datetime.datetime | None) -> datetime.datetime | None:
    """Return until when somebody is open to jam: in the next days, or not at all."""
    now = timezone.now()
    if moment is not None and not now < moment <= now + LONGEST:
        raise ValidationError(_("Choose a time within the next seven days."))
    return moment
