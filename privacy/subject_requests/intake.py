"""The request desk: taking requests in, and every step until they are answered.

Whatever changes a request is one function here; each writes its step (who, what, when) and tells
the person in the same transaction.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.addresses import absolute
from privacy import notices
from privacy.datamap import identifiers
from privacy.subject_requests import deadlines, exceptions, identity
from privacy.subject_requests.fulfilment_words import account_named, empty_over
from privacy.subject_requests.models import Request, RequestStep

State, Step = Request.State, RequestStep.Kind
_SALT = "privacy.requests"


class NotNow(Exception):
    """This step doesn't fit the request as it stands; the sentence says why."""


@transaction.atomic
def file(
    kind: str,
    *,
    channel: str,
    user: Any = None,
    address: str = "",
    text: str = "",
    purpose: str = "",
    staff: Any = None,
) -> Request:
    """Take a request in. From settings it is open at once; else a link goes to the address.

    Until the link is opened nobody reads the request, no period runs, and it goes after 3 days.
    """
    now = timezone.now()
    known = channel == Request.Channel.SETTINGS
    made = Request.objects.create(
        kind=kind,
        law=Request.Law.CCPA if kind == Request.Kind.KNOW else Request.Law.GDPR,
        channel=channel,
        identity=Request.Identity.SIGNED_IN if known else Request.Identity.NONE,
        state=State.OPEN if known else State.UNCONFIRMED,
        user=user if known else None,
        address="" if known else address,
        text=text,
        purpose=purpose,
        **_periods(now),
    )
    add_step(made, Step.RECEIVED, staff=staff, by="staff" if staff else "person")
    if not known:
        notices.write(
            address,
            "rights",
            _("Confirm your request %(reference)s") % {"reference": made.reference},
            letter("confirm", made),
        )
    return made


def _periods(received: datetime) -> dict[str, datetime]:
    return {
        "received_at": received,
        "acknowledge_by": deadlines.acknowledge_by(received),
        "answer_by": deadlines.answer_by(received),
    }


@transaction.atomic
def report_child(account: str, text: str, address: str = "", staff: Any = None) -> Request:
    """Take in a report that an account is a child's without consent. Open at once, soon due.

    Nobody has to confirm an address first, nor give one: what is reported has to be looked at.
    """
    now = timezone.now()
    made = Request.objects.create(  # `about` waits for an erasure that has begun to end
        kind=Request.Kind.CHILD,
        law=Request.Law.COPPA,
        channel=Request.Channel.STAFF if staff else Request.Channel.WEB,
        state=State.OPEN,
        address=address,
        about=account_named(account),
        text=f"{account.strip()}\n\n{text.strip()}".strip(),
        received_at=now,
        acknowledge_by=now + deadlines.CHILD_ACKNOWLEDGE,
        answer_by=now + deadlines.CHILD_ANSWER,
    )
    add_step(made, Step.RECEIVED, staff=staff, by="staff" if staff else "person")
    if address:
        _tell(made, _("We have your report %(reference)s"), letter("received", made))
    return made


@transaction.atomic
def confirm(request: Request) -> Request:
    """Open a request whose mailed link was opened: the address is the asker's. Idempotent."""
    row = _locked(request)
    if row.state != State.UNCONFIRMED:
        return row
    row.user = identifiers.owner_of(row.address)
    row.state, row.identity = State.OPEN, Request.Identity.LINK
    _save(row, "user", "state", "identity", **_periods(timezone.now()))
    add_step(row, Step.CONFIRMED, by="person")
    return row


@transaction.atomic
def check_identity(
    request: Request, staff: Any, how: str, username: str = "", method: str = "callback"
) -> Request:
    """Note how staff made sure who asks (`identity.METHODS`); opens one that waited for its link.

    Raises NotNow when the account named doesn't exist, or when the method collects too much.
    """
    row = _locked(request)
    if method not in identity.METHODS:
        raise NotNow(_("Say in which way you made sure."))
    if username:
        person = get_user_model()._default_manager.filter(username__iexact=username).first()
        if person is None:
            raise NotNow(_("There is no account with this username."))
        row.user = person
    if identity.too_much(row, method):
        raise NotNow(_("A document is more than this request needs. Nothing was noted."))
    if row.state == State.UNCONFIRMED:
        row.state = State.OPEN
    row.identity = identity.METHODS[method]
    _save(row, "user", "state", "identity")
    add_step(row, Step.IDENTITY, staff=staff, text=how, detail=method)
    return row


@transaction.atomic
def sign_for(request: Request) -> Request:
    """Note that its person, signed in, confirmed that the request is theirs. Idempotent."""
    row = _open(request)
    if row.identity != Request.Identity.SIGNED_IN:
        row.identity = Request.Identity.SIGNED_IN
        _save(row, "identity")
        add_step(row, Step.IDENTITY, by="person", detail="signed in")
    return row


@transaction.atomic
def acknowledge(request: Request, staff: Any, text: str = "") -> Request:
    """Say within ten days that we are at it, why it takes longer and until when."""
    row = _open(request)
    if row.state == State.ACKNOWLEDGED:
        raise NotNow(_("This request was acknowledged already."))
    row.state = State.ACKNOWLEDGED
    _save(row, "state")
    text = text or letter("acknowledge", row)
    add_step(row, Step.ACKNOWLEDGED, staff=staff, text=text)
    _tell(row, _("We are working on your request %(reference)s"), text)
    return row


@transaction.atomic
def extend(request: Request, staff: Any, reason: str) -> Request:
    """Take more time, once, for a reason that goes to the person before the first date ends."""
    row = _open(request)
    if row.kind == Request.Kind.CHILD:
        raise NotNow(_("A child's data can't wait longer."))
    if row.extended_at is not None:
        raise NotNow(_("The law allows one extension, and this request has had it."))
    if timezone.now() >= row.answer_by:
        raise NotNow(_("The first date has passed; it could be extended before, not now."))
    if len(reason.strip()) < 20:
        raise NotNow(_("Write the reason: the person reads it."))
    row.answer_by = deadlines.extended(row.answer_by, row.law)
    row.extended_at, row.state = timezone.now(), State.ACKNOWLEDGED
    _save(row, "answer_by", "extended_at", "state")
    text = letter("extend", row, reason=reason.strip())
    add_step(row, Step.EXTENDED, staff=staff, text=text)
    _tell(row, _("Your request %(reference)s needs longer"), text)
    return row


@transaction.atomic
def ask(request: Request, staff: Any, text: str) -> Request:
    """Ask the person something; the periods run on."""
    row = _open(request)
    row.state = State.ACKNOWLEDGED
    _save(row, "state")
    add_step(row, Step.ASKED, staff=staff, text=_written(text))
    _tell(row, _("A question about your request %(reference)s"), text)
    return row


@transaction.atomic
def note(request: Request, staff: Any, text: str) -> Request:
    """Write a note among staff. It is part of the record, and of nobody's copy."""
    add_step(request, Step.NOTE, staff=staff, text=_written(text))
    return request


@transaction.atomic
def reply(request: Request, text: str) -> Request:
    """Take down what the person writes on an open request."""
    row = _open(request)
    add_step(row, Step.REPLIED, by="person", text=_written(text))
    return row


@transaction.atomic
def answer(
    request: Request, staff: Any, text: str = "", *, refuse: bool = False, ground: str = ""
) -> Request:
    """Answer and close. `staff` is None where the site answers by itself.

    A refusal says why. Where a right is refused, or met in part, `ground` is the exception's key
    (`exceptions.of`), and the letter names its law. Raises NotNow without it, and while it isn't
    sure enough who asks.
    """
    row = _open(request)
    if staff is not None and not refuse and not identity.is_enough(row):
        raise NotNow(_("It isn't sure enough yet who asks: check the identity first."))
    exception = exceptions.named(row, ground)
    if exception is None and (ground or (refuse and exceptions.of(row))):
        raise NotNow(_("Choose the exception in the law that this rests on."))
    text = _written(text or ("" if refuse else letter("answer", row)))
    if exception is not None:
        text = letter("exception", row, text=text, ground=exception, refuse=refuse)
    row.state = State.REFUSED if refuse else State.ANSWERED
    row.closed_at, row.ground = timezone.now(), ground
    _save(row, "state", "closed_at", "ground")
    kind = Step.REFUSED if refuse else Step.ANSWERED
    add_step(row, kind, staff=staff, text=text, by="" if staff else "site", detail=ground)
    _tell(row, _("The answer to your request %(reference)s"), text)
    empty_over(row)
    return row


@transaction.atomic
def withdraw(request: Request) -> Request:
    """Take a request back. Idempotent."""
    row = _locked(request)
    if row.is_open or row.state == State.UNCONFIRMED:
        row.state, row.closed_at = State.WITHDRAWN, timezone.now()
        _save(row, "state", "closed_at")
        add_step(row, Step.WITHDRAWN, by="person")
        empty_over(row)
    return row


def add_step(
    request: Request,
    kind: str,
    *,
    staff: Any = None,
    by: str = "",
    text: str = "",
    detail: str = "",
) -> RequestStep:
    """Write one step of the record."""
    return RequestStep.objects.create(
        request=request, kind=kind, by=by or "staff", staff=staff, text=text, detail=detail
    )


def letter(name: str, request: Request, **more: Any) -> str:
    """Return the words of a template: that of the request's kind, or that of every kind."""
    folder = "privacy/requests/letters"
    context = {"request": request, "link": link_of(request), "site": settings.SITE_NAME, **more}
    files = [f"{folder}/{name}_{request.kind}.txt", f"{folder}/{name}.txt"]
    return render_to_string(files, context).strip()


def link_of(request: Request) -> str:
    """Return the address where the person follows the request; signed for who has no account."""
    return absolute(path_of(request))


def path_of(request: Request) -> str:
    if request.user_id is not None:
        return reverse("request", args=[request.public_id])
    return reverse("request_link", args=[token_of(request)])


def token_of(request: Request) -> str:
    return signing.Signer(salt=_SALT).sign(request.public_id)


def by_token(token: str) -> Request | None:
    """Return the request that a mailed link names; None for a forged or outdated one.

    A link lives as long as the request is open and 90 days more.
    """
    try:
        public_id = signing.Signer(salt=_SALT).unsign(token)
    except signing.BadSignature:
        return None
    row = Request.objects.filter(public_id=public_id).first()
    if row is not None and row.closed_at and (timezone.now() - row.closed_at).days >= 90:
        return None
    return row


def _tell(row: Request, title: str, text: str) -> None:
    title = title % {"reference": row.reference}
    if row.user is not None:
        notices.tell(row.user, "rights", title, text, url=path_of(row))
    elif row.address:
        notices.write(row.address, "rights", title, f"{text}\n\n{link_of(row)}")


def _locked(request: Request) -> Request:
    return Request.objects.select_for_update(of=("self",)).select_related("user").get(pk=request.pk)


def _open(request: Request) -> Request:
    row = _locked(request)
    if not row.is_open:
        raise NotNow(_("This request is not open."))
    return row


def _save(row: Request, *fields: str, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=[*fields, *values])


def _written(text: str) -> str:
    if not text.strip():
        raise NotNow(_("Write something first."))
    return text.strip()
