"""Leaving: the band stays with the others, and nothing of the leaver stays with the band."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import User
from bands.models import Band, BandFollow, BandInvite, BandMember
from bands.services import bands, leaving, members
from privacy import erasure
from privacy.models import Export, Notice
from privacy.portability import export
from sessions_app.models import JamSession, Recording
from sessions_app.services import sessions as jams
from tests.bands.quartet import Quartet, Role
from tests.cast import recorded
from tests.leaving import due
from tests.privacy.traces import contents, everywhere, found


@pytest.fixture
def quartet(db: None) -> Quartet:
    return Quartet()


def leaves(user: User) -> None:
    erasure.run(due(user).pk)
    assert not User.objects.filter(pk=user.pk).exists()


@pytest.mark.clause("bands", "leaving", "what-stays")
@pytest.mark.promise("JK-14", "VJ-19")
def test_the_band_of_a_last_owner_passes_to_the_admin(quartet: Quartet) -> None:
    BandMember.objects.filter(user=quartet["owner"]).update(plays="mark-plays-owner")
    leaves(quartet["owner"])
    assert quartet.roles() == {"admin": "owner", "player": "member"}
    told = Notice.objects.filter(user=quartet["admin"], title="A band is yours now")
    assert told.count() == 1
    page = quartet.client("stranger").get("/bands/quartet/").content.decode()
    assert "mark-band-quartet" in page
    assert found({"mark-plays-owner"}, everywhere()) == {}


def test_without_an_admin_it_passes_to_who_has_been_in_it_longest(quartet: Quartet) -> None:
    members.change_role(quartet.seat("admin"), quartet["owner"], Role.MEMBER)
    BandMember.objects.filter(user=quartet["player"]).update(
        since=timezone.now() - timedelta(days=900)
    )
    leaves(quartet["owner"])
    assert quartet.roles() == {"admin": "member", "player": "owner"}


def test_who_is_here_inherits_before_who_is_not(quartet: Quartet) -> None:
    quartet["admin"].state = "suspended"
    quartet["admin"].save()
    leaves(quartet["owner"])
    assert quartet.roles() == {"admin": "admin", "player": "owner"}


def test_a_band_with_another_owner_passes_to_nobody(quartet: Quartet) -> None:
    members.change_role(quartet.seat("player"), quartet["owner"], Role.OWNER)
    leaves(quartet["owner"])
    assert quartet.roles() == {"admin": "admin", "player": "owner"}


@pytest.mark.clause("bands", "leaving")
def test_a_band_of_one_goes_with_its_photo_and_its_address(quartet: Quartet) -> None:
    alone = quartet["stranger"]
    solo = bands.found(alone, name="mark-solo", slug="solo", audience="public")
    solo.photo.save("solo.webp", ContentFile(b"mark-photo-solo"))
    members.invite(solo, alone, quartet["fan"])
    anybody = quartet.client("anonymous")
    assert anybody.get("/bands/solo/").status_code == 200
    row = due(alone)
    assert anybody.get("/bands/solo/").status_code == 410
    assert not BandInvite.objects.exists()  # those who were asked don't see it any more either
    erasure.run(row.pk)
    assert anybody.get("/bands/solo/").status_code == 410
    assert not default_storage.exists(solo.photo.name)
    assert found({"mark-solo", "mark-photo-solo"}, everywhere()) == {}
    assert list(Band.objects.all()) == [quartet.band]


def test_who_comes_back_finds_their_bands_as_they_were(quartet: Quartet) -> None:
    alone = quartet["stranger"]
    bands.found(alone, name="x", slug="solo", audience="public")
    erasure.request(alone)
    page = quartet.client("anonymous").get("/bands/solo/")
    erasure.cancel(alone)
    assert page.status_code == 410
    assert quartet.client("anonymous").get("/bands/solo/").status_code == 200


def test_while_somebody_is_leaving_the_band_does_not_name_them(quartet: Quartet) -> None:
    BandMember.objects.update(audience="public")
    erasure.request(quartet["player"])
    page = quartet.client("stranger").get("/bands/quartet/")
    assert {one["name"] for one in page.context["members"]} == {"owner", "admin"}
    assert "player" not in page.content.decode()
    assert "player" not in quartet.client("admin").get("/bands/quartet/members/").content.decode()


@pytest.mark.clause("leaving")
def test_the_step_can_be_repeated_and_says_when_it_is_done(quartet: Quartet) -> None:
    for number in range(3):
        bands.found(quartet["owner"], name="x", slug=f"band-{number}", audience="band")
    assert [leaving.release(quartet["owner"], 2) for _ in range(3)] == [2, 2, 0]
    assert list(Band.objects.all()) == [quartet.band]


@pytest.mark.clause("bands", "what-stays")
def test_what_the_leaver_recorded_with_the_band_passes_to_its_other_players(
    quartet: Quartet,
) -> None:
    owner, player = quartet["owner"], quartet["player"]
    jam = jams.open_session(owner, title="mark-jam", about="", audience="band", band=quartet.band)
    jams.join(jam, player)
    take = recorded(owner, [owner, player], audience="public", session=jam)
    Recording.objects.filter(pk=take.pk).update(band=quartet.band)
    leaves(owner)
    take.refresh_from_db()
    assert (take.owner, take.band, take.audience) == (player, quartet.band, "participants")
    assert JamSession.objects.get().host is None


@pytest.mark.clause("bands", "export")
@pytest.mark.promise("VJ-22")
def test_a_copy_holds_ones_place_and_ones_bands_and_nobody_elses(quartet: Quartet) -> None:
    BandMember.objects.filter(user=quartet["admin"]).update(plays="mark-plays-admin")
    made = Export.objects.create(user=quartet["player"])
    export.run(made.pk)
    made.refresh_from_db()
    text = "\n".join(words for _, words in contents("zip", made.file.open().read()))
    marks = ("mark-band-quartet", "mark-about-quartet", "mark-plays-player", "mark-plays-admin")
    assert [mark in text for mark in marks] == [True, True, True, False]
    assert [name for name in ("asker", "stranger", "fan") if f'"{name}"' in text] == []


def test_a_follower_who_leaves_is_no_follower(quartet: Quartet) -> None:
    leaves(quartet["fan"])
    assert list(BandFollow.objects.values_list("follower__username", flat=True)) == ["asker"]
