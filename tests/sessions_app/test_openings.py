"""Somebody opens a jam: whoever follows them and may see it is told, and nobody else ever."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.connections import services as ties
from accounts.models import Follow
from privacy import notices
from privacy.models import Notice, NoticeFanOut
from privacy.notices import fan_out
from sessions_app.models import JamSession
from sessions_app.services import sessions as jams
from tests.cast import Cast, person
from tests.leaving import due, end
from tests.privacy.test_kill import killed_again_and_again
from tests.told import deliver

TITLE = "Somebody you follow opened a jam"


@pytest.fixture
def followed(cast: Cast) -> Cast:
    """The owner is followed by the stranger; somebody else only asks to."""
    follow(cast, "stranger")
    ties.follow(cast["former"], cast["owner"])
    return cast


def follow(cast: Cast, who: str) -> None:
    ties.accept(ties.follow(cast[who], cast["owner"]))


def opened(cast: Cast, audience: str = "members", **values: Any) -> JamSession:
    return jams.open_session(
        cast["owner"], title="mark-opened", about="mark-about", audience=audience, **values
    )


def work() -> None:
    """Do what a worker does, here and now."""
    for key in NoticeFanOut.due():
        fan_out.run(key)


def told() -> list[str]:
    rows = Notice.objects.filter(kind="jams").order_by("user__username")
    return list(rows.values_list("user__username", flat=True))


def listed(cast: Cast, role: str) -> bool:
    return TITLE in cast.client(role).get(reverse("notices")).content.decode()


@pytest.mark.parametrize("way", ["page", "api"])
def test_who_follows_is_told_and_led_there(followed: Cast, way: str) -> None:
    values = {"title": "mark-opened", "about": "mark-about", "audience": "members"}
    client = followed.client("owner")
    if way == "page":
        assert client.post(reverse("create_jam"), values).status_code == 302
    else:
        answer = client.post("/api/v1/sessions/", values, content_type="application/json")
        assert answer.status_code == 201, answer.content
    assert told() == []  # nothing of it is done in the request
    work()
    session = JamSession.objects.get(title="mark-opened")
    assert told() == ["stranger"]
    html = followed.client("stranger").get(reverse("notices")).content.decode()
    assert TITLE in html and f'href="{session.get_absolute_url()}"' in html
    assert "mark-opened" not in html and "mark-about" not in html  # told when it is opened
    for role in ("owner", "participant", "former"):
        assert not listed(followed, role)


def close(cast: Cast, session: JamSession) -> None:
    JamSession.objects.filter(pk=session.pk).update(closed_at=timezone.now())


def narrow(cast: Cast, session: JamSession) -> None:
    jams.change_audience(session, "participants")


def only_jammed(cast: Cast, session: JamSession) -> None:
    jams.change_audience(session, "jammed")


def unfollow(cast: Cast, session: JamSession) -> None:
    ties.unfollow(cast["stranger"], cast["owner"])


def ended_by_the_host(cast: Cast, session: JamSession) -> None:
    ties.end_follow(Follow.objects.get(follower=cast["stranger"], followee=cast["owner"]))


def blocked_by_the_host(cast: Cast, session: JamSession) -> None:
    ties.block(cast["owner"], cast["stranger"])


def block_the_host(cast: Cast, session: JamSession) -> None:
    ties.block(cast["stranger"], cast["owner"])


def mute_the_host(cast: Cast, session: JamSession) -> None:
    ties.mute(cast["stranger"], cast["owner"])


def the_follower_leaves(cast: Cast, session: JamSession) -> None:
    cast["stranger"].leave()


def the_host_leaves(cast: Cast, session: JamSession) -> None:
    cast["owner"].leave()


def switch_it_off(cast: Cast, session: JamSession) -> None:
    notices.choose(cast["stranger"], {"jams": (False, False)})


MEANWHILE = [
    close, narrow, only_jammed, unfollow, ended_by_the_host, blocked_by_the_host, block_the_host,
    mute_the_host, the_follower_leaves, the_host_leaves, switch_it_off,
]  # fmt: skip
Change = Callable[[Cast, JamSession], None]


@pytest.mark.clause("who-sees")
@pytest.mark.parametrize("change", MEANWHILE, ids=lambda one: one.__name__)
def test_nobody_is_told_who_may_not_be_when_the_job_acts(followed: Cast, change: Change) -> None:
    follow(followed, "participant")
    ties.remember_jam([followed["owner"].pk, followed["participant"].pk])
    session = opened(followed)
    change(followed, session)
    work()
    closed_to_all = change in {close, narrow, the_host_leaves}
    assert told() == ([] if closed_to_all else ["participant"])
    assert not NoticeFanOut.objects.exists()


@pytest.mark.clause("who-sees")
@pytest.mark.parametrize("change", MEANWHILE, ids=lambda one: one.__name__)
def test_a_letter_on_its_way_is_asked_about_once_more(followed: Cast, change: Change) -> None:
    notices.choose(followed["stranger"], {"jams": (True, True)})
    session = opened(followed)
    work()
    assert told() == ["stranger"]
    change(followed, session)
    deliver()
    assert mail.outbox == []


def test_a_letter_comes_to_who_wants_letters_of_it(followed: Cast) -> None:
    notices.choose(followed["stranger"], {"jams": (False, True)})
    session = opened(followed)
    work()
    deliver()
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == (["stranger@mail.example"], f"[Jamsite] {TITLE}")
    assert session.get_absolute_url() in letter.body
    for word in ("mark-opened", "mark-about", "owner"):
        assert word not in letter.body
    assert told() == []  # in the product they wanted none


@pytest.mark.parametrize("audience", ["link", "participants"])
def test_followers_hear_nothing_of_what_is_not_for_them(followed: Cast, audience: str) -> None:
    opened(followed, audience)
    work()
    assert told() == []


@pytest.mark.parametrize(
    "change", [narrow, blocked_by_the_host, mute_the_host], ids=lambda one: one.__name__
)
def test_a_notice_is_shown_only_as_long_as_the_jam_is(followed: Cast, change: Change) -> None:
    session = opened(followed)
    work()
    assert listed(followed, "stranger")
    change(followed, session)
    assert not listed(followed, "stranger")


def test_everybody_is_told_once_however_often_the_job_runs(followed: Cast) -> None:
    session = opened(followed)
    order = NoticeFanOut.objects.get().pk
    work()
    fan_out.run(order)
    assert told() == ["stranger"]
    opened(followed)
    work()
    assert told() == ["stranger", "stranger"]  # of another jam
    assert Notice.objects.filter(about=notices.name_of(session)).count() == 1


def test_with_the_host_goes_what_was_told_of_their_jams(followed: Cast) -> None:
    opened(followed)
    work()
    end(due(followed["owner"]))
    assert told() == []


@pytest.mark.django_db(transaction=True)
def test_a_job_that_is_killed_at_many_points_tells_everybody_once(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = Cast.assemble()
    names = sorted(f"listener{n}" for n in range(5))
    for name in names:
        ties.accept(ties.follow(person(name), cast["owner"]))
    opened(cast)
    order = NoticeFanOut.objects.get().pk
    assert killed_again_and_again("fan_out", order) >= 5
    assert told() == names
    assert not NoticeFanOut.objects.exists()
