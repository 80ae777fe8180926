"""Small secrets at rest: an address kept for one last mail, what a provider knows somebody by."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes


class Unreadable(Exception):
    """Sealed under a key that is no longer configured."""


def seal(text: str) -> bytes:
    """Encrypt (AES-128-CBC with HMAC-SHA256) under a key derived from SECRET_KEY."""
    return _fernet().encrypt(text.encode())


def unseal(sealed: bytes | memoryview) -> str:
    """Decrypt what `seal` returned; older keys are read from SECRET_KEY_FALLBACKS."""
    try:
        return _fernet().decrypt(bytes(sealed)).decode()
    except InvalidToken:
        raise Unreadable from None


def _fernet() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [
            Fernet(
                base64.urlsafe_b64encode(
                    hashlib.sha256(b"privacy.sealing:" + force_bytes(key)).digest()
                )
            )
            for key in keys
        ]
    )
