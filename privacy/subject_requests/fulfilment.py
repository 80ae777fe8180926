"""What carrying a request out means: copies, corrections, erasure, restriction, objection.

Each deed runs the same path as the button in settings, and leaves a step that says what was done.
Values are never written into the record: it would hold what was just corrected.
"""

from collections.abc import Callable
from copy import copy
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from foundation.work import soon
from privacy import consent, datamap, erasure, notices
from privacy.consent import purposes
from privacy.datamap import Held
from privacy.erasure.models import Erasure
from privacy.portability import export
from privacy.portability.models import Export
from privacy.subject_requests import identity, intake
from privacy.subject_requests.intake import NotNow, add_step, path_of
from privacy.subject_requests.models import Request, RequestStep

MAX_ROWS = 30
# What a person told of themselves; the rest was made by us or by what they did.
GIVEN = ("user.content", "user.account.username", "user.contact", "user.name", "user.demographic")
Kind, Step = Request.Kind, RequestStep.Kind


@transaction.atomic
def file_and_serve(user: Any, kind: str, *, text: str = "", purpose: str = "") -> Request:
    """Take in what a signed-in person asks for, and carry out at once what needs nobody."""
    made = intake.file(
        kind, channel=Request.Channel.SETTINGS, user=user, text=text, purpose=purpose
    )
    if kind == Kind.ACCESS:
        make_copy(made)
    elif kind == Kind.KNOW:
        intake.answer(made, None)
    elif kind == Kind.RESTRICT:
        restrict(made)
    elif kind == Kind.OBJECT and purpose:
        stop_purpose(made, purpose)
        intake.answer(made, None)
    made.refresh_from_db()
    return made


def _person(request: Request) -> Any:
    """Return whose data it is about. Raises NotNow while that isn't sure."""
    if request.user is None:
        raise NotNow(_("No account belongs to this request: check the identity first."))
    if not identity.is_enough(request, deed=True):
        raise NotNow(_("Check who asks before anything is done."))
    if not request.is_open:
        raise NotNow(_("This request is not open."))
    return request.user


@transaction.atomic
def make_copy(request: Request, staff: Any = None) -> Request:
    """Order the person's copy; `answer_copies` answers when it is there."""
    user = _person(request)
    made = export.order(user)
    if made is None:  # one is being made already
        made = Export.objects.filter(user=user, status__in=["waiting", "running"]).latest("pk")
    soon("privacy.run_export", made.pk)
    request.export = made
    request.save(update_fields=["export"])
    _done(request, "copy", staff, _("Your copy is being made."))
    return request


def answer_copies(limit: int = 200) -> int:
    """Answer requests whose copy is ready; return how many. Idempotent, safe to kill."""
    ready = Request.objects.filter(
        state__in=Request.OPEN_STATES, kind=Kind.ACCESS, export__status="done"
    )
    answered = 0
    for row in ready.order_by("answer_by")[:limit]:
        with transaction.atomic():
            locked = Request.objects.select_for_update(skip_locked=True).filter(pk=row.pk).first()
            if locked is not None and locked.is_open:
                intake.answer(locked, None)
                answered += 1
    return answered


@transaction.atomic
def start_erasure(request: Request, staff: Any) -> Request:
    """Begin the erasure of the whole account, as the button in settings does."""
    user = _person(request)
    made = erasure.request(user)
    when = date_format(timezone.localdate(made.due_at), "DATE_FORMAT")
    _done(request, "erasure", staff, _("Everything is hidden, and erased on %s.") % when)
    return request


@transaction.atomic
def delete_child(request: Request, staff: Any, username: str) -> Request:
    """Delete a child's account without consent: at once, with a record that names nobody.

    What the report said goes too. The record is this step, with the id of the erasure, whose own
    row and receipt say what was deleted and when. Raises NotNow where it isn't such an account.
    """
    if request.kind != Kind.CHILD or not request.is_open:
        raise NotNow(_("This is no open report of a child's account."))
    people = get_user_model()._default_manager.select_for_update(of=("self",))
    child: Any = people.filter(username__iexact=username.strip()).first()
    if child is None:
        raise NotNow(_("There is no account with this username."))
    if child.is_staff:
        raise NotNow(_("This account is one of our staff's."))
    if child.is_child and child.is_present:
        raise NotNow(_("This child is here with a parent's consent. The parent can end it."))
    made = erasure.request(child, way=Erasure.Way.CHILD)
    row = Request.objects.select_for_update(of=("self",)).get(pk=request.pk)
    row.text, row.about = "", None
    row.save(update_fields=["text", "about"])
    row.steps.exclude(text="").update(text="")
    _done(row, "child deleted", staff, _("Deleted at once. Record: %s.") % made.public_id)
    return intake.answer(row, staff)


@transaction.atomic
def restrict(request: Request, staff: Any = None) -> Request:
    """Keep the person's data and stop using it: hidden from others, nothing optional, no deletion.

    In force until `lift`, by the person or by staff.
    """
    user = _person(request)
    user.restrict(True)
    _done(request, "restricted", staff, _("Your data is kept, and not used."))
    return request


@transaction.atomic
def lift(user: Any, request: Request | None = None, staff: Any = None) -> None:
    """End a restriction; by staff only after the person was told (GDPR article 18(3))."""
    user.restrict(False)
    if request is not None:
        _done(request, "lifted", staff, _("Your data is used again as before."))
    if staff is not None:
        notices.tell(
            user,
            "rights",
            _("The restriction of your data ends"),
            _("The question it was for is settled, so your data is used again as before."),
            url=path_of(request) if request is not None else "",
        )


@transaction.atomic
def stop_purpose(request: Request, key: str, staff: Any = None) -> Request:
    """Stop one use of the person's data, at once."""
    user = _person(request)
    label = purposes.get(key).label
    consent.withdraw(user, key, channel=consent.Channel.DESK)
    _done(request, "objection", staff, _("Stopped: %s.") % label)
    return request


def correctable(user: Any) -> list[tuple[str, str]]:
    """Return fields that can be corrected, as ("app.model|key|field", label), from the data map."""
    fields = []
    for item in datamap.held():
        names = [name for name in item.fields if _is_correctable(item, name)]
        if item.subjects and names:
            for row in item.rows_of(user)[:MAX_ROWS]:
                for name in names:
                    title = row._meta.get_field(name).verbose_name
                    fields.append((f"{item.name}|{row.pk}|{name}", f"{item.label}: {title}"))
    return fields


def _is_correctable(item: Held, name: str) -> bool:
    """Words that a person gave us about themselves; not keys, states, or what we recorded."""
    datum, column = item.fields[name], item.model._meta.get_field(name)
    text = isinstance(column, models.CharField | models.TextField) and not column.choices
    given = datum.category in {
        "user.content",
        "user.account.username",
    } or datum.category.startswith(("user.contact", "user.name", "user.demographic"))
    ours = item.model._meta.app_label in {"privacy", "admin"} or name == "email"
    return bool(text and given and datum.export and column.editable and not ours)


_written_by: dict[str, Callable[[Any, str], None]] = {}


def corrected_by(field: str, write: Callable[[Any, str], None]) -> None:
    """Have an app write a field ("app.model.field") that more hangs on: `write(row, value)`."""
    _written_by[field] = write


@transaction.atomic
def correct(request: Request, staff: Any, place: str, value: str) -> Request:
    """Write the right value into one field of the person's, and note that it was corrected.

    Raises NotNow for a place that isn't the person's, ValidationError for a value that doesn't fit.
    """
    user = _person(request)
    names = dict(correctable(user))
    if place not in names:
        raise NotNow(_("This field can't be corrected here."))
    label, key, name = place.split("|")
    item = next(item for item in datamap.held() if item.name == label)
    row = item.rows_of(user).select_for_update(of=("self",)).get(pk=key)
    right = copy(row)
    setattr(right, name, value)
    right.clean_fields(exclude=[field.name for field in row._meta.fields if field.name != name])
    right.validate_constraints()
    write = _written_by.get(f"{label}.{name}")
    if write is not None:
        write(row, value)
    else:
        right.save(update_fields=[name])
    _done(request, "corrected", staff, _("Corrected: %s.") % names[place])
    return request


def _done(request: Request, detail: str, staff: Any, text: str) -> None:
    by = "staff" if staff is not None else "site"
    add_step(request, Step.DONE, staff=staff, by=by, text=text, detail=detail)
