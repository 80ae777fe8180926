"""Rows about children and schools whose period begins when a test says."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from schools.models import ClassSeat, Enrolment, Partner, PartnerStaff, SchoolClass
from tests.cast import Cast
from tests.privacy.aged import _there


def _class() -> SchoolClass:
    partner = Partner.objects.create(name="Brook", slug=uuid4().hex, country="DE")
    return SchoolClass.objects.create(partner=partner, name="5b")


def ended_partner(cast: Cast, since: datetime) -> Callable[[], bool]:
    return _there(
        Partner.objects.create(
            name="Brook", slug=uuid4().hex, country="DE", state="ended", ended_at=since
        )
    )


def ended_work(cast: Cast, since: datetime) -> Callable[[], bool]:
    partner = _class().partner
    return _there(PartnerStaff.objects.create(partner=partner, user=cast["owner"], ended=since))


def left_class(cast: Cast, since: datetime) -> Callable[[], bool]:
    seat = ClassSeat(school_class=_class(), user=cast["owner"], part="teacher", ended=since)
    seat.save()
    return _there(seat)


def _place(**values: datetime) -> Enrolment:
    school_class = _class()
    return Enrolment.objects.create(
        partner=school_class.partner, school_class=school_class, reference="1",
        guardian_email="x@mail.example", **values,
    )  # fmt: skip


def unused_place(cast: Cast, since: datetime) -> Callable[[], bool]:
    return _there(_place(created_at=since))


def stopped_place(cast: Cast, since: datetime) -> Callable[[], bool]:
    return _there(_place(stopped_at=since, delete_at=since))


CHILDREN = {
    "schools.partner:ended_at": ended_partner,
    "schools.partnerstaff:ended:1": ended_work,
    "schools.classseat:ended:1": left_class,
    "schools.enrolment:created_at:1": unused_place,
    "schools.enrolment:let_go:2": stopped_place,
}
