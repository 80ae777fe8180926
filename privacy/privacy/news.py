"""News by e-mail: what it holds about people."""

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from privacy import datamap as dm
from privacy import news
from privacy.datamap import Basis
from privacy.models import Newsletter, NewsReader, NewsSending


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
    purge=news.purge,
    left=news.is_left,
    erased_how=_("deleted, under every address of yours"),
    order=84,
)
dm.not_personal(Newsletter, "Newsletters", "written by staff for everybody")
dm.not_personal(NewsSending, "Newsletters being sent", "numbers alone")
