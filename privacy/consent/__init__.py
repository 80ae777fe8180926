"""Consent and objection: purposes and their words, records of answers, a visitor's choices."""

from privacy.consent.records import (
    Channel,
    Standing,
    allowed,
    erase,
    give,
    has,
    heed_signal,
    holding,
    newest,
    standings,
    willing,
    withdraw,
    write,
)

__all__ = [
    "Channel",
    "Standing",
    "allowed",
    "erase",
    "give",
    "has",
    "heed_signal",
    "holding",
    "newest",
    "standings",
    "willing",
    "withdraw",
    "write",
]
