"""Notices: what they hold about people."""

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from privacy import datamap as dm
from privacy import notices
from privacy.datamap import Basis
from privacy.gate import rules
from privacy.gate.rules import Rule
from privacy.notices import newsletter
from privacy.notices.models import (
    Newsletter,
    NewsReader,
    NewsSending,
    Notice,
    NoticeChoice,
    NoticeFanOut,
)

dm.serves("privacy.notices", "account", "rights", "safety")
dm.serves("privacy.notices.newsletter", "news")
dm.reads(
    "privacy.notices.newsletter",
    Notice,
    "writes its letters into the outbox, and stops those on their way",
)


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


def _reader(user: Any) -> QuerySet[NewsReader]:
    """A reader's address may be an account's too. What is shown and copied is the account's own:
    another one may have been entered by somebody whose it isn't.
    """
    return NewsReader.objects.filter(address=user.email.lower())


dm.declare(
    NewsReader,
    label="Your address on the list for news",
    subjects=["address"],
    find=_reader,
    purposes=["news"],
    basis=Basis.CONSENT,
    retention=[
        dm.Until(dm.Event.CHOICE, words=_("until you end it with one click")),
        dm.For(
            timedelta(days=7),
            since="created_at",
            where=Q(confirmed_at=None),
            after=_("it was given, if it was not confirmed"),
        ),
    ],
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="owner"),
        "address": dm.Datum("user.contact.email", seen_by="owner"),
        "form": dm.choice(),
        "created_at": dm.moment(),
        "confirmed_at": dm.moment(),
    },
    erase=dm.Erase.CUSTOM,
    purge=newsletter.purge,
    left=newsletter.is_left,
    erased_how=_("deleted, under every address of yours"),
    order=84,
)
dm.not_personal(
    NoticeFanOut, "Notices being written", "the id of what is told, and numbers; gone when told"
)
dm.not_personal(Newsletter, "Newsletters", "written by staff for everybody")
dm.not_personal(NewsSending, "Newsletters being sent", "numbers alone")
