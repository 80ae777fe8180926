"""The packages of the product, the highest first; none but those below it does one import."""

APPS = ("jamsite", "community", "messaging", "sessions_app", "bands", "schools", "accounts",
        "privacy", "foundation", "integrations")  # fmt: skip
