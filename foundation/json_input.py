"""JSON from outside: read within bounds, the same at every entry."""

import json
import math
from typing import Any, NoReturn

from django.utils.translation import gettext as _

DEEPEST = 64  # levels of lists and objects
LONGEST = 1024 * 1024  # bytes of a request's body
_LARGEST = 2**63 - 1


class Unreadable(ValueError):
    """This is no JSON that we read; the message is for who sent it."""


def parse(text: str | bytes) -> Any:
    """Return what JSON says. Raises Unreadable.

    Refused besides what is no JSON: more than 64 levels, NaN and Infinity, numbers beyond 64 bits
    or beyond a double.
    """
    try:
        value = json.loads(text, parse_constant=_no_number)
    except Unreadable:
        raise
    except RecursionError:
        raise _too_deep() from None
    except ValueError:  # also not UTF-8, also a number of more than 4,300 digits
        raise Unreadable(_("This is not JSON.")) from None
    _look(value)
    return value


def too_long() -> str:
    return _("JSON has at most %(n)d KiB.") % {"n": LONGEST // 1024}


def _look(content: Any) -> None:
    """Look at every value, level by level."""
    level, depth = [content], 0
    while level:
        if any(_is_beyond(value) for value in level if isinstance(value, int | float)):
            raise _no_such_number()
        nests = [value for value in level if isinstance(value, dict | list)]
        depth += bool(nests)
        if depth > DEEPEST:
            raise _too_deep()
        level = [
            value for nest in nests for value in (nest.values() if isinstance(nest, dict) else nest)
        ]


def _is_beyond(number: Any) -> bool:
    """Return whether a number is beyond 64 bits, or beyond a double: JSON's 1e999 is read so."""
    if isinstance(number, float):
        return math.isinf(number)
    return not -_LARGEST <= number <= _LARGEST


def _no_number(_word: str) -> NoReturn:
    raise _no_such_number()


def _no_such_number() -> Unreadable:
    return Unreadable(_("It holds a number that is too large, or none."))


def _too_deep() -> Unreadable:
    return Unreadable(_("It is nested more than %(n)d levels deep.") % {"n": DEEPEST})
