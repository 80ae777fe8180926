"""Secret links of somebody without account, or who can't sign in: leaving, its state, receipts.

The link of an erasure is a signature over its public id: it is stored nowhere, can be shown again,
and needs no account. The link that confirms a request is random and works once; its hash is kept.
"""

import hashlib
import secrets
from typing import Any

from django.core import signing
from django.http import Http404
from django.urls import reverse

from privacy.erasure.models import Erasure, Receipt

_SALT = "privacy.leaving"


def of_erasure(erasure: Erasure) -> str:
    """Return the path of the page that shows one leaving to who holds its link."""
    return reverse("leaving_state", args=[signing.Signer(salt=_SALT).sign(erasure.public_id)])


def erasure_of(token: str) -> Erasure:
    """Return the erasure whose link this is, or raise the one Http404."""
    try:
        public_id = signing.Signer(salt=_SALT).unsign(token)
    except signing.BadSignature:
        raise Http404 from None
    erasure = Erasure.objects.select_related("user").filter(public_id=public_id).first()
    if erasure is None:
        raise Http404
    return erasure


def receipts_of(erasure: Erasure, token: str) -> list[dict[str, Any]]:
    """Return the receipts there are, oldest first, each with the address of its file."""
    return [
        {
            "kind": receipt.get_kind_display(),
            "issued_at": receipt.issued_at,
            "url": reverse("leaving_receipt", args=[token, receipt.kind]),
        }
        for receipt in Receipt.objects.filter(erasure=erasure).order_by("pk")
    ]


def receipt_of(token: str, kind: str) -> Receipt:
    """Return one receipt by its erasure's link, or raise the one Http404."""
    receipt = Receipt.objects.filter(erasure=erasure_of(token), kind=kind).first()
    if receipt is None:
        raise Http404
    return receipt


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    return hashlib.sha256(f"{_SALT}:{secret}".encode()).hexdigest()
