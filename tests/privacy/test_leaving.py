"""Leaving: out of sight at once, back within the grace period, gone for good after it."""

import html
import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from messaging.models import Message
from privacy import erasure
from privacy.erasure import purging
from privacy.models import Erasure, Export, Tombstone
from privacy.portability import export
from sessions_app.models import JamSession, Recording, Stem
from tests.cast import PASSWORD, Cast
from tests.entering import sign_up
from tests.leaving import purge
from tests.privacy import routes
from tests.privacy.asking import address
from tests.privacy.expectations import RIGHTS
from tests.privacy.rendered import renders_everything
from tests.privacy.world import World
from tests.told import deliver

OTHERS = ("participant", "stranger", "anonymous")


def signed_in(name: str) -> Client:
    """Sign in through the form, as a browser does."""
    client = Client()
    answer = client.post(reverse("account_login"), {"login": name, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def leave(client: Client, password: str = PASSWORD) -> Any:
    return client.post(reverse("leave"), {"password": password})


def every_answer(world: World, roles: tuple[str, ...] = OTHERS) -> dict[tuple[str, str, str], int]:
    """Return the status of every readable address for everybody else."""
    found = {}
    for role in roles:
        cache.clear()
        for surface in routes.SURFACES:
            if "GET" in surface.ways and surface.kind not in {"mix", "link"}:
                for key in RIGHTS[surface.kind, surface.ways["GET"].right]:
                    path = address(world, surface, key, role)
                    place = f"{surface.route}/{surface.kind}"
                    found[role, place, key] = world.clients[role].get(path).status_code
    return found


PLANNED = {
    (f"{route}/plan", "public")
    for route in ("jam", "jam_calendar", "api_session", "api_session_answers")
}


LIVE = ("listen_live", "listen_beginning", "listen_part", "listen_segment")  # what is heard now


@pytest.mark.clause("leaving")
@pytest.mark.promise("JK-14", "VJ-19")
def test_the_page_says_what_goes_and_when_and_offers_the_copy_first(cast: Cast) -> None:
    page = cast.client("owner").get(reverse("leave")).content.decode()
    for line in erasure.plan(cast["owner"]):
        assert line.label in page
        assert f">{line.count}<" in page
    assert {line.label for line in erasure.plan(cast["owner"])} >= {
        "Your own sound (stems)", "Recordings you own", "Jam sessions you opened", "Your profile",
    }  # fmt: skip
    assert page.index(reverse("exports")) < page.index('name="password"')
    assert (timezone.now() + erasure.grace()).date().isoformat() in page


@pytest.mark.clause("leaving")
def test_a_wrong_password_changes_nothing(cast: Cast) -> None:
    client = signed_in("owner")
    assert leave(client, "not it").status_code == 422
    cast["owner"].refresh_from_db()
    assert (cast["owner"].is_leaving, Erasure.objects.count()) == (False, 0)
    assert client.get(reverse("settings")).status_code == 200


@pytest.mark.clause("leaving")
@pytest.mark.promise("JK-14", "JK-16")
def test_everything_of_a_leaver_is_out_of_sight_at_once(world: World) -> None:
    before = every_answer(world)
    given_out = {role: address(world, _media("mix"), "public", role) for role in OTHERS}
    given_out |= {f"stem {role}": address(world, _media("stem"), "public/owner", role)
                  for role in OTHERS}  # fmt: skip
    here, elsewhere = signed_in("owner"), signed_in("owner")
    answer = leave(here)
    assert answer.status_code == 200
    assert [here.get("/settings/").status_code, elsewhere.get("/settings/").status_code] == [
        302
    ] * 2

    after = every_answer(world)
    gone = {place for place in before if before[place] == 200 and after[place] != 200}
    public = {
        ("recording/recording", "public"), ("recording_audio/recording", "public"),
        ("recording_peaks/recording", "public"), ("api_recording/recording", "public"),
        ("recording_track/recording", "public"),
        ("jam/session", "public"), ("api_session/session", "public"), ("profile/person", "owner"),
        ("favourites_of/person", "owner"), ("band/band", "public"), ("api_band/band", "public"),
        ("api_person/person", "owner"), *PLANNED,
    }  # fmt: skip
    live = {(f"{route}/session", "public") for route in ("listen", *LIVE)}
    members_only = {("band/band", "members"), ("api_band/band", "members")}  # nobody else is in it
    for role, lost in (("stranger", public | live | members_only), ("anonymous", public | live)):
        assert {place[1:] for place in gone if place[0] == role} == lost
        assert {after[(role, *place)] for place in public} == {410}
    assert {after[("stranger", *place)] for place in members_only} == {404}
    # Who took part keeps what they share, but for the mix, which is rendered anew.
    theirs = {place[1:]: after[place] for place in gone if place[0] == "participant"}
    assert theirs == {
        **dict.fromkeys({*PLANNED, ("api_session_answer/plan", "public")}, 410),
        ("api_person/person", "owner"): 410,
        ("band/band", "public"): 410,
        ("api_band/band", "public"): 410,
        ("band/band", "members"): 404,
        **dict.fromkeys((("jam_song/sheet", "owner"), ("chat_file/chatline", "owner")), 404),
        ("api_band/band", "members"): 404,
        ("profile/person", "owner"): 410,
        ("favourites_of/person", "owner"): 410,
        ("recording_audio/recording", "public"): 404,
        ("recording_audio/recording", "participants"): 404,
        ("recording_peaks/recording", "public"): 404,
        ("recording_peaks/recording", "participants"): 404,
        ("recording_track/recording", "public"): 404,
        ("recording_track/recording", "participants"): 404,
        ("stem_peaks/stem", "public/owner"): 404,
        ("stem_peaks/stem", "participants/owner"): 404,
        ("media/stem", "public/owner"): 404,
        ("media/stem", "participants/owner"): 404,
        **{(f"{route}/session", "public"): 410 for route in LIVE},
        ("room/session", "public"): 410,
        ("room/session", "participants"): 404,
    }
    for role in OTHERS:
        assert world.clients[role].get(given_out[role]).status_code == 404
        assert world.clients[role].get(given_out[f"stem {role}"]).status_code == 404


def _media(kind: str) -> routes.Surface:
    return next(one for one in routes.SURFACES if one.route == "media" and one.kind == kind)


@pytest.mark.clause("leaving", "who-sees")
@pytest.mark.promise("JK-14")
def test_no_page_names_a_leaver_or_shows_their_words(world: World) -> None:
    leave(signed_in("owner"))
    paths = [reverse(one.route) + one.query for one in routes.LISTINGS]
    for kind, names in {
        "recording": ("recording", "api_recording"), "session": ("jam", "api_session"),
        "conversation": ("conversation",), "person": ("profile",),
    }.items():  # fmt: skip
        for thing in world.things[kind].values():
            given = thing.username if kind == "person" else thing.public_id
            paths += [reverse(name, args=[given]) for name in names]
    marks: set[str] = set()
    for role in OTHERS:
        cache.clear()
        for path in paths:
            marks |= world.recognise(world.clients[role].get(path).content.decode())
    told = {mark for mark in marks if "mark-" in mark or mark.startswith("@")}
    assert {mark for mark in told if "owner" in mark or "leaving" in mark} == set()
    assert told >= {"mark-message-participant", "@participant"}


@pytest.mark.clause("leaving")
@pytest.mark.promise("JK-16")
def test_what_was_public_is_gone_and_what_was_not_never_was(cast: Cast) -> None:
    day = timezone.localdate().isoformat()
    maps = [reverse("sitemap_day", args=[kind, day]) for kind in ("recordings", "people")]
    anonymous = cast.client("anonymous")
    listed = [anonymous.get(path).content.decode().count("<loc>") for path in maps]
    leave(signed_in("owner"))
    left = [anonymous.get(path).content.decode().count("<loc>") for path in maps]
    assert left == [count - 1 for count in listed]
    for path in ("/@owner/", "/@OWNER/", cast.recordings["public"].get_absolute_url()):
        answer = anonymous.get(path)
        assert (answer.status_code, answer["X-Robots-Tag"]) == (410, "noindex")
    for key in ("participants", "me"):
        assert anonymous.get(cast.recordings[key].get_absolute_url()).status_code == 404
    names = set(Tombstone.objects.values_list("name_hash", flat=True))
    assert len(names) == 3  # the person, the public recording, the public session
    assert not any("owner" in name for name in names)


@pytest.mark.clause("leaving")
@pytest.mark.promise("JK-14", "VJ-19")
def test_a_leaver_can_come_back_or_go_and_nothing_else(cast: Cast) -> None:
    leave(signed_in("owner"))
    client = signed_in("owner")
    for name in ("settings", "favourites", "jams", "home"):
        answer = client.get(reverse(name))
        assert (answer.status_code, answer["Location"]) == (302, reverse("leave"))
    assert client.get(reverse("api_me")).status_code == 403
    assert client.get(reverse("leave")).status_code == 200
    assert client.get(reverse("policy")).status_code == 200


@pytest.mark.clause("leaving")
@pytest.mark.promise("VJ-19")
def test_coming_back_brings_everything_back(world: World) -> None:
    who = ("participant", "anonymous")
    before = every_answer(world, who)
    lists = {name: _list(world, name) for name in ("recordings", "jams", "home")}
    leave(signed_in("owner"))
    back = signed_in("owner")
    assert back.post(reverse("leave_cancel"))["Location"] == reverse("settings")
    renders_everything()
    ended = {f"{route}/session" for route in ("room", *LIVE)}  # a room closes for good
    rooms = {place for place in before if place[1] in ended}
    after = every_answer(world, who)
    assert {p: s for p, s in after.items() if p not in rooms} == {
        p: s for p, s in before.items() if p not in rooms
    }
    assert Tombstone.objects.count() == 0
    closed = {"session:public", "mark-session-owner-public", "plan:public"}  # and called off
    for name, shown in lists.items():
        left_out = ("mix:", "@")  # rendered anew; the face of the host, who has no room now
        assert {x for x in _list(world, name) if not x.startswith(left_out)} == {
            x for x in shown if not x.startswith(left_out)
        } - closed


def _list(world: World, name: str) -> set[str]:
    return world.recognise(world.clients["anonymous"].get(reverse(name)).content.decode())


@pytest.mark.clause("leaving", "what-stays")
@pytest.mark.promise("JK-14", "VJ-19")
def test_after_the_grace_period_the_leavers_go_and_the_others_keep_theirs(world: World) -> None:
    cast = world.cast
    kept = {stem.pk: stem.file.name for stem in Stem.objects.filter(player=cast["participant"])}
    lost = [stem.file.name for stem in Stem.objects.filter(player=cast["owner"])]
    leave(signed_in("owner"))
    row = purge(cast["owner"])
    assert (row.stage, row.user_id, row.status) == ("erased", None, "done")
    assert not User.objects.filter(username="owner").exists()
    assert {stem.pk: stem.file.name for stem in Stem.objects.filter(pk__in=kept)} == kept
    assert {name for name in lost if default_storage.exists(name)} == set()
    assert {name for name in kept.values() if not default_storage.exists(name)} == set()
    handed_on = Recording.objects.filter(pk__in=[cast.recordings[k].pk for k in OWNED])
    assert set(handed_on.values_list("owner__username", "title", "audience")) == {
        ("participant", "", "participants")
    }
    jam = JamSession.objects.get(pk=cast.sessions["public"].pk)
    assert (jam.host_id, jam.title, jam.about, jam.audience) == (None, "", "", "participants")
    talk = world.things["conversation"]["owner-participant"]
    assert list(Message.objects.filter(conversation=talk).values_list("text", flat=True)) == [
        "mark-message-participant"
    ]
    page = world.clients["participant"].get(talk.get_absolute_url())
    assert (page.status_code, b"mark-message-participant" in page.content) == (200, True)


OWNED = ("public", "participants", "me")


@pytest.mark.clause("leaving")
@pytest.mark.promise("JK-16")
def test_the_name_of_one_who_left_stays_reserved_and_the_page_stays_gone(cast: Cast) -> None:
    leave(signed_in("owner"))
    purge(cast["owner"])
    client = cast.client("anonymous")
    assert client.get("/@owner/").status_code == 410
    assert client.get(cast.recordings["public"].get_absolute_url()).status_code == 410
    for name in ("owner", "Owner"):
        answer = sign_up(client, email="new@mail.example", username=name)
        assert (answer.status_code, "username" in answer.context["form"].errors) == (200, True)
    assert not User.objects.filter(email="new@mail.example").exists()


@pytest.mark.clause("leaving")
def test_leaving_again_and_purging_again_change_nothing(cast: Cast) -> None:
    first = erasure.request(cast["owner"])
    assert erasure.request(cast["owner"]) == first
    erasure.run(first.pk)  # not due yet
    assert User.objects.filter(pk=cast["owner"].pk).exists()
    row = purge(cast["owner"])
    steps, ended = row.steps, row.ended_at
    people = set(User.objects.values_list("username", flat=True))
    erasure.run(row.pk)
    row.refresh_from_db()
    assert (row.steps, row.ended_at) == (steps, ended)
    assert set(User.objects.values_list("username", flat=True)) == people


@pytest.mark.clause("leaving")
@pytest.mark.promise("VJ-19")
def test_who_comes_back_a_moment_before_the_purge_is_kept(cast: Cast) -> None:
    row = erasure.request(cast["owner"])
    Erasure.objects.filter(pk=row.pk).update(due_at=timezone.now())
    taken = Erasure.claim(row.pk)  # the worker has it, and hasn't begun
    assert taken is not None
    erasure.cancel(cast["owner"])
    assert purging._begin(taken) is False
    erasure.run(row.pk)
    cast["owner"].refresh_from_db()
    assert (cast["owner"].is_present, cast["owner"].stems.count()) == (True, 3)


@pytest.mark.clause("leaving")
def test_once_the_purge_has_begun_there_is_no_way_back(cast: Cast) -> None:
    row = erasure.request(cast["owner"])
    Erasure.objects.filter(pk=row.pk).update(stage="purging")
    with pytest.raises(erasure.TooLate):
        erasure.cancel(cast["owner"])
    client = signed_in("owner")
    assert client.post(reverse("leave_cancel"))["Location"] == reverse("leave")
    cast["owner"].refresh_from_db()
    assert cast["owner"].is_leaving


@pytest.mark.clause("leaving")
@pytest.mark.promise("VJ-19")
def test_no_setting_makes_the_grace_period_longer_than_28_days(cast: Cast, settings: Any) -> None:
    settings.ERASURE_GRACE_DAYS = 400
    row = erasure.request(cast["owner"])
    assert row.due_at - row.requested_at <= timedelta(days=28, seconds=1)


@pytest.mark.clause("leaving")
@pytest.mark.promise("VJ-19")
def test_a_purge_that_fails_is_never_given_up(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    row = erasure.request(cast["owner"])
    broken = OSError("no such disk, /secret/path/of/owner")

    def fails(*_: Any) -> None:
        raise broken

    with monkeypatch.context() as disk:
        disk.setattr(default_storage, "delete", fails)
        for _ in range(12):
            Erasure.objects.filter(pk=row.pk).update(due_at=timezone.now(), leased_until=None)
            with pytest.raises(OSError, match="no such disk"):
                erasure.run(row.pk)
    row.refresh_from_db()
    assert (row.status, row.error) == ("waiting", "OSError")  # the kind, never the words
    assert row.due_at - timezone.now() < timedelta(minutes=10)
    assert purge(cast["owner"]).stage == "erased"


def test_a_sign_in_within_the_grace_period_is_purged_too(cast: Cast) -> None:
    leave(signed_in("owner"))
    signed_in("owner")
    key = str(cast["owner"].pk)
    assert [one.get_decoded()["_auth_user_id"] for one in Session.objects.all()].count(key) == 1
    purge(cast["owner"])
    assert [
        one for one in Session.objects.all() if one.get_decoded().get("_auth_user_id") == key
    ] == []


@pytest.mark.clause("leaving", "export")
@pytest.mark.promise("VJ-19", "VJ-22")
def test_a_copy_can_be_had_in_the_days_of_grace(cast: Cast) -> None:
    leave(signed_in("owner"))
    back = signed_in("owner")
    page = back.get(reverse("leave")).content.decode()
    assert f'href="{reverse("exports")}"' in page
    assert back.get(reverse("exports")).status_code == 200
    assert back.post(reverse("exports"))["Location"] == reverse("exports")
    made = Export.objects.get(user=cast["owner"])
    export.run(made.pk)
    made.refresh_from_db()
    answer: Any = back.get(reverse("export_download", args=[made.public_id]))
    assert answer.status_code == 200, answer.headers
    sent = b"".join(answer) if answer.streaming else answer.content
    with zipfile.ZipFile(io.BytesIO(sent)) as copy:
        assert b"mark-bio-owner" in copy.read("data/accounts.profile.json")
    purge(cast["owner"])
    assert not Export.objects.filter(pk=made.pk).exists()


@pytest.mark.clause("leaving")
@pytest.mark.promise("VJ-19")
def test_coming_back_says_what_is_back_and_what_is_not(cast: Cast) -> None:
    leave(signed_in("owner"))
    back = signed_in("owner")
    told = erasure.if_they_stay()
    assert len(told["returns"]) >= 5 and len(told["ends"]) >= 5
    before = html.unescape(back.get(reverse("leave")).content.decode())
    said = html.unescape(back.post(reverse("leave_cancel"), follow=True).content.decode())
    deliver()
    letter = next(one.body for one in mail.outbox if "You stay" in one.subject)
    for line in told["ends"]:
        assert line in before and line in said and line in letter, line
    for line in told["returns"]:
        assert line in before and line in letter, line


def test_who_was_suspended_before_is_suspended_after_coming_back(cast: Cast) -> None:
    User.objects.filter(pk=cast["owner"].pk).update(state=User.State.SUSPENDED)
    cast["owner"].refresh_from_db()
    erasure.request(cast["owner"])
    erasure.cancel(cast["owner"])
    cast["owner"].refresh_from_db()
    assert cast["owner"].state == "suspended"
