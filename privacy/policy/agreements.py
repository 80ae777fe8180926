"""Agreeing to the terms of service: which version was shown, and the record of a yes to it."""

from typing import Any

from privacy.policy import releases, versions
from privacy.policy.models import PolicyRelease, TermsAgreement

Channel = TermsAgreement.Channel
Kind = PolicyRelease.Kind


def now() -> PolicyRelease:
    """Return the terms in force."""
    return releases.in_force(Kind.TERMS)


def seal(release: PolicyRelease) -> str:
    """Return the hash of the clauses that somebody agrees to."""
    return versions.sealed({"clauses": release.content["clauses"]})


def agree(user: Any, number: int, channel: str) -> TermsAgreement:
    """Write down that a person agreed to a version that was shown to them. Idempotent.

    Raises LookupError for a version that isn't the one in force.
    """
    release = now()
    if release.number != number:
        raise LookupError(f"terms {number} are not in force")
    made, _new = TermsAgreement.objects.get_or_create(
        user=user, number=number, defaults={"text_sha256": seal(release), "channel": channel}
    )
    return made


def newest(user: Any) -> TermsAgreement | None:
    """Return what a person agreed to last."""
    return TermsAgreement.objects.filter(user=user).order_by("-number").first()
