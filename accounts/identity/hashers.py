"""How passwords are stored, and in which form of Unicode."""

import unicodedata
from typing import Any

from django.contrib.auth.hashers import BCryptSHA256PasswordHasher
from django.utils.crypto import constant_time_compare


def plain(password: str) -> str:
    """Return a password in the one form that is hashed: NFKC (NIST SP 800-63B, 3.1.1.2).

    Keyboards write the same letter differently, as one character or as a letter and its accent.
    """
    return unicodedata.normalize("NFKC", password)


class BCrypt(BCryptSHA256PasswordHasher):
    """Django's bcrypt over SHA-256. What was hashed as it was typed, before, is tried so too."""

    def encode(self, password: str, salt: Any) -> str:
        return str(super().encode(plain(password), salt))

    def verify(self, password: str, encoded: str) -> bool:
        salt: Any = encoded.split("$", 1)[1].encode("ascii")
        right = constant_time_compare(encoded, self.encode(password, salt))
        if right or plain(password) == password:
            return right
        return constant_time_compare(encoded, super().encode(password, salt))
