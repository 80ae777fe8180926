"""What a parent agrees to, in exact words: one list for each scope, the newest last.

A consent records which of these it was given to. Append when the words change in substance.
"""

import hashlib
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from schools.models import ParentalConsent

Scope = ParentalConsent.Scope


@dataclass(frozen=True)
class Words:
    """One version of what a parent agrees to."""

    version: int
    text: str | Promise

    def sha256(self) -> str:
        """Return the hash of the English words, which every translation stands for."""
        with override("en"):
            return hashlib.sha256(str(self.text).encode()).hexdigest()


WORDS: dict[str, list[Words]] = {
    Scope.PROGRAMME: [
        Words(
            1,
            _(
                "My child may have an account for the lessons of this school. The site keeps a"
                " username that doesn't tell the name, a password, what my child plays, writes and"
                " records in the class, and when. My child's class, its teachers, the school and I"
                " see it; nobody else does. Nothing is used for advertising, statistics or"
                " research, and nothing is given to others."
            ),
        )
    ],
    Scope.PROFILE: [
        Words(
            1,
            _(
                "My child may also add a picture and a few words about themselves. The class, its"
                " teachers, the school and I see them; nobody else does. The lessons don't need"
                " this, and go on in full without it."
            ),
        )
    ],
}


def now(scope: str) -> Words:
    """Return the words in force for a scope."""
    return WORDS[scope][-1]
