"""News by e-mail, to who agreed and to nobody else; ended by one click, without signing in.

A sending works through the people who agree in batches: a batch of notices and the cursor behind
it are one transaction, so that a killed worker goes on where it was and nobody gets a letter twice.
Whether somebody still agrees is asked again when their letter is about to go (`notices.Kind`).
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.addresses import absolute
from foundation.work import failing_kindly, soon
from privacy import consent, notices
from privacy.consent import Channel, purposes
from privacy.datamap import identifiers
from privacy.notices.models import Newsletter, NewsReader, NewsSending, Notice

KEY = "marketing"
BATCH = 500
_SALT = "privacy.news"


# Ending it ----------------------------------------------------------------------------


def token_of(who: Any) -> str:
    """Return what proves, for good, that a link was sent to this person or reader."""
    kind = "r" if isinstance(who, NewsReader) else "p"
    return signing.Signer(salt=_SALT).sign(f"{kind}.{who.public_id}")


def unsubscribe(token: str, *, act: bool = True) -> None:
    """End news for whoever the token was made for. Also fine when it has ended, or they are gone.

    Raises signing.BadSignature for a token that we did not make. Without `act` only looks.
    """
    kind, _dot, public_id = signing.Signer(salt=_SALT).unsign(token).partition(".")
    if not act:
        return
    if kind == "r":
        NewsReader.objects.filter(public_id=public_id).delete()
        return
    person = get_user_model()._default_manager.filter(public_id=public_id).first()
    if person is not None:
        consent.withdraw(person, KEY, channel=Channel.UNSUBSCRIBE)


# Readers without account --------------------------------------------------------------


@transaction.atomic
def invite(address: str, *, form: str) -> None:
    """Send an address one letter that asks whether it wants news. Tells nobody what it did.

    An address that is a reader already, or was asked in the last week, gets no letter.
    """
    reader, made = NewsReader.objects.get_or_create(
        address=address.lower(), defaults={"form": form[:40]}
    )
    if not made:
        return
    link = absolute(reverse("confirm_news", args=[token_of(reader)]))
    text = _(
        "Somebody, most likely you, asked for news about Jamsite at this address. If you want "
        "them, confirm it here:\n\n%(link)s\n\nIf not, do nothing: nothing will be sent, and the "
        "address is deleted after 7 days."
    ) % {"link": link}
    notices.write(reader.address, "entrance", _("News about Jamsite?"), text)


@transaction.atomic
def confirm(token: str) -> bool:
    """Make a reader of who confirms; False when the week is over. Raises BadSignature."""
    kind, _dot, public_id = signing.Signer(salt=_SALT).unsign(token).partition(".")
    readers = NewsReader.objects.select_for_update().filter(public_id=public_id)
    reader = readers.first() if kind == "r" else None
    if reader is None:
        return False
    if reader.confirmed_at is None:
        reader.confirmed_at = timezone.now()
        reader.save(update_fields=["confirmed_at"])
        consent.write(purposes.get(KEY), True, channel=Channel.FORM, form=reader.form)
    return True


def _of(user: Any) -> Any:
    return NewsReader.objects.filter(address__in=identifiers.of(user).addresses)


def purge(user: Any, batch: int) -> int:
    """Delete the readers at any address of a person who is erased."""
    keys = list(_of(user).order_by("pk").values_list("pk", flat=True)[:batch])
    return int(NewsReader.objects.filter(pk__in=keys).delete()[0])


def is_left(user: Any) -> bool:
    return bool(_of(user).exists())


# Sending ------------------------------------------------------------------------------


@transaction.atomic
def send(newsletter: Newsletter) -> NewsSending:
    """Order the sending of a newsletter. A second order is the first one."""
    sending, made = NewsSending.objects.get_or_create(newsletter=newsletter)
    if made:
        soon("privacy.run_news", sending.pk)
    return sending


def run(sending_id: int) -> None:
    """Write the letters of one sending. Safe to repeat, and to kill at any line."""
    sending = NewsSending.claim(sending_id)
    if sending is None:
        return
    with failing_kindly(sending):
        while _people(sending) or _readers(sending):
            sending.keep()
        sending.finish()


@transaction.atomic
def _people(sending: NewsSending) -> int:
    """Write a batch of notices to people with a confirmed address, and move the cursor."""
    people = consent.willing(KEY).filter(
        pk__gt=sending.last_user, emailaddress__verified=True, emailaddress__primary=True
    )
    batch = list(people.order_by("pk").distinct()[:BATCH])
    if batch:
        letter = sending.newsletter
        notices.tell_many(batch, "news", letter.title, letter.text)
        _move(sending, last_user=batch[-1].pk, letters=sending.letters + len(batch))
    return len(batch)


@transaction.atomic
def _readers(sending: NewsSending) -> int:
    readers = NewsReader.objects.filter(pk__gt=sending.last_reader, confirmed_at__isnull=False)
    batch = list(readers.order_by("pk")[:BATCH])
    for reader in batch:
        notices.write(reader.address, "news", sending.newsletter.title, sending.newsletter.text)
    if batch:
        _move(sending, last_reader=batch[-1].pk, letters=sending.letters + len(batch))
    return len(batch)


def _move(sending: NewsSending, **values: int) -> None:
    for name, value in values.items():
        setattr(sending, name, value)
    NewsSending.objects.filter(pk=sending.pk).update(**values)


def _reader_of(notice: Notice) -> NewsReader | None:
    confirmed = NewsReader.objects.filter(confirmed_at__isnull=False)
    return confirmed.filter(address=notice.address).first()


def _still(notice: Notice) -> bool:
    """Whether they agree at the moment of sending."""
    if notice.user_id is not None:
        return consent.has(notice.user, KEY)
    return _reader_of(notice) is not None


def _link(notice: Notice) -> str:
    who = notice.user if notice.user_id is not None else _reader_of(notice)
    return absolute(reverse("unsubscribe", args=[token_of(who)]))


def _headers(notice: Notice) -> dict[str, str]:
    """RFC 2369 and RFC 8058: mail programs offer one click, and send it as a POST."""
    return {
        "List-Unsubscribe": f"<{_link(notice)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _why(notice: Notice) -> str:
    return _("You get this because you agreed to news. End it with one click: %(link)s") % {
        "link": _link(notice)
    }


notices.kind("news", still=_still, headers=_headers, why=_why)
