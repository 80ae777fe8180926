"""bcrypt at its least cost: the real algorithm, quick enough to sign in a thousand times."""

from django.contrib.auth.hashers import BCryptSHA256PasswordHasher


class QuickBCrypt(BCryptSHA256PasswordHasher):
    rounds = 4
