"""How sure we have to be of who asks, in proportion to what the answer gives or changes.

Too little hands somebody's data to another; too much collects what nobody needs (GDPR article
12(6), recital 64). So each request needs one of three things, and staff can't ask for more.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import Any

from django.utils.translation import gettext as _

from privacy.subject_requests.models import Request

Kind, Identity = Request.Kind, Request.Identity


class Proof(IntEnum):
    """What has been shown, or is needed; each includes the ones before it."""

    NOTHING = 0
    MAILBOX = 1
    ACCOUNT = 2


SHOWN = {
    Identity.NONE: Proof.NOTHING,
    Identity.LINK: Proof.MAILBOX,
    Identity.STAFF: Proof.MAILBOX,
    Identity.PROOF: Proof.ACCOUNT,
    Identity.SIGNED_IN: Proof.ACCOUNT,
}
# How staff may make sure, and what that shows.
METHODS = {
    "callback": Identity.STAFF,
    "facts": Identity.PROOF,
    "document": Identity.PROOF,
}
TELL_NOTHING = {Kind.ENQUIRY, Kind.CHILD}  # their answers hold nothing of an account

_guards: list[Callable[[Any], bool]] = []


def guarded_when(says: Callable[[Any], bool]) -> None:
    """Have an app say for whom an open mailbox shows too little; from `<app>/privacy.py`."""
    _guards.append(says)


def needed(request: Request, *, deed: bool = False) -> Proof:
    """Return what has to be shown before this request is answered, or a `deed` done for it."""
    if request.kind in TELL_NOTHING and not deed:
        return Proof.NOTHING
    person = request.user
    if person is not None and any(says(person) for says in _guards):
        return Proof.ACCOUNT
    return Proof.MAILBOX


def is_enough(request: Request, *, deed: bool = False) -> bool:
    proof = SHOWN[Identity(request.identity)]
    return proof == Proof.ACCOUNT or proof >= needed(request, deed=deed)


def missing(request: Request) -> str:
    """Return what is still needed and why, in words for the person; empty when nothing is."""
    if is_enough(request):
        return ""
    if needed(request) == Proof.ACCOUNT:
        return _(
            "Before this is carried out we have to be surer that it is you: your account is "
            "protected by more than its mailbox. Sign in and confirm it here, or answer the "
            "questions we send you."
        )
    return _("Before this is carried out, open the link we sent to your address.")


def too_much(request: Request, method: str) -> bool:
    """Return whether a method collects more than this request needs."""
    return method == "document" and needed(request) < Proof.ACCOUNT
