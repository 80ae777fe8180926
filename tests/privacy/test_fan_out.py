"""Many are told of one thing: each as they may see it, once, by a job that asks when it acts."""

from typing import Any

import pytest
from django.core import mail

from accounts.connections import services as ties
from accounts.models import User
from privacy import notices
from privacy.models import Notice, NoticeFanOut
from privacy.notices import fan_out
from privacy.notices.kinds import Kind, _kinds
from sessions_app.models import Recording
from tests.cast import Cast, person
from tests.told import deliver


@pytest.fixture(autouse=True)
def applause(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind that everybody is told of who may see the row."""
    made = Kind(
        "applause", title="Applause", text="Somebody clapped.", choosable=True,
        to=lambda row: User.objects.all(), told=("mark-applause", "It goes on."),
    )  # fmt: skip
    monkeypatch.setitem(_kinds, "applause", made)


def told() -> list[str]:
    return sorted(Notice.objects.filter(kind="applause").values_list("user__username", flat=True))


def order(about: Any) -> int:
    return notices.tell_all("applause", about).pk


def test_told_are_those_whom_the_gate_lets_see_it_when_the_job_acts(cast: Cast) -> None:
    recording = cast.recordings["public"]
    ties.block(cast["owner"], cast["stranger"])
    ordered = order(recording)
    assert told() == []  # the request writes one row, and nothing else
    Recording.objects.filter(pk=recording.pk).update(audience="participants")
    fan_out.run(ordered)
    assert told() == ["owner", "participant"]
    assert not NoticeFanOut.objects.exists()
    deliver()
    assert sorted(one.to[0] for one in mail.outbox) == [
        "owner@mail.example", "participant@mail.example",
    ]  # fmt: skip


def test_who_wants_none_of_it_gets_none(cast: Cast) -> None:
    notices.choose(cast["owner"], {"applause": (False, False)})
    notices.choose(cast["participant"], {"applause": (True, False)})
    Recording.objects.filter(pk=cast.recordings["public"].pk).update(audience="participants")
    fan_out.run(order(cast.recordings["public"]))
    deliver()
    assert told() == ["participant"] and mail.outbox == []


def test_a_second_order_is_the_first_and_the_job_may_run_twice(cast: Cast) -> None:
    recording = cast.recordings["public"]
    assert order(recording) == order(recording)
    first = NoticeFanOut.objects.get().pk
    fan_out.run(first)
    once = told()
    fan_out.run(first)
    assert told() == once and len(set(once)) == len(once) > 3


def test_batches_miss_nobody_and_go_on_where_the_last_one_ended(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fan_out, "BATCH", 2)
    for n in range(3):
        person(f"listener{n}")
    ordered = order(cast.recordings["public"])
    NoticeFanOut.claim(ordered)
    assert [fan_out._batch(ordered), fan_out._batch(ordered)] == [2, 2]
    assert len(told()) == 4
    NoticeFanOut.objects.update(leased_until=None)  # that worker was killed; the next one
    fan_out.run(ordered)
    everybody = User.objects.filter(User.present()).values_list("username", flat=True)
    assert told() == sorted(everybody)


def test_the_queries_are_as_many_for_many_as_for_few(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    for more in (0, 3):
        for n in range(more):
            person(f"listener{n}")
        ordered = order(cast.recordings["public"])
        with django_assert_num_queries(41):
            fan_out.run(ordered)
        Notice.objects.all().delete()


def test_what_is_gone_or_never_could_be_told_is_let_go(cast: Cast) -> None:
    recording = cast.recordings["me"]
    ordered = order(recording)
    Recording.objects.filter(pk=recording.pk).delete()
    fan_out.run(ordered)
    assert told() == [] and not NoticeFanOut.objects.exists()
    tried = NoticeFanOut.objects.get(pk=order(cast.recordings["public"]))
    assert tried.fail("OperationalError") is False and NoticeFanOut.objects.exists()
    assert tried.fail("OperationalError", final=True) is True
    assert not NoticeFanOut.objects.exists()
