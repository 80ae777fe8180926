"""The link in a parent's letters: a signature over the child's place and the parent's address.

It is stored nowhere, can be written again, and ends when another address takes its place.
"""

from django.core import signing
from django.http import Http404
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from foundation.addresses import absolute
from schools.models import Enrolment

_SALT = "accounts.parents"


def _mark(address: str) -> str:
    return salted_hmac(_SALT, address.lower(), algorithm="sha256").hexdigest()[:16]


def token_of(enrolment: Enrolment) -> str:
    value = f"{enrolment.public_id}.{_mark(enrolment.guardian_email)}"
    return signing.Signer(salt=_SALT).sign(value)


def path_of(enrolment: Enrolment) -> str:
    """Return the path of the page that a parent opens without an account."""
    return reverse("parent_link", args=[token_of(enrolment)])


def address_of(enrolment: Enrolment) -> str:
    return absolute(path_of(enrolment))


def enrolment_of(token: str) -> Enrolment:
    """Return the place whose link this is, or raise the one Http404."""
    try:
        public_id, _dot, mark = signing.Signer(salt=_SALT).unsign(token).partition(".")
    except signing.BadSignature:
        raise Http404 from None
    rows = Enrolment.objects.select_related("partner", "school_class", "child")
    enrolment = rows.filter(public_id=public_id).first()
    if enrolment is None or not constant_time_compare(_mark(enrolment.guardian_email), mark):
        raise Http404
    return enrolment
