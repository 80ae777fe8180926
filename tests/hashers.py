"""bcrypt at its least cost: the real algorithm, quick enough to sign in a thousand times."""

from django.contrib.auth.hashers import BCryptSHA256PasswordHasher


class QuickBCrypt(BCryptSHA256PasswordHasher):
    rounds = 4


class DearBCrypt(BCryptSHA256PasswordHasher):
    rounds = 8  # some 15 ms: a sign-in that leaves it out is told from one that doesn't
