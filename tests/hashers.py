"""bcrypt at its least cost: the real algorithm, quick enough to sign in a thousand times."""

from accounts.identity.hashers import BCrypt


class QuickBCrypt(BCrypt):
    rounds = 4


class DearBCrypt(BCrypt):
    rounds = 8  # some 15 ms: a sign-in that leaves it out is told from one that doesn't
