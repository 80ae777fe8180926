"""What people say of being connected directly: whom they know, how long a word holds, what goes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Follow, User
from bands.models import Band, BandMember
from foundation import limits
from sessions_app import direct_queries
from sessions_app.models import DirectAnswer, DirectChoice, JamSession
from sessions_app.services import direct
from sessions_app.services.recording import Refused
from tests.cast import Cast
from tests.sessions_app.test_direct import PAIR, at_once, follow_each_other, jam

__all__ = ["at_once", "jam"]


def share_a_band(one: User, other: User) -> None:
    band = Band.objects.create(slug="abcd", name="Abcd")
    for user in (one, other):
        BandMember.objects.create(band=band, user=user)


def path(cast: Cast, jam: JamSession) -> direct_queries.Path:
    """How the owner stands with the stranger."""
    return direct_queries.paths(cast["owner"], jam, [cast["stranger"].pk])[cast["stranger"].pk]


def both_choose(cast: Cast) -> None:
    for role in PAIR:
        DirectChoice.objects.create(user=cast[role], known=True)


Path = direct_queries.Path
ASKED, AGREED = Path(mine=False, theirs=False, asks=True), Path(mine=True, theirs=True, asks=False)


@pytest.mark.clause("network-addresses")
def test_who_counts_as_known(cast: Cast, jam: JamSession) -> None:
    one, other = cast["owner"], cast["stranger"]
    both_choose(cast)
    seen = {"nobody": path(cast, jam)}
    follow = Follow.objects.create(follower=one, followee=other, state="accepted")
    back = Follow.objects.create(follower=other, followee=one, state="requested")
    seen["asked to follow back"] = path(cast, jam)
    Follow.objects.filter(pk=back.pk).update(state="accepted")
    seen["both follow"] = path(cast, jam)
    Follow.objects.filter(pk__in=[follow.pk, back.pk]).delete()
    share_a_band(one, other)
    seen["a band"] = path(cast, jam)
    BandMember.objects.filter(user=other).delete()
    seen["left it"] = path(cast, jam)
    assert seen == {
        "nobody": ASKED, "asked to follow back": ASKED, "both follow": AGREED, "a band": AGREED,
        "left it": ASKED,
    }  # fmt: skip


@pytest.mark.clause("network-addresses")
def test_how_long_a_word_holds(cast: Cast, jam: JamSession) -> None:
    one, other = cast["owner"], cast["stranger"]
    later = cast.sessions["participants"]
    direct.answer(jam, one, [other], yes=True)
    direct.answer(jam, other, [one], yes=True)
    seen = {"there": path(cast, jam), "elsewhere": path(cast, later)}
    both_choose(cast)
    seen["elsewhere, who chose so"] = path(cast, later)
    follow_each_other(one, other)
    direct.answer(later, one, [other], yes=False)
    seen["no to whom one knows"] = path(cast, jam)
    row = DirectAnswer.objects.get(person=one)
    direct.take_back(one, row)
    seen["forgotten"] = path(cast, jam)
    theirs = DirectAnswer.objects.get(person=other)
    direct.take_back(one, theirs)
    assert DirectAnswer.objects.filter(pk=theirs.pk).exists()
    assert seen == {
        "there": AGREED, "elsewhere": ASKED, "elsewhere, who chose so": AGREED,
        "no to whom one knows": Path(mine=False, theirs=True, asks=False), "forgotten": AGREED,
    }  # fmt: skip


@pytest.mark.clause("network-addresses", "children-seen")
def test_a_childs_address_is_shown_to_nobody(cast: Cast) -> None:
    jam = JamSession.objects.create(host=cast["child"], audience="members")
    child, teacher = cast["child"], cast["teacher"]
    follow_each_other(child, teacher)
    for user in (child, teacher):
        DirectChoice.objects.create(user=user, known=True)
    with pytest.raises(Refused):
        direct.answer(jam, child, [teacher], yes=True)
    with pytest.raises(Refused):
        direct.choose(child, known=True)
    direct.answer(jam, teacher, [child], yes=True)
    assert DirectAnswer.objects.count() == 0
    DirectAnswer.objects.create(person=teacher, other=child, session=jam, yes=True)
    DirectAnswer.objects.create(person=child, other=teacher, session=jam, yes=True)
    assert direct_queries.paths(child, jam, [teacher.pk]) == {teacher.pk: Path()}
    assert direct_queries.paths(teacher, jam, [child.pk]) == {child.pk: Path()}
    assert not direct_queries.goes_direct(child)


def test_it_takes_as_many_questions_for_three_as_for_one(cast: Cast, jam: JamSession) -> None:
    keys = [cast[role].pk for role in ("participant", "former", "stranger")]
    counts = []
    for people in (keys[:1], keys):
        with CaptureQueriesContext(connection) as asked:
            direct_queries.paths(cast["owner"], jam, people)
        counts.append(len(asked))
    assert counts == [4, 4]


def test_words_are_counted(cast: Cast, jam: JamSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DIRECT_ANSWERS", limits.Limit("direct-answer", 2, 60))
    for yes in (True, False):
        direct.answer(jam, cast["owner"], [cast["stranger"]], yes=yes)
    with pytest.raises(limits.TooMany):
        direct.choose(cast["owner"], known=True)
    assert [row.yes for row in DirectAnswer.objects.all()] == [False]


@pytest.mark.clause("leaving")
def test_what_one_said_goes_with_one_and_so_does_what_was_said_of_one(
    cast: Cast, jam: JamSession
) -> None:
    direct.answer(jam, cast["owner"], [cast["stranger"], cast["owner"]], yes=True)
    direct.answer(jam, cast["stranger"], [cast["owner"], cast["former"]], yes=True)
    assert DirectAnswer.objects.count() == 3
    assert direct.purge_answers(cast["owner"], 100) == 2
    assert direct.purge_answers(cast["owner"], 100) == 0
    left = [(row.person.username, row.other.username) for row in DirectAnswer.objects.all()]
    assert left == [("stranger", "former")]


@pytest.mark.clause("network-addresses")
def test_settings_say_what_holds_and_forget_it(cast: Cast, jam: JamSession) -> None:
    client, url = cast.client("owner"), reverse("direct_settings")
    assert "Nothing yet." in client.get(url).content.decode()
    direct.answer(jam, cast["owner"], [cast["stranger"], cast["former"]], yes=True)
    direct.answer(jam, cast["owner"], [cast["participant"]], yes=False)
    page = client.get(url).content.decode()
    assert "You agreed to be connected directly with 2 people." in page
    assert "You declined it with 1." in page
    client.post(url, {"known": "on"})
    assert direct_queries.goes_direct(cast["owner"])
    client.post(url, {})
    assert not direct_queries.goes_direct(cast["owner"])
    direct.answer(jam, cast["stranger"], [cast["owner"]], yes=True)
    client.post(url, {"forget": "1"})
    said = DirectAnswer.objects.values_list("person__username", flat=True)
    assert list(said) == ["stranger"]


@pytest.mark.clause("children-seen")
def test_a_child_is_offered_none_of_it(cast: Cast) -> None:
    client, url = cast.client("child"), reverse("direct_settings")
    assert client.get(url).status_code == 403
    assert client.post(url, {"known": "on"}).status_code == 403
    assert not DirectChoice.objects.exists()
