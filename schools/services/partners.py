"""Writers of partners: who they are, who works there, their classes."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.identity.models import User
from foundation.ids import new_public_id
from foundation.live import cut_people
from schools.models import ClassSeat, Enrolment, Partner, PartnerStaff, SchoolClass
from schools.services import children

State, Part = Partner.State, ClassSeat.Part
MAX_CLASSES = 200  # open ones of a partner
Refused = children.Refused


@transaction.atomic
def open_partner(*, name: str, kind: str, country: str, website: str = "") -> Partner:
    """Take a school or programme in, as a draft: nothing can be done with it yet."""
    slug = slugify(name)[:50] or new_public_id()[:12]
    if Partner.objects.filter(slug=slug).exists():
        slug = f"{slug}-{new_public_id()[:6].lower()}"
    return Partner.objects.create(
        name=name.strip(), slug=slug, kind=kind, country=country.upper(), website=website
    )


def _locked(partner: Partner) -> Partner:
    return Partner.objects.select_for_update().get(pk=partner.pk)


@transaction.atomic
def verify(partner: Partner, staff: Any, evidence: str) -> Partner:
    """Note that the partner is who it says it is, how we know, and who checked."""
    row = _locked(partner)
    if row.state not in {State.DRAFT, State.VERIFIED}:
        raise Refused(_("Only a partner that has not started can be verified."))
    if len(evidence.strip()) < 20:
        raise Refused(_("Write down how you made sure: at least one sentence."))
    row.state, row.evidence = State.VERIFIED, evidence.strip()
    row.verified_by, row.verified_at = staff, timezone.now()
    row.save()
    return row


@transaction.atomic
def start(partner: Partner) -> Partner:
    """Put a verified partner on the public list; from now on it can make child accounts."""
    row = _locked(partner)
    if row.state == State.ACTIVE:
        return row
    if row.state != State.VERIFIED:
        raise Refused(_("Verify the partner first."))
    row.state = State.ACTIVE
    row.save(update_fields=["state"])
    return row


@transaction.atomic
def end(partner: Partner, staff: Any = None) -> Partner:
    """End a partner: it leaves the list, and every child's account stops at once. Idempotent."""
    row = _locked(partner)
    if row.state == State.ENDED:
        return row
    for enrolment in Enrolment.objects.filter(partner=row).order_by("pk"):
        children.withdraw(enrolment, by="ended", person=staff)
    row.state, row.ended_at = State.ENDED, timezone.now()
    row.save(update_fields=["state", "ended_at"])
    return row


@transaction.atomic
def employ(partner: Partner, user: User, role: str) -> PartnerStaff:
    """Note that somebody works for a partner, or now does in another role."""
    if user.age_group != User.AgeGroup.ADULT or not user.is_present:
        raise Refused(_("Only an adult whose account is in use can work for a partner."))
    _locked(partner)
    row, new = PartnerStaff.objects.get_or_create(
        partner=partner, user=user, ended=None, defaults={"role": role}
    )
    if not new and row.role != role:
        row.role = role
        row.save(update_fields=["role"])
        cut_people(user.pk)
    return row


@transaction.atomic
def dismiss(row: PartnerStaff) -> None:
    """End somebody's work for a partner: they lose sight of every child there at once."""
    now = timezone.now()
    PartnerStaff.objects.filter(pk=row.pk, ended=None).update(ended=now)
    ClassSeat.objects.filter(
        school_class__partner=row.partner_id, user=row.user_id, part=Part.TEACHER, ended=None
    ).update(ended=now)
    cut_people(row.user_id)


@transaction.atomic
def open_class(partner: Partner, *, name: str, term: str = "", teacher: Any = None) -> SchoolClass:
    """Open a class; `teacher` is seated in it."""
    row = _locked(partner)
    if row.state != State.ACTIVE:
        raise Refused(_("This partner is not active."))
    if row.classes.filter(closed_at=None).count() >= MAX_CLASSES:
        raise Refused(_("A partner has at most %d open classes.") % MAX_CLASSES)
    made = SchoolClass.objects.create(partner=row, name=name.strip(), term=term.strip())
    if teacher is not None:
        seat_teacher(made, teacher)
    return made


@transaction.atomic
def seat_teacher(school_class: SchoolClass, user: User) -> ClassSeat:
    """Give a class a teacher, who must work for its partner. Idempotent."""
    works = PartnerStaff.objects.filter(partner=school_class.partner_id, user=user, ended=None)
    if not works.exists():
        raise Refused(_("This person doesn't work for the partner."))
    seat, _new = ClassSeat.objects.get_or_create(
        school_class=school_class, user=user, ended=None, defaults={"part": Part.TEACHER}
    )
    return seat


@transaction.atomic
def move(enrolment: Enrolment, to: SchoolClass) -> None:
    """Move a child to another class of the same partner: the old class loses sight at once."""
    row = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if to.partner_id != row.partner_id or to.closed_at is not None:
        raise Refused(_("Choose an open class of the same partner."))
    if row.school_class_id == to.pk:
        return
    row.school_class = to
    row.save(update_fields=["school_class"])
    if row.child_id is None:
        return
    old = ClassSeat.objects.filter(user=row.child_id, part=Part.CHILD, ended=None)
    beside = set(
        ClassSeat.objects.filter(
            school_class__in=old.values("school_class"), ended=None
        ).values_list("user_id", flat=True)
    )
    old.update(ended=timezone.now())
    children.seat(row)
    cut_people(*beside)
