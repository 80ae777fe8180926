"""Notices: what they hold about people."""

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy import datamap as dm
from privacy import notices, rules
from privacy.models import Notice, NoticeChoice
from privacy.rules import Rule

rules.see(Notice, Rule(owner="user"))
rules.see(NoticeChoice, Rule(owner="user"))

dm.declare(
    Notice,
    label=_("What we told you"),
    remove=notices.remove,
    subjects=["user"],
    purposes=["account", "rights", "safety"],
    retention=[
        dm.For("RETENTION_NOTICES_DAYS", since="created_at"),
        dm.For(
            timedelta(days=3),
            since="created_at",
            where=Q(user=None),
            after=_("it was written, for a letter to an address without account"),
        ),
    ],
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
        "listed": dm.technical(),
        "created_at": dm.moment(),
        "seen_at": dm.moment(),
        **dm.work(),
    },
    erase=dm.Erase.CUSTOM,
    purge=notices.purge,
    erased_how="deleted, with letters on their way to you",
    order=10,
)

dm.declare(
    NoticeChoice,
    label=_("What you want to be told"),
    correct="notification_settings",
    subjects=["user"],
    purposes=["account"],
    fields={
        "id": dm.technical(),
        "user": dm.link(export=False),
        "kind": dm.choice(),
        "product": dm.choice(),
        "mail": dm.choice(),
    },
    order=10,
)
