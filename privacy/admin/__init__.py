"""Staff pages of the machinery, one module for each subject."""

from privacy.admin import (
    backups,
    consent,
    disclosures,
    leaving,
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
