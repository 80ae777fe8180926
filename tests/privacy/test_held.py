"""What Jamsite holds: real values, all of one's own and nobody else's, and the way to end it."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.connections import services
from community import services as community
from messaging.models import Message
from privacy import datamap
from privacy.datamap import Erase, own_data
from privacy.models import Notice
from sessions_app.models import Recording, Stem, StreamConsent
from sessions_app.services import waiting
from tests.cast import Cast
from tests.privacy.canaries import Canary


@pytest.fixture
def pair(db: None) -> tuple[Canary, Canary]:
    one, other = Canary("alma"), Canary("bruno")
    one.fill(other)
    other.fill(one)
    return one, other


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return unescape(answer.content.decode())


def everything(client: Client) -> str:
    """Return the overview and all pages of all kinds it links to, to their last row."""
    pages = [text_of(client, reverse("held"))]
    for path in sorted(set(re.findall(r'href="(/settings/held/[\w-]+/)"', pages[0]))):
        following: str | None = path
        while following:
            pages.append(text_of(client, following))
            more = re.search(r'held-rows-more-link" href="([^"]+)"', pages[-1])
            following = more.group(1) if more else None
    return "\n".join(pages)


@pytest.mark.clause("held")
@pytest.mark.promise("JK-02", "JM-13")
def test_a_person_reads_every_value_that_is_theirs_and_none_of_the_other(
    pair: tuple[Canary, Canary],
) -> None:
    one, other = pair
    told = everything(one.client)
    shown = set()
    for item in own_data.shown_declarations():
        for row in item.rows_of(one.user):
            for name, datum in item.fields.items():
                text = str(getattr(row, name)) if datum.personal else ""
                if datum.seen_by != "nobody" and item.model._meta.get_field(name).concrete:
                    shown |= set(re.findall(rf"{one.code}[\w-]*", text))
    assert shown, "the canary marks fields"
    files = {mark for mark in shown if "file" in mark}
    assert {mark for mark in shown - files if mark not in told} == set()
    for value in (one.user.username, one.user.email):
        assert value in told
    # Of the other what anyone may see: the public things both took part in, or answered to.
    open_to_all = {other.mark(what) for what in ("jam", "plan", "title", "name", "slug")}
    assert {mark for mark in other.marks() if mark in told} == open_to_all
    for secret in (one.mark("token"), one.mark("secret"), one.user.password):
        assert secret not in told


@pytest.mark.clause("held")
@pytest.mark.promise("JK-02")
def test_each_kind_says_why_how_long_who_sees_and_what_leaving_does(
    pair: tuple[Canary, Canary],
) -> None:
    one, _ = pair
    overview = text_of(one.client, reverse("held"))
    for item in own_data.shown_declarations():
        if not own_data.rows_about(item, one.user).exists():
            continue
        assert item.kept in overview, item.name
        page = text_of(one.client, reverse("held_kind", args=[own_data.slug_of(item)]))
        kind = own_data.kind(item)
        told = [kind.label, kind.basis, kind.kept, kind.after_leaving, *kind.purposes,
                *kind.categories, *kind.seen_by, *kind.unshown, *kind.recipients]  # fmt: skip
        assert [words for words in told if words not in page] == [], item.name
    for store in datamap.stores():
        assert str(store.label) in overview and store.kept in overview


@pytest.mark.clause("kept-after-leaving")
@pytest.mark.promise("JK-19")
def test_what_stays_after_leaving_is_told_beforehand_with_reason_and_end(cast: Cast) -> None:
    page = text_of(cast.client("owner"), reverse("held"))
    kept = own_data.kept_after_leaving()
    rows = [item for item in datamap.held() if item.erase is Erase.KEEP and item.purposes]
    assert {str(item.label) for item in rows} <= {one.label for one in kept}
    for one in kept:
        assert one.why and one.kept
        assert one.label in page and one.why in page and one.kept in page


def test_every_way_to_correct_leads_somewhere(cast: Cast) -> None:
    client = cast.client("owner")
    for item in own_data.shown_declarations():
        if item.correct:
            assert client.get(reverse(item.correct)).status_code == 200, item.name


def test_a_thing_that_is_hidden_now_keeps_its_name_to_itself(cast: Cast) -> None:
    community.keep(cast["stranger"], cast.recordings["public"])
    path = reverse("held_kind", args=["community-favourite"])
    client = cast.client("stranger")
    title = cast.recordings["public"].title
    assert title in text_of(client, path)
    Recording.objects.filter(pk=cast.recordings["public"].pk).update(audience="me")
    page = text_of(client, path)
    assert title not in page
    assert cast.recordings["public"].public_id not in page
    assert "something you can't see any more" in page


@pytest.mark.clause("held")
def test_the_day_a_row_goes_is_told(cast: Cast) -> None:
    from privacy import notices

    told = notices.tell(cast["owner"], "account", "Told", "", mail=False)
    Notice.objects.filter(pk=told.pk).update(created_at=timezone.now() - timedelta(days=100))
    told.refresh_from_db()
    goes = own_data.ends_at(datamap.held_of(Notice), told)
    assert goes == told.created_at + timedelta(days=180)
    page = text_of(cast.client("owner"), reverse("held_kind", args=["privacy-notice"]))
    assert f'datetime="{goes.date().isoformat()}' in page


def test_an_account_that_is_used_tells_no_day_and_names_who_carries_its_mail(
    cast: Cast, settings: Any
) -> None:
    """The ends of unconfirmed and unused accounts are not this one's."""
    settings.EMAIL_HOST = "mail.example"
    page = text_of(cast.client("owner"), reverse("held_kind", args=["accounts-user"]))
    assert "goes by itself" not in page
    assert "mail.example" in page


def fill(cast: Cast) -> dict[str, Any]:
    """Give the owner one row of every kind that can be deleted; return it by kind."""
    one = Canary("alma")
    other = Canary("bruno")
    one.fill(other)
    other.fill(one)
    from privacy.models import Export

    Export.objects.create(user=one.user, status="done")
    services.follow(one.user, other.user)
    services.block(one.user, cast["stranger"])
    waiting.knock(cast.sessions["public"], one.user)
    StreamConsent.objects.create(
        session=cast.sessions["public"], user=one.user, yes=True, text_version="1"
    )
    from privacy.sharing import links

    links.make(one.take, one.user)
    return {"one": one, "other": other}


@pytest.mark.clause("held")
@pytest.mark.promise("JK-02", "JM-13")
def test_what_may_be_deleted_here_is_deleted_by_its_owner_alone(cast: Cast) -> None:
    people = fill(cast)
    one, other = people["one"], people["other"]
    kinds = [item for item in own_data.shown_declarations() if item.remove is not None]
    assert len(kinds) >= 10
    for item in kinds:
        path = reverse("held_remove", args=[own_data.slug_of(item)])
        rows = own_data.rows_about(item, one.user)
        before = rows.count()
        assert before > 0, item.name
        row = rows.order_by("-pk").first()
        page = text_of(one.client, reverse("held_kind", args=[own_data.slug_of(item)]))
        token = re.findall(r'name="row" value="([^"]+)"', page)[0]
        for client, value in ((other.client, token), (one.client, token + "x"), (one.client, "")):
            assert client.post(path, {"row": value}).status_code == 404, item.name
        assert own_data.rows_about(item, one.user).count() == before
        if item.model is UserSession:
            continue  # its own story below: it ends the very sign-in that asks
        assert one.client.post(path, {"row": token}).status_code == 302, item.name
        if item.model is Stem:
            row.refresh_from_db()
            assert (row.state, bool(row.file)) == (Stem.State.WITHDRAWN, False)
        else:
            assert not own_data.rows_about(item, one.user).filter(pk=row.pk).exists(), item.name
            assert one.client.post(path, {"row": token}).status_code == 404


def test_deleting_a_sign_in_ends_it(cast: Cast) -> None:
    here, there = cast.client("anonymous"), cast.client("anonymous")
    for client in (here, there):
        client.post("/account/login/", {"login": "owner", "password": "a stave has five lines"})
    path = reverse("held_kind", args=["usersessions-usersession"])
    tokens = re.findall(r'name="row" value="([^"]+)"', text_of(here, path))
    assert len(tokens) == 2
    assert here.post(f"{path}remove/", {"row": tokens[1]}).status_code == 302  # the older: here
    assert here.get(path).status_code == 302
    assert there.get(path).status_code == 200
    assert (UserSession.objects.count(), Session.objects.count()) == (1, 1)


@pytest.mark.parametrize("slug", ["nothing", "auth-group", "sessions-session", "accounts-user-x"])
def test_kinds_that_are_not_there_are_missing(cast: Cast, slug: str) -> None:
    client = cast.client("owner")
    assert client.get(reverse("held_kind", args=[slug])).status_code == 404
    assert client.post(reverse("held_remove", args=[slug]), {"row": "x"}).status_code == 404
    bare = reverse("held_remove", args=["accounts-profile"])
    assert client.post(bare, {"row": "x"}).status_code == 404


def test_the_price_is_the_same_for_one_row_and_for_many(cast: Cast) -> None:
    """Overview: one query a kind. A kind: its rows, what they point at in two columns."""
    client = cast.client("stranger")
    overview, kind = reverse("held"), reverse("held_kind", args=["community-favourite"])
    prices = []
    for keys in (["public"], ["participants", "me"]):
        for key in keys:
            community.keep(cast["stranger"], cast.recordings[key])
        counts = []
        for path in (overview, kind):
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            counts.append(len(queries))
        prices.append(counts)
    assert prices[0] == prices[1]
    assert prices[0][0] == len(own_data.shown_declarations()) + FRAME
    assert prices[0][1] == 3 + FRAME


FRAME = 2  # session and account


def test_a_hundred_thousand_rows_are_read_a_page_at_a_time(cast: Cast) -> None:
    talk = cast.conversation("owner", "participant")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO messaging_message (public_id, conversation_id, author_id, ref, text,"
            " created_at) SELECT 'bulk' || lpad(n::text, 18, '0'), %s, %s, gen_random_uuid(),"
            " 'mark-bulk-' || n, now() FROM generate_series(1, 20000) n",
            [talk.pk, cast["owner"].pk],
        )
        cursor.execute("ANALYZE messaging_message")
    client = cast.client("owner")
    assert "more than 1000" in text_of(client, reverse("held"))
    path = reverse("held_kind", args=["messaging-message"])
    page = text_of(client, path)
    assert re.findall(r"mark-bulk-(\d+)", page) == [str(n) for n in range(20000, 19980, -1)]
    more = re.search(r'held-rows-more-link" href="([^"]+)"', page)
    assert more is not None
    second = text_of(client, more.group(1))
    assert re.findall(r"mark-bulk-(\d+)", second) == [str(n) for n in range(19980, 19960, -1)]
    assert len(re.findall(r"mark-bulk", text_of(client, f"{path}?after=broken"))) == 20
    with connection.cursor() as cursor:
        item = datamap.held_of(Message)
        rows = own_data.rows_about(item, cast["owner"]).order_by("-pk")[:21]
        plan = rows.explain()
    assert "Seq Scan on messaging_message" not in plan


def test_who_is_not_signed_in_is_asked_to(client: Client, db: None) -> None:
    for path in (reverse("held"), reverse("held_kind", args=["accounts-user"])):
        assert client.get(path).status_code == 302


def test_what_is_held_is_called_by_words_of_people(cast: Cast) -> None:
    """No column is shown by a name that only programmers use."""
    page = cast.client("owner").get(reverse("held_kind", args=["accounts-user"]))
    shown = re.findall(r"<dt>([^<]+)</dt>", page.content.decode())
    assert {"Works for this site", "Random id", "Here since", "Account is open"} <= set(shown)
    assert ("May do everything as staff" in shown, "Superuser status" in shown) == (True, False)
    ugly = re.compile(r"^(?:Is |Has )|\bid$| at$|_|\bmd5\b|\bsha256\b", re.I)
    every = {
        own_data._label(item, name)
        for item in datamap.held()
        if item.subjects
        for name, one in item.fields.items()
        if one.personal
    }
    assert {one for one in every if ugly.search(one)} <= {"Random id"}
