"""Exceptions to people's rights: each with the article it rests on, told to whom it concerns.

No request is refused, in whole or in part, on a ground that isn't in this table.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from privacy.subject_requests.models import Request

Kind, Law = Request.Kind, Request.Law


@dataclass(frozen=True)
class Ground:
    """One exception: whose law, which article, what it says, and for which requests."""

    key: str
    law: str
    article: str
    words: Any
    kinds: frozenset[str]

    def __str__(self) -> str:
        return f"{self.words} ({self.article})"


_ALL = frozenset(value for value in Kind.values if value not in {Kind.ENQUIRY, Kind.CHILD})
_IDENTITY = _("it could not be shown who asks")
_UNFOUNDED = _("the request is manifestly unfounded, or excessive because it was repeated")
_OTHERS = _("it would harm the rights of other people")

GROUNDS = (
    Ground("identity", Law.GDPR, "GDPR Art. 12(2), 12(6)", _IDENTITY, _ALL),
    Ground("unfounded", Law.GDPR, "GDPR Art. 12(5)(b)", _UNFOUNDED, _ALL),
    Ground("others", Law.GDPR, "GDPR Art. 15(4)", _OTHERS, frozenset({Kind.ACCESS, Kind.KNOW})),
    Ground(
        "accurate",
        Law.GDPR,
        "GDPR Art. 16",
        _("what is held is right as it stands"),
        frozenset({Kind.CORRECT}),
    ),
    Ground(
        "expression",
        Law.GDPR,
        "GDPR Art. 17(3)(a)",
        _("it is needed for the freedom of expression and information"),
        frozenset({Kind.DELETE}),
    ),
    Ground(
        "obligation",
        Law.GDPR,
        "GDPR Art. 17(3)(b)",
        _("a law obliges us to keep it"),
        frozenset({Kind.DELETE}),
    ),
    Ground(
        "claims",
        Law.GDPR,
        "GDPR Art. 17(3)(e), 18(2), 21(1)",
        _("it is needed to establish, exercise or defend legal claims"),
        frozenset({Kind.DELETE, Kind.RESTRICT, Kind.OBJECT}),
    ),
    Ground(
        "no restriction",
        Law.GDPR,
        "GDPR Art. 18(1)",
        _("none of the cases in which the law restricts processing is there"),
        frozenset({Kind.RESTRICT}),
    ),
    Ground(
        "compelling",
        Law.GDPR,
        "GDPR Art. 21(1)",
        _("there are compelling grounds for it which override your interests"),
        frozenset({Kind.OBJECT}),
    ),
    Ground("unverified", Law.CCPA, "Cal. Civ. Code § 1798.130(a)(2)", _IDENTITY, _ALL),
    Ground("excessive", Law.CCPA, "Cal. Civ. Code § 1798.145(h)(3)", _UNFOUNDED, _ALL),
    Ground("rights of others", Law.CCPA, "Cal. Civ. Code § 1798.145(k)", _OTHERS, _ALL),
)


def of(request: Request) -> list[Ground]:
    """Return the exceptions that this request could meet; none where no right is asked for."""
    return [
        ground for ground in GROUNDS if ground.law == request.law and request.kind in ground.kinds
    ]


def named(request: Request, key: str) -> Ground | None:
    return next((exception for exception in of(request) if exception.key == key), None)
