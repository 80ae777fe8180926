"""When an adult no longer answers for a child: who is told, and what happens if nobody does.

A guardianship is ended by the guardian, by the school, by our staff, or because the guardian
leaves. If nobody else answers, the school is asked to find who does: the other parent by the link
in our letter, or a new consent. After `ANSWER_WITHIN` without one everything stops as if consent
was taken back, and goes after `children.KEPT_WITHOUT_CONSENT`. The child is told at each step, in
plain words.
"""

from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.connections.services import Refused, lock, purge_rows
from accounts.identity.models import User
from foundation.live import cut_people
from privacy import notices
from privacy.gate.viewer import Viewer
from schools import parent_letters, queries
from schools.models import ClassSeat, ConsentWithdrawal, Enrolment, Guardianship, PartnerStaff
from schools.services import children

ANSWER_WITHIN = timedelta(days=30)
REMIND_BEFORE = timedelta(days=7)
MOST = 2  # adults who answer for one child
By = Guardianship.By
notices.kind(
    "children",
    while_leaving=True,
    why="You get this because you answer for a child's account, or work at its school.",
)


def standing(child: Any) -> QuerySet[Guardianship]:
    """Return who answers for a child: those whose own account is in use."""
    rows = Guardianship.objects.filter(User.present("guardian__"), child=child, ended=None)
    return rows.select_related("guardian").order_by("pk")


@transaction.atomic
def end(tie: Guardianship, *, by: str, person: User | None = None, because: str = "") -> bool:
    """End that an adult answers for a child; tell both, and the school if nobody is left.

    `person` is who ends it; `because` is told to both. Idempotent; False when it had ended.
    """
    place = _locked_place(tie.child_id)
    row = Guardianship.objects.select_for_update().filter(pk=tie.pk, ended=None).first()
    if row is None:
        return False
    row.ended, row.ended_by, row.because = timezone.now(), by, because.strip()
    row.save(update_fields=["ended", "ended_by", "because"])
    cut_people(row.guardian_id, row.child_id)
    if by in {By.SCHOOL, By.STAFF} and place is not None:
        _end_letters_to(row, place)
    _tell_guardian(row)
    _after(row, place)
    return True


def stop_answering(guardian: User, child: User) -> bool:
    """End, at a guardian's own wish, that they answer for a child; False when they don't."""
    tie = Guardianship.objects.filter(guardian=guardian, child=child, ended=None).first()
    return tie is not None and end(tie, by=By.GUARDIAN, person=guardian)


def _end_letters_to(row: Guardianship, place: Enrolment) -> None:
    """Have the link in an adult's letters end, who was found not to answer for the child."""
    theirs = EmailAddress.objects.filter(user=row.guardian_id, email__iexact=place.guardian_email)
    others = standing(row.child_id).exclude(guardian=row.guardian_id)
    if theirs.exists() or not others.exists():
        place.guardian_email = ""
        place.save(update_fields=["guardian_email"])


def _tell_guardian(row: Guardianship) -> None:
    text = _("You no longer answer for a child's account. It was ended by: %(by)s.") % {
        "by": By(row.ended_by).label
    }
    if row.because:
        text += "\n\n" + row.because
    notices.tell(
        row.guardian, "children", _("You no longer answer for a child"), text, url=reverse("wards")
    )


def _after(row: Guardianship, place: Enrolment | None) -> None:
    """Tell the child, and begin to look for somebody if nobody is left."""
    child, others = row.child, standing(row.child_id).exclude(guardian=row.guardian_id)
    begun = place is not None and not others.exists() and _ask_the_school(place)
    who = {
        By.GUARDIAN: _("%(name)s said that they don't look after your account any more."),
        By.SCHOOL: _("Your school says that %(name)s doesn't look after your account any more."),
        By.STAFF: _("We ended it that %(name)s looks after your account."),
        By.LEFT: _("%(name)s is leaving Jamsite, and doesn't look after your account any more."),
    }[By(row.ended_by)] % {"name": row.guardian.username}
    if place is not None and begun:
        next_step = _(
            "You did nothing wrong. Your school now looks for a grown-up who does. If nobody does"
            " by %(day)s, your account stops. Talk to your parents or your teacher about it."
        ) % {"day": _day(place.answer_by)}
    else:
        next_step = _("You did nothing wrong, and nothing else changes for you.")
    _tell_child(child, _("Who looks after your account"), f"{who} {next_step}")


def _tell_child(child: User, title: str, text: str) -> None:
    """Tell a child on its own page: it has no mail, and its parent is written to apart."""
    notices.tell(child, "children", title, text, url=reverse("notices"), mail=False)


def _ask_the_school(place: Enrolment) -> bool:
    """Begin to look for who answers: the school, and whoever reads the parent's letters."""
    if place.stopped_at is not None or place.answer_by is not None:
        return False
    place.accepted_at = None  # the link in the letter connects an account again
    place.answer_by = timezone.now() + ANSWER_WITHIN
    place.reminded_at = None
    place.save(update_fields=["accepted_at", "answer_by", "reminded_at"])
    _tell_school(place, _("Nobody answers for a child of your class any more"))
    parent_letters.nobody_answers(place)
    return True


def _tell_school(place: Enrolment, title: str) -> None:
    text = _(
        "The adult who answered for this child's account doesn't any more. Ask the parents anew: on"
        " the child's page you record who answers now, with their consent. If nobody does by"
        " %(day)s, the account stops; what was collected goes 30 days later."
    ) % {"day": _day(place.answer_by)}
    url = reverse("school_child", args=[place.public_id])
    notices.tell_many(_at_school(place), "children", title, text, url=url)


def _at_school(place: Enrolment) -> list[User]:
    """Return who works for a child's school: its coordinators, and the teachers of its class."""
    works = PartnerStaff.objects.filter(partner=place.partner_id, ended=None)
    teaches = ClassSeat.objects.filter(
        school_class=place.school_class_id, part=ClassSeat.Part.TEACHER, ended=None
    )
    coordinates = Q(role=PartnerStaff.Role.COORDINATOR) | Q(user__in=teaches.values("user"))
    people = User.objects.filter(User.present(), pk__in=works.filter(coordinates).values("user"))
    return list(people.order_by("pk"))


def _day(at: Any) -> str:
    return date_format(timezone.localtime(at), "DATE_FORMAT")


def _locked_place(child_id: int | None) -> Enrolment | None:
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("partner")
    return rows.filter(child=child_id).first()


def answered(place: Enrolment) -> None:
    """Somebody answers again: the day is off. `place` is locked, and saved here."""
    if place.answer_by is None:
        return
    place.answer_by = place.reminded_at = None
    place.save(update_fields=["answer_by", "reminded_at"])
    child = User.objects.filter(pk=place.child_id or 0).first()
    if child is not None:
        _tell_child(
            child,
            _("Who looks after your account"),
            _("A grown-up looks after your account again. It goes on as before."),
        )


# A guardian who leaves, and comes back ---------------------------------------------------


@transaction.atomic
def leaves(guardian: User, erasure: Any = None) -> None:
    """Begin to look for somebody when a guardian asks to be erased; the tie waits with them."""
    for tie in Guardianship.objects.filter(guardian=guardian, ended=None).select_related("child"):
        place = _locked_place(tie.child_id)
        tie.ended_by = By.LEFT  # for the words alone: the row ends when its person is erased
        _after(tie, place)


@transaction.atomic
def comes_back(guardian: User, erasure: Any = None) -> None:
    """Take the day off again for a guardian who stays after all."""
    for tie in Guardianship.objects.filter(guardian=guardian, ended=None):
        place = _locked_place(tie.child_id)
        if place is not None and place.answer_by is not None:
            place.accepted_at = timezone.now()
            place.save(update_fields=["accepted_at"])
            answered(place)


# The day ---------------------------------------------------------------------------------


def remind(batch: int = 100) -> int:
    """Tell school and parent once more, a week before; return how many."""
    near = timezone.now() + REMIND_BEFORE
    due = Enrolment.objects.filter(answer_by__lte=near, reminded_at=None, stopped_at=None)
    return sum(
        _remind_one(key) for key in list(due.order_by("pk").values_list("pk", flat=True)[:batch])
    )


@transaction.atomic
def _remind_one(key: int) -> int:
    rows = Enrolment.objects.select_for_update(of=("self",), skip_locked=True)
    place = rows.select_related("partner").filter(pk=key, reminded_at=None).first()
    if place is None or place.answer_by is None:
        return 0
    place.reminded_at = timezone.now()
    place.save(update_fields=["reminded_at"])
    _tell_school(place, _("A child's account stops soon: nobody answers for it"))
    parent_letters.nobody_answers(place)
    return 1


def stop_orphans(batch: int = 100) -> int:
    """Stop the accounts for which nobody answered by their day; return how many."""
    due = Enrolment.objects.filter(answer_by__lte=timezone.now())
    return sum(
        _stop_one(key) for key in list(due.order_by("pk").values_list("pk", flat=True)[:batch])
    )


@transaction.atomic
def _stop_one(key: int) -> int:
    rows = Enrolment.objects.select_for_update(of=("self",), skip_locked=True)
    place = rows.filter(pk=key, answer_by__lte=timezone.now()).first()
    if place is None:
        return 0
    place.answer_by = place.reminded_at = None
    place.save(update_fields=["answer_by", "reminded_at"])
    children.withdraw(place, by=ConsentWithdrawal.By.NOBODY)
    people = _at_school(place)
    text = _(
        "Nobody answers for this child's account, so it is stopped. What was collected goes after"
        " 30 days, unless you record who answers now, with their consent."
    )
    url = reverse("school_child", args=[place.public_id])
    notices.tell_many(people, "children", _("A child's account is stopped"), text, url=url)
    return 1


@transaction.atomic
def answer_for(guardian: User, child: User) -> Guardianship:
    """Make an adult the guardian of a child's account."""
    adult, ward = lock(guardian, child)
    if adult.age_group != User.AgeGroup.ADULT or not ward.is_child:
        raise Refused
    made, _new = Guardianship.objects.get_or_create(guardian=adult, child=ward, ended=None)
    return made


def purge(user: Any, batch: int) -> int:
    return purge_rows(Guardianship.objects.filter(Q(guardian=user) | Q(child=user)), batch)


def may_write(author: User, child: User) -> bool:
    """Return whether an adult answers for a child, and so may write to it."""
    return Guardianship.objects.filter(guardian=author, child=child, ended=None).exists()


def on_leaving(adult: User) -> dict[str, Any]:
    """Return what an adult reads before they leave: whom they answer for, and until when."""
    rows = queries.wards(Viewer.oneself(adult))
    return {"wards": [row.child for row in rows], "answer_days": ANSWER_WITHIN.days}
