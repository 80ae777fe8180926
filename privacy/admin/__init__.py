"""Staff pages of the machinery, one module for each subject."""

from privacy.admin import (
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
