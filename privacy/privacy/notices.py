"""Notices: what they hold about people."""

from privacy import datamap as dm
from privacy import notices, rules
from privacy.models import Notice
from privacy.rules import Rule

rules.see(Notice, Rule(owner="user"))

dm.declare(
    Notice,
    label="What we told you",
    subjects=["user"],
    purposes=["account", "rights", "safety"],
    retention="180 days after it was written",
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="owner"),
        "user": dm.link(export=False),
        "kind": dm.Datum("user.account", seen_by="owner"),
        "title": dm.content(),
        "text": dm.content(),
        "url": dm.link(),
        "about": dm.link(),
        "address": dm.Datum(
            "user.contact.email",
            export=False,
            seen_by="nobody",
            note="of people without account; deleted when the letter has gone",
        ),
        "created_at": dm.moment(),
        "seen_at": dm.moment(),
        **dm.work(),
    },
    erase=dm.Erase.CUSTOM,
    purge=notices.purge,
    erased_how="deleted, with letters on their way to you",
    order=10,
)
