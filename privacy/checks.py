"""`manage.py check` fails while the data map has a hole."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from privacy import datamap


@register
def data_map_is_complete(**_: Any) -> list[CheckMessage]:
    return [Error(sentence, id="privacy.E001") for sentence in datamap.problems()]
