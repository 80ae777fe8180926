"""What the privacy app itself holds about people, one module for each subject."""

from privacy.privacy import (
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
