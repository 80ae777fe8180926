"""Ways in: what apps are given, and what is left to allauth of limits."""

# Ours are counted by accounts.sign_in.middleware and accounts.security.services.lockouts, which
# say what the limit is and lock nobody else out; what is left to allauth is second factors.
ACCOUNT_RATE_LIMITS = {
    **dict.fromkeys(
        ("change_password", "change_phone", "manage_email", "reset_password", "reauthenticate",
         "reset_password_from_key", "signup", "login", "request_login_code", "confirm_email",
         "verify_phone")
    ),
    "login_failed": "10/15m/key",
}  # fmt: skip

HEADLESS_CLIENTS = ("app",)
HEADLESS_ADAPTER = "accounts.sign_in.api.HeadlessAdapter"
HEADLESS_TOKEN_STRATEGY = "accounts.identity.services.tokens.AppTokens"  # noqa: S105
HEADLESS_JWT_ALGORITHM = "HS256"  # signed with SECRET_KEY
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = 300
HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN = 60 * 60 * 24 * 30  # as a web session
HEADLESS_JWT_STATEFUL_VALIDATION_ENABLED = True  # what ends a sign-in ends its tokens at once
