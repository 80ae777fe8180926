"""Child accounts: consent first, then the account; stopped at once when consent is taken back.

Every writer locks the enrolment, then the child's account, in this order: of a withdrawal and a
new consent that meet, the later one holds. What other apps have to do when an account stops or
goes on, they register with `stops.when_stopped`.
"""

import secrets
from datetime import date, timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.identity.models import User
from accounts.identity.services import stops, suspensions
from accounts.identity.services.leaving import purge_sign_ins
from accounts.profile.models import Profile
from accounts.profile.services import usernames
from foundation.ids import new_public_id
from foundation.live import cut_people
from privacy import erasure
from privacy.gate.audiences import OF_BANDS, WIDE, Audience
from privacy.models import Erasure
from schools import consent_words, parent_letters
from schools.models import (
    ClassSeat,
    ConsentWithdrawal,
    Enrolment,
    Guardianship,
    ParentalConsent,
    Partner,
    SchoolClass,
)

KEPT_WITHOUT_CONSENT = timedelta(days=30)  # then what was collected goes
MAX_SEATS = 60  # of a class
NOWHERE = "child.invalid"  # RFC 2606: no mail ever goes there; letters go to the parent
Scope, By = ParentalConsent.Scope, ConsentWithdrawal.By
WORDS = (
    "amber bass bell bow brass chord cello clef drum echo fiddle flute forte gong harp horn"
    " key lilt lute lyre major march mellow minor motif octave oboe opus piano pitch presto quartet"
    " reed rondo scale score sharp sonata string strum tempo tenor trill tuba tune viola waltz"
).split()


class Refused(Exception):
    """This step doesn't fit as things stand; the sentence says why, for the person."""


# Consent ---------------------------------------------------------------------------------


@transaction.atomic
def record_consent(
    school_class: SchoolClass,
    by: User,
    *,
    reference: str,
    guardian_email: str,
    method: str,
    evidence: str,
    given_on: date,
    profile: bool = False,
) -> Enrolment:
    """Take a child into a class on a parent's consent, and write to the parent. No account yet.

    `profile`: the parent agreed to that too, separately.
    """
    partner = Partner.objects.select_for_update().get(pk=school_class.partner_id)
    if partner.state != Partner.State.ACTIVE or school_class.closed_at is not None:
        raise Refused(_("This class is not open."))
    try:
        with transaction.atomic():
            enrolment = Enrolment.objects.create(
                partner=partner,
                school_class=school_class,
                reference=reference.strip(),
                guardian_email=guardian_email.strip().lower(),
            )
    except IntegrityError:
        raise Refused(_("There is a child with this mark already. Open its page.")) from None
    for scope in (Scope.PROGRAMME, Scope.PROFILE) if profile else (Scope.PROGRAMME,):
        _write_consent(enrolment, by, scope, method, evidence, given_on)
    parent_letters.notice(enrolment)
    return enrolment


@transaction.atomic
def add_consent(
    enrolment: Enrolment, by: User, *, scope: str, method: str, evidence: str, given_on: date
) -> ParentalConsent:
    """Record a new consent; one to the programme lets a stopped account go on."""
    row = _locked(enrolment)
    if row.partner.state != Partner.State.ACTIVE:
        raise Refused(_("This partner is not active."))
    if has_consent(row, scope):
        raise Refused(_("This consent is in force already."))
    made = _write_consent(row, by, scope, method, evidence, given_on)
    if scope == Scope.PROGRAMME:
        _resume(row)
    parent_letters.consent_recorded(row, scope)
    return made


def _write_consent(
    enrolment: Enrolment, by: User, scope: str, method: str, evidence: str, given_on: date
) -> ParentalConsent:
    if given_on > timezone.localdate():
        raise Refused(_("The day the parent agreed can't be in the future."))
    words = consent_words.now(scope)
    return ParentalConsent.objects.create(
        enrolment=enrolment,
        scope=scope,
        method=method,
        evidence=evidence.strip(),
        given_on=given_on,
        text_version=words.version,
        text_sha256=words.sha256(),
        recorded_by=by,
    )


def has_consent(enrolment: Enrolment, scope: str = Scope.PROGRAMME) -> bool:
    """Return whether a consent of this scope is in force."""
    rows = ParentalConsent.objects.filter(ParentalConsent.in_force(), enrolment=enrolment)
    return rows.filter(scope=scope).exists()


def may(child: User, scope: str) -> bool:
    """Return whether a parent agreed to this for a child, and nobody took it back."""
    rows = ParentalConsent.objects.filter(ParentalConsent.in_force(), enrolment__child=child)
    return rows.filter(scope=scope).exists()


@transaction.atomic
def new_parent(
    enrolment: Enrolment,
    by: User,
    *,
    guardian_email: str,
    method: str,
    evidence: str,
    given_on: date,
) -> Enrolment:
    """Record another adult's consent in place of the one before, whose link and words end.

    Raises Refused while somebody with an account answers for the child.
    """
    row = _locked(enrolment)
    if row.partner.state != Partner.State.ACTIVE:
        raise Refused(_("This partner is not active."))
    if row.accepted_at is not None:
        raise Refused(_("Somebody answers for this child. End that first, with a reason."))
    before = ParentalConsent.objects.filter(ParentalConsent.in_force(), enrolment=row)
    ConsentWithdrawal.objects.bulk_create(
        [ConsentWithdrawal(consent=consent, by=By.NOBODY, person=by) for consent in before]
    )
    _write_consent(row, by, Scope.PROGRAMME, method, evidence, given_on)
    row.guardian_email = guardian_email.strip().lower()
    row.answer_by = row.reminded_at = None
    row.save(update_fields=["guardian_email", "answer_by", "reminded_at"])
    _resume(row)
    parent_letters.notice(row)
    return row


def why_stopped(child: User) -> dict[str, Any]:
    """Return why a child's account is stopped, for the child: words, and the day things go."""
    suspension = suspensions.current(child)
    if suspension is not None:
        words = _("Our staff suspended it. The reason: %s") % suspension.reason
        return {"words": words, "until": suspension.ends_at, "delete_at": None}
    row = Enrolment.objects.filter(child=child).first()
    taken = ConsentWithdrawal.objects.filter(
        consent__enrolment=row, consent__scope=Scope.PROGRAMME
    ).order_by("-pk")
    last = taken.first() if row is not None else None
    said = {
        By.GUARDIAN: _("Your parent said that you may not use it any more."),
        By.LINK: _("Your parent said that you may not use it any more."),
        By.SCHOOL: _("Your school stopped it, because your parent asked for that."),
        By.STAFF: _("We stopped it, because your parent asked for that."),
        By.ENDED: _("The lessons of your school with Jamsite have ended."),
        By.NOBODY: _("No grown-up looks after your account at the moment."),
    }
    words = said[By(last.by)] if last is not None else _("A parent has to agree first.")
    return {"words": words, "until": None, "delete_at": row.delete_at if row else None}


@transaction.atomic
def withdraw(enrolment: Enrolment, *, by: str, person: User | None = None, scope: str = "") -> bool:
    """Take consent back: to everything, or to one scope. Idempotent; False when there was none.

    Without consent to the programme everything stops at once, and goes after a while.
    """
    row = _locked(enrolment)
    scopes = [scope] if scope and scope != Scope.PROGRAMME else list(Scope.values)
    standing = ParentalConsent.objects.filter(
        ParentalConsent.in_force(), enrolment=row, scope__in=scopes
    )
    made = ConsentWithdrawal.objects.bulk_create(
        [ConsentWithdrawal(consent=consent, by=by, person=person) for consent in standing]
    )
    if made:
        if Scope.PROGRAMME in scopes:
            _stop(row)
        parent_letters.withdrawn(row, scopes)
    return bool(made)


def _locked(enrolment: Enrolment) -> Enrolment:
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("partner")
    return rows.get(pk=enrolment.pk)


def _child_of(row: Enrolment) -> User | None:
    return User.objects.select_for_update().filter(pk=row.child_id or 0).first()


def _stop(row: Enrolment) -> None:
    """Collect nothing more: no sign-in, no open socket, no recording, no job."""
    if row.stopped_at is not None:
        return
    row.stopped_at = timezone.now()
    row.delete_at = row.stopped_at + KEPT_WITHOUT_CONSENT
    row.save(update_fields=["stopped_at", "delete_at"])
    child = _child_of(row)
    if child is None or child.is_leaving:
        return
    child.state = User.State.SUSPENDED
    child.save(update_fields=["state"])
    while purge_sign_ins(child, 500):
        pass
    erasure.end_queued_work(child)
    stops.stop(child)
    cut_people(child.pk)


def _resume(row: Enrolment) -> None:
    if row.stopped_at is None:
        return
    row.stopped_at = row.delete_at = None
    row.save(update_fields=["stopped_at", "delete_at"])
    child = _child_of(row)
    if child is None or child.state != User.State.SUSPENDED or suspensions.is_suspended(child):
        return
    child.state = User.State.ACTIVE
    child.save(update_fields=["state"])
    stops.resume(child)


def let_go(batch: int) -> int:
    """Erase what was kept of children whose consent nobody gave anew; return how many."""
    over = Enrolment.objects.filter(delete_at__lt=timezone.now()).order_by("delete_at", "pk")
    keys = list(over.exclude(child__state="leaving").values_list("pk", flat=True)[:batch])
    return sum(_let_one_go(key) for key in keys)


@transaction.atomic
def _let_one_go(key: int) -> int:
    rows = Enrolment.objects.select_for_update(of=("self",), skip_locked=True)
    row = rows.filter(pk=key, delete_at__lt=timezone.now()).first()
    if row is None:
        return 0  # consent came a moment ago
    child = _child_of(row)
    if child is None:
        row.delete()
    elif not child.is_leaving:
        erasure.request(child, way=Erasure.Way.CONSENT)
    else:
        return 0
    return 1


# The account -----------------------------------------------------------------------------


@transaction.atomic
def create_account(enrolment: Enrolment, username: str) -> tuple[User, str]:
    """Make the child's account, with a password to be handed over once. Needs consent first.

    Raises Refused without consent in force, ValidationError for a username that can't be used.
    """
    row = _locked(enrolment)
    if row.child_id is not None:
        raise Refused(_("This child has an account already."))
    if row.partner.state != Partner.State.ACTIVE or not has_consent(row):
        raise Refused(_("A parent's consent has to be recorded first."))
    public_id, password = new_public_id(), new_password()
    address = f"{public_id.lower()}@{NOWHERE}"
    child = User(
        public_id=public_id,
        username=_free(username),
        email=address,
        age_group=User.AgeGroup.CHILD,
        approves_followers=True,
        api_access=False,
        indexed=False,
    )
    child.set_password(password)
    child.save()
    Profile.objects.create(user=child)
    EmailAddress.objects.create(user=child, email=address, verified=True, primary=True)
    row.child = child
    row.save(update_fields=["child"])
    seat(row)
    parent_letters.account_made(row, child)
    return child, password


def _free(username: str) -> str:
    """Return a username that can be used, or raise ValidationError."""
    name = str(get_adapter().clean_username(username))
    User(username=name).clean_fields(exclude=["password", "email", "public_id"])
    return name


def new_password() -> str:
    """Return four words and a number: 30 bits and more, easy to type, handed over once."""
    words = [secrets.choice(WORDS) for _number in range(4)]
    return "-".join([*words, str(secrets.randbelow(9000) + 1000)])


@transaction.atomic
def renew_password(enrolment: Enrolment) -> str:
    """Give a child a new password, and end every sign-in made with the old one."""
    row = _locked(enrolment)
    child = _child_of(row)
    if child is None or not child.is_present:
        raise Refused(_("This child has no account in use."))
    password = new_password()
    child.set_password(password)
    child.save(update_fields=["password"])
    while purge_sign_ins(child, 500):
        pass
    cut_people(child.pk)
    return password


def fitting(owner: User | None, audience: str) -> str:
    """Return the audience that a thing gets: a child's is for its circle at the widest."""
    wide = audience in WIDE - OF_BANDS and audience != Audience.MEMBERS
    return Audience.MEMBERS if owner is not None and owner.is_child and wide else audience


def seat(enrolment: Enrolment) -> None:
    """Seat a child in the class of its enrolment. Raises Refused when the class is full."""
    seats = ClassSeat.objects.filter(school_class=enrolment.school_class_id, ended=None)
    if seats.count() >= MAX_SEATS:
        raise Refused(_("A class has at most %d seats.") % MAX_SEATS)
    ClassSeat.objects.get_or_create(
        school_class_id=enrolment.school_class_id,
        user=enrolment.child,
        ended=None,
        defaults={"part": ClassSeat.Part.CHILD},
    )


@transaction.atomic
def rename(child: User, username: str) -> None:
    """Correct a child's username. Raises ValidationError for one that can't be used."""
    same = child.username.lower() == username.lower()
    name = username if same else _free(username)
    usernames.take_on(child, name)


def purge_enrolments(user: Any, batch: int) -> int:
    """Delete a child's place and the consents with it: the evidence goes with the child."""
    keys = list(Enrolment.objects.filter(child=user).values_list("pk", flat=True)[:batch])
    Enrolment.objects.filter(pk__in=keys).delete()
    return len(keys)


def reach(address: str) -> str:
    """Return where letters go that are written to a child: to the parent."""
    if address.partition("@")[2] != NOWHERE:
        return address
    row = Enrolment.objects.filter(child__email__iexact=address).first()
    if row is not None and row.guardian_email:
        return row.guardian_email
    ties = Guardianship.objects.filter(User.present("guardian__"), ended=None)
    tie = ties.filter(child__email__iexact=address).select_related("guardian").first()
    return tie.guardian.email if tie is not None else ""
