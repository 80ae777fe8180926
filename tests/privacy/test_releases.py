"""A new version of the policy: drafted, announced to everybody, in force on its day."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from privacy.models import Notice, PolicyNotice, PolicyNoticeRun, PolicyRelease
from privacy.policy import announcing, releases
from privacy.tasks import policy as policy_task
from tests.cast import Cast, person
from tests.privacy.test_kill import killed_again_and_again
from tests.told import deliver


def in_days(days: float) -> datetime:
    return timezone.now() + timedelta(days=days)


def announced(**about: Any) -> PolicyRelease:
    made = releases.draft("text", "We have a clause on songs.", material=True, **about)
    return releases.announce(made.pk, in_days(31))


def control() -> PolicyRelease:
    made = releases.draft("control", "The Guild of Pipers takes over.")
    return releases.announce(made.pk, in_days(61))


def tell(release: PolicyRelease, what: str = "announce") -> PolicyNoticeRun:
    run = release.runs.get(what=what)
    PolicyNoticeRun.objects.filter(pk=run.pk).update(due_at=timezone.now())
    announcing.run(run.pk)
    run.refresh_from_db()
    releases.remember()  # on commit, outside of tests
    return run


def test_the_first_text_begins_by_itself_and_once(db: None) -> None:
    shown = releases.in_force()
    assert (shown.pk, shown.number, shown.state) == (None, 1, "posted")
    first = releases.begin()
    assert first is not None and releases.in_force() == first
    assert first.content == shown.content
    assert releases.begin() is None
    assert sorted(PolicyRelease.objects.values_list("kind", "number")) == [
        ("terms", 1),
        ("text", 1),
    ]
    assert PolicyNoticeRun.objects.count() == 0, "nobody was ever shown another"


@pytest.mark.clause("changes")
@pytest.mark.promise("MJ-06")
def test_a_small_change_takes_effect_when_posted_and_the_page_says_since_when(
    other_code: Any, client: Client, cast: Cast
) -> None:
    assert "sing</strong> along" not in client.get(reverse("policy")).content.decode()
    before = timezone.now()
    made = releases.draft("text", "A word on songs.")
    assert releases.in_force().number == 1, "a draft changes nothing"
    posted = releases.announce(made.pk)
    assert (posted.state, posted.number, releases.in_force()) == ("posted", 2, posted)
    assert before <= posted.posted_at <= timezone.now()
    page = client.get(reverse("policy")).content.decode()
    assert "We never <strong>sing</strong> along." in page
    assert f'datetime="{posted.posted_at.isoformat()}"' in page
    assert Notice.objects.count() == 0, "nobody is told of what changes nothing for them"


@pytest.mark.clause("announced-changes")
@pytest.mark.promise("JK-29", "VJ-30")
def test_a_material_change_is_told_to_every_account_in_the_product_and_by_mail(
    other_code: Any, cast: Cast, client: Client
) -> None:
    suspended = person("suspended", state=User.State.SUSPENDED)
    EmailAddress.objects.filter(user=cast["stranger"]).update(verified=False)
    run = tell(announced())
    everybody = {"owner", "participant", "former", "stranger", suspended.username}
    assert {one.user.username for one in PolicyNotice.objects.all()} == everybody
    assert (run.told, run.total, run.reached_at is not None) == (5, 5, True)
    notice = Notice.objects.get(user=cast["owner"])
    assert "privacy policy changes on" in notice.title
    assert "We have a clause on songs." in notice.text
    assert cast.client("owner").get(notice.url).status_code == 200
    deliver()
    told = sorted(one.to[0] for one in mail.outbox)
    assert told == sorted(f"{name}@mail.example" for name in everybody - {"stranger"})
    assert f"http://127.0.0.1:8000{notice.url}" in mail.outbox[0].body


def test_nobody_is_told_twice(other_code: Any, cast: Cast) -> None:
    release = announced()
    for _ in range(3):
        run = tell(release)
    assert PolicyNotice.objects.count() == Notice.objects.count() == run.told == 4


@pytest.mark.clause("announced-changes")
def test_who_joins_meanwhile_and_who_comes_back_is_told_too(other_code: Any, cast: Cast) -> None:
    release = announced()
    run = tell(release)
    assert run.status == PolicyNoticeRun.Status.WAITING, "it goes on looking"
    joined = person("joined")
    cast["leaving"].come_back()
    run = tell(release)
    told = set(PolicyNotice.objects.values_list("user__username", flat=True))
    assert told >= {joined.username, "leaving"}
    assert (run.told, run.total) == (6, 6)
    PolicyRelease.objects.filter(pk=release.pk).update(state="posted", posted_at=timezone.now())
    later = person("later")
    tell(release)
    assert not PolicyNotice.objects.filter(user=later).exists(), "they signed up to it"
    PolicyRelease.objects.filter(pk=release.pk).update(posted_at=in_days(-31))
    assert tell(release).status == PolicyNoticeRun.Status.DONE


def test_an_account_whose_key_is_smaller_and_came_later_is_not_missed(
    other_code: Any, cast: Cast
) -> None:
    """A key is given before its transaction commits: a run may have passed it by then."""
    release = announced()
    run = release.runs.get()
    PolicyNoticeRun.objects.filter(pk=run.pk).update(cursor=cast["former"].pk)
    announcing._batch(run.pk)
    assert PolicyNotice.objects.count() == 1
    tell(release)
    assert PolicyNotice.objects.count() == 4


def test_people_have_their_time(other_code: Any, cast: Cast, settings: Any) -> None:
    made = releases.draft("text", "A clause on songs.", material=True)
    for day in (None, in_days(29)):
        with pytest.raises(releases.Refused, match="30 days"):
            releases.announce(made.pk, day)
    settings.POLICY_NOTICE_DAYS = 10
    release = releases.announce(made.pk, in_days(11))
    PolicyRelease.objects.filter(pk=release.pk).update(effective_at=in_days(-1))
    assert releases.post_due() == [], "not everybody was told"
    tell(release)
    assert releases.post_due() == [], "they were told just now"
    PolicyNoticeRun.objects.update(reached_at=in_days(-9.1))
    assert releases.post_due() == [release]
    assert releases.in_force() == release
    assert releases.post_due() == []


@pytest.mark.clause("announced-changes")
@pytest.mark.promise("JK-29", "VJ-30")
def test_the_scheduler_puts_it_in_force_on_its_day(
    other_code: Any, cast: Cast, client: Client
) -> None:
    release = announced()
    tell(release)
    page = client.get(reverse("policy")).content.decode()
    assert "This text changes" in page and "We have a clause on songs." in page
    assert "sing</strong> along" not in page
    policy_task()
    assert releases.in_force().number == 1
    PolicyRelease.objects.filter(pk=release.pk).update(effective_at=in_days(-0.01))
    PolicyNoticeRun.objects.update(reached_at=in_days(-31))
    policy_task()
    assert releases.in_force() == release
    page = client.get(reverse("policy")).content.decode()
    assert "This text changes" not in page and "sing</strong> along" in page


def test_what_staff_may_not_announce(other_code: Any, db: None, monkeypatch: Any) -> None:
    empty = releases.draft("text", "  ")
    with pytest.raises(releases.Refused, match="plain words"):
        releases.announce(empty.pk)
    asks = [{"key": "marketing", "version": 1, "words": "News?"}]
    PolicyRelease.objects.filter(number=1).update(
        content={**releases.in_force().content, "asks": asks}
    )
    other_code(asks=[{"key": "marketing", "version": 2, "words": "News and offers?"}])
    small = releases.draft("text", "Other words.")
    with pytest.raises(releases.Refused, match="Consent rests on words"):
        releases.announce(small.pk)
    other_code(clauses=[])
    with pytest.raises(releases.Refused, match="something else than this draft"):
        releases.announce(small.pk)
    posted = releases.announce(releases.draft("text", "All.", material=True).pk, in_days(31))
    with pytest.raises(releases.Refused, match="Only a draft"):
        releases.announce(posted.pk, in_days(31))
    again = releases.draft("text", "More.", material=True)
    with pytest.raises(releases.Refused, match="announced already"):
        releases.announce(again.pk, in_days(31))
    monkeypatch.undo()
    with pytest.raises(releases.Refused):
        releases.withdraw(releases.in_force().pk)


def test_what_is_in_force_is_not_drafted_again(db: None) -> None:
    releases.begin()
    with pytest.raises(releases.Refused, match="in force already"):
        releases.draft("text", "Nothing.")


def test_another_provider_or_region_is_a_change_too(db: None, settings: Any) -> None:
    releases.begin()
    assert not releases.differs_from_code()
    settings.REGION = "Ghent"
    assert releases.differs_from_code()
    releases.announce(releases.draft("text", "We have moved.").pk)
    changed = releases.comparison(releases.numbered(1), releases.in_force())
    [row] = changed.tables["regions"]
    assert "Ghent</ins>" in row.cells[0][1]


@pytest.mark.clause("announced-changes")
def test_who_was_told_is_told_when_it_is_withdrawn(other_code: Any, cast: Cast) -> None:
    release = announced()
    tell(release)
    late = person("late")
    releases.withdraw(release.pk)
    assert tell(release).status == PolicyNoticeRun.Status.CANCELLED
    run = tell(release, "withdraw")
    assert (run.told, run.status) == (4, "done")
    assert not Notice.objects.filter(user=late).exists()
    assert Notice.objects.filter(user=cast["owner"]).count() == 2
    assert releases.coming() == []
    page = cast.client("owner").get(reverse("home")).content.decode()
    assert "doesn't come after all" in page.replace("&#x27;", "'")


@pytest.mark.clause("change-of-control")
@pytest.mark.promise("JT-17")
def test_a_change_of_control_is_told_to_everybody_with_time_to_take_all_and_leave(
    cast: Cast, settings: Any
) -> None:
    releases.begin()
    made = releases.draft("control", "The Guild of Pipers takes over.")
    assert settings.CONTROL_NOTICE_DAYS >= settings.ERASURE_GRACE_DAYS
    with pytest.raises(releases.Refused, match="60 days"):
        releases.announce(made.pk, in_days(59))
    release = releases.announce(made.pk, in_days(61))
    run = tell(release)
    assert (run.told, run.total) == (4, 4)
    deliver()
    assert len(mail.outbox) == 4
    assert "somebody else runs this site" in mail.outbox[0].subject
    assert "take all your data with you" in mail.outbox[0].body
    client = cast.client("owner")
    page = client.get(Notice.objects.get(user=cast["owner"]).url).content.decode()
    assert "The Guild of Pipers takes over." in page
    assert f'href="{reverse("exports")}"' in page and f'href="{reverse("leave")}"' in page
    assert "The Guild of Pipers" in Client().get(reverse("policy")).content.decode()
    assert releases.in_force().number == 1, "the text stays as it is"


@pytest.mark.clause("announced-changes", "change-of-control")
def test_it_stands_on_every_page_until_seen(other_code: Any, cast: Cast) -> None:
    release = announced()
    client = cast.client("owner")
    assert "announcement__bar" not in client.get(reverse("home")).content.decode()
    tell(release)
    for name in ("home", "settings", "policy"):
        assert "announcement__bar" in client.get(reverse(name)).content.decode()
    path = reverse("policy_announcement", args=[release.public_id])
    answer = client.post(path, {"next": "/settings/"})
    assert (answer.status_code, answer["Location"]) == (302, "/settings/")
    assert "announcement__bar" not in client.get(reverse("home")).content.decode()
    assert "announcement__bar" in cast.client("stranger").get(reverse("home")).content.decode()
    assert client.post(path, {"next": "https://evil.example/"})["Location"] == path
    assert "announcement__bar" not in Client().get(reverse("home")).content.decode()
    anonymous = Client()
    assert anonymous.get(path).status_code == 200
    assert anonymous.post(path).status_code == 302
    assert PolicyNotice.objects.filter(seen_at__isnull=False).count() == 1
    missing = reverse("policy_announcement", args=["nothing"])
    assert anonymous.get(missing).status_code == 404


def test_drafts_are_shown_to_nobody(other_code: Any, client: Client) -> None:
    made = releases.draft("text", "A secret plan.")
    path = reverse("policy_announcement", args=[made.public_id])
    assert client.get(path).status_code == 404
    assert client.get(reverse("policy_version", args=[2])).status_code == 404
    for name in ("policy", "policy_versions", "policy_json"):
        assert "secret plan" not in client.get(reverse(name)).content.decode()


def test_pages_ask_nothing_of_the_database_while_nothing_is_announced(cast: Cast) -> None:
    user = cast["owner"]
    with CaptureQueriesContext(
        connection,
    ) as before:
        assert releases.banner_for(user) is None
    assert len(before) == 0


def test_an_emptied_cache_heals(other_code: Any, cast: Cast) -> None:
    release = announced()
    tell(release)
    cache.clear()
    assert releases.banner_for(cast["owner"]) is None
    releases.remember()
    assert releases.banner_for(cast["owner"]).release == release


def test_the_consent_that_rests_on_new_words_is_asked_anew(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text's version grows: the yes counts no more, the change is material, people hear why."""
    from dataclasses import replace

    from privacy import consent
    from privacy.consent import purposes

    owner = cast["owner"]
    releases.begin()
    consent.give(owner, "marketing", channel="settings")
    assert consent.has(owner, "marketing")
    old = purposes.get("marketing")
    text = purposes.Text(old.text.version + 1, "News, and what others sell.")
    monkeypatch.setitem(purposes._purposes, "marketing", replace(old, texts=(*old.texts, text)))
    assert not consent.has(owner, "marketing")
    assert releases.asked_anew(releases.in_force().content, releases.deployed()) == ["marketing"]
    release = announced()
    tell(release)
    assert "we ask you again" in Notice.objects.get(user=owner).text
    page = Client().get(reverse("policy_changes", args=[2])).content.decode()
    assert "each is asked again" in page


# Batches, and workers that die ------------------------------------------------------------


def crowd(count: int) -> None:
    people = User.objects.bulk_create(
        User(username=f"crowd{n}", email=f"crowd{n}@mail.example") for n in range(count)
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=one, email=one.email, verified=n % 3 > 0, primary=True)
        for n, one in enumerate(people)
    )


def test_a_batch_costs_the_same_however_many_it_tells(
    other_code: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(20)
    run = announced().runs.get()
    counts = []
    for size in (3, 9):
        monkeypatch.setattr(announcing, "BATCH", size)
        with CaptureQueriesContext(connection) as queries:
            assert announcing._batch(run.pk) == size
        counts.append(len(queries))
    assert counts == [11, 11]


@pytest.mark.clause("announced-changes")
@pytest.mark.promise("JK-29")
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_at_many_points_tells_everybody_once(
    other_code: Any, transactional_db: None
) -> None:
    crowd(450)
    run = announced().runs.get()
    assert killed_again_and_again("policy", run.pk) >= 6
    run.refresh_from_db()
    assert (run.told, run.total, run.reached_at is not None) == (450, 450, True)
    assert PolicyNotice.objects.count() == 450
    assert Notice.objects.filter(kind="policy").values("user").distinct().count() == 450
    assert Notice.objects.filter(kind="policy").count() == 450
    assert Notice.objects.filter(status="done").count() == 150, "unconfirmed addresses get no mail"
