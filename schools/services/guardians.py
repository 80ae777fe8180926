"""What a parent may do for a child: connect an account, copy, delete, take consent back, report.

The child's account may be stopped: nobody's eyes reach it then, so these work past row-level
security.
"""

from datetime import timedelta
from typing import Any

from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.identity.models import User
from foundation.work import soon
from privacy import erasure, notices
from privacy.models import Erasure, Export, Request
from privacy.portability import export
from privacy.subject_requests import intake
from schools.models import Enrolment, Guardianship
from schools.services import children, guardianship


def place_of(child: User) -> Enrolment | None:
    rows = Enrolment.objects.select_related("partner", "school_class")
    return rows.filter(child=child).first()


def may_connect(enrolment: Enrolment, user: Any) -> bool:
    """Return whether this account could become the parent's: an adult's, and the first."""
    return bool(
        user.is_authenticated
        and user.is_present
        and user.age_group == User.AgeGroup.ADULT
        and enrolment.child_id is not None
        and enrolment.accepted_at is None
        and not _was_ended(enrolment, user)
    )


def _was_ended(enrolment: Enrolment, user: User) -> bool:
    """Return whether school or staff found that this account doesn't answer for the child."""
    guardianships = Guardianship.objects.filter(guardian=user, child=enrolment.child_id)
    return guardianships.filter(
        ended_by__in=[Guardianship.By.SCHOOL, Guardianship.By.STAFF]
    ).exists()


@transaction.atomic
def connect(enrolment: Enrolment, user: User) -> User:
    """Make the holder of the mailed link the child's guardian; it does so once. Idempotent."""
    row = Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)
    child = User.objects.filter(pk=row.child_id or 0).first()
    if child is None:
        raise children.Refused(_("The child's account is not made yet."))
    if Guardianship.objects.filter(guardian=user, child=child, ended=None).exists():
        return child
    if not may_connect(row, user):
        raise children.Refused(_("Somebody connected an account already."))
    guardianship.answer_for(user, child)
    row.accepted_at = timezone.now()
    row.save(update_fields=["accepted_at"])
    guardianship.answered(row)
    return child


# Another adult, named by one who answers ---------------------------------------------------

INVITED_FOR = timedelta(days=7)
_SALT = "accounts.guardians"


def may_invite(child: User) -> bool:
    return guardianship.standing(child).count() < guardianship.MOST


def invitation(child: User, guardian: User) -> str:
    """Return the token of a link that makes one more adult answer for a child; it works once."""
    value = [child.public_id, guardian.public_id, Guardianship.objects.filter(child=child).count()]
    return signing.dumps(value, salt=_SALT)


def invited(token: str) -> User:
    """Return the child that a link is for, while who made it answers for it, or raise Refused."""
    try:
        child_id, guardian_id, count = signing.loads(token, salt=_SALT, max_age=INVITED_FOR)
    except (signing.BadSignature, ValueError):
        raise children.Refused(_("This link has run out, or was used.")) from None
    child = User.objects.filter(public_id=child_id).first()
    if child is None or Guardianship.objects.filter(child=child).count() != count:
        raise children.Refused(_("This link has run out, or was used."))
    if not guardianship.standing(child).filter(guardian__public_id=guardian_id).exists():
        raise children.Refused(_("Who made this link doesn't answer for the child any more."))
    return child


@transaction.atomic
def join(token: str, user: User) -> User:
    """Make the holder of a guardian's link another who answers for the child."""
    child = invited(token)
    User.objects.select_for_update().get(pk=child.pk)
    child = invited(token)  # nobody else used it meanwhile
    place = place_of(child)
    barred = place is not None and _was_ended(place, user)
    if not user.is_adult or not user.is_present or barred or not may_invite(child):
        raise children.Refused(_("This account can't be connected. Nothing was changed."))
    guardianship.answer_for(user, child)
    notices.tell(
        child,
        "children",
        _("Who looks after your account"),
        _("%(name)s looks after your account too, from now on.") % {"name": user.username},
        url=reverse("notices"),
        mail=False,
    )
    return child


def withdraw(child: User, guardian: User, scope: str = "") -> bool:
    row = place_of(child)
    return row is not None and children.withdraw(row, by="guardian", person=guardian, scope=scope)


def delete(child: User, *, at_once: bool) -> Erasure:
    """Erase a child's account: out of sight now, and for good after the days of grace, or now."""
    way = Erasure.Way.PARENT if at_once else Erasure.Way.GUARDIAN
    return erasure.request(child, way=way)


def keep(child: User) -> None:
    """Change one's mind within the days of grace. Raises TooLate after them."""
    erasure.cancel(child)


@transaction.atomic
def delete_by_link(enrolment: Enrolment) -> None:
    """Take consent back and erase at once, or forget the place when no account was made."""
    children.withdraw(enrolment, by="link")
    child = User.objects.filter(pk=enrolment.child_id or 0).first()
    if child is not None:
        erasure.request(child, way=Erasure.Way.PARENT)
    else:
        Enrolment.objects.filter(pk=enrolment.pk).delete()


def order_copy(child: User) -> Export | None:
    """Order a copy of all that is held of the child, for who answers for them."""
    made = export.order(child)
    if made is not None:
        soon("privacy.run_export", made.pk)
    return made


def copies(child: User) -> list[Export]:
    return list(Export.objects.filter(user=child).order_by("-created_at", "-pk")[:5])


def report(account: str, text: str, address: str) -> Request:
    """Take in a report of a child's account: open at once, due within three days."""
    return intake.report_child(account, text, address)
