"""What the privacy app itself holds about people, one module for each subject."""

from privacy.privacy import (
    backups,
    consent,
    disclosures,
    leaving,
    limits,
    links,
    looks,
    news,
    notices,
    policy,
    requests,
    retention,
    rights,
    usage,
)

__all__ = [
    "backups",
    "consent",
    "disclosures",
    "leaving",
    "limits",
    "links",
    "looks",
    "news",
    "notices",
    "policy",
    "requests",
    "retention",
    "rights",
    "usage",
]
