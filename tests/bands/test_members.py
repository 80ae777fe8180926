"""Who is in a band: nobody without a yes, each by their role, and never nobody's."""

import contextlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.connections import services
from bands.models import Band, BandFollow, BandInvite, BandMember
from bands.services import bands, follows, members
from privacy.gate.access import can_see
from privacy.gate.viewer import Viewer
from privacy.models import Notice
from tests.bands.quartet import Quartet, Role, join
from tests.cast import person
from tests.school import consent_for


@pytest.fixture
def quartet(db: None) -> Quartet:
    return Quartet()


@pytest.mark.clause("bands")
def test_nobody_is_in_a_band_without_their_yes(quartet: Quartet) -> None:
    stranger = quartet["stranger"]
    invite = members.invite(quartet.band, quartet["admin"], stranger)
    assert quartet.roles() == {"owner": "owner", "admin": "admin", "player": "member"}
    assert Notice.objects.get(user=stranger).title == "You are asked to join a band"
    with pytest.raises(bands.Refused):
        members.accept(invite, quartet["fan"])  # somebody else's
    seat = members.accept(invite, stranger, plays=" fiddle ", audience="band")
    assert (seat.role, seat.plays, seat.audience) == ("member", "fiddle", "band")
    assert not BandInvite.objects.exists()
    with pytest.raises(bands.Refused):
        members.accept(invite, stranger)  # used up


@pytest.mark.clause("bands")
def test_one_no_is_enough(quartet: Quartet) -> None:
    stranger = quartet["stranger"]
    invite = members.invite(quartet.band, quartet["owner"], stranger)
    told = Notice.objects.count()
    members.decline(invite, stranger)
    assert Notice.objects.count() == told
    with pytest.raises(bands.Refused):
        members.accept(invite, stranger)
    with pytest.raises(bands.Refused):
        members.invite(quartet.band, quartet["admin"], stranger)
    assert not can_see(quartet.viewer("owner"), invite)


def test_an_invitation_runs_out_and_can_be_made_again(quartet: Quartet) -> None:
    stranger = quartet["stranger"]
    invite = members.invite(quartet.band, quartet["owner"], stranger)
    BandInvite.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert not can_see(Viewer.of(stranger), invite)
    with pytest.raises(bands.Refused):
        members.accept(invite, stranger)
    again = members.invite(quartet.band, quartet["admin"], stranger)
    assert again.pk == invite.pk
    assert members.accept(again, stranger).user == stranger


@pytest.mark.clause("bands")
@pytest.mark.promise("VJ-32")
@pytest.mark.parametrize("way", ["blocked by them", "blocked them", "child", "leaving"])
def test_who_cannot_be_asked_gives_one_answer(quartet: Quartet, way: str) -> None:
    stranger, admin = quartet["stranger"], quartet["admin"]
    if way == "blocked by them":
        services.block(stranger, admin)
    elif way == "blocked them":
        services.block(admin, stranger)
    elif way == "child":
        consent_for(stranger)
    else:
        stranger.leave()
    with pytest.raises(bands.Refused, match=r"^This person can't be invited now. Nothing was sent"):
        members.invite(quartet.band, admin, stranger)
    assert not BandInvite.objects.exists()


@pytest.mark.clause("bands")
@pytest.mark.promise("JK-24")
def test_bands_are_not_for_children(quartet: Quartet) -> None:
    child = person("child")
    consent_for(child)
    with pytest.raises(bands.Refused):
        bands.found(child, name="Kids", slug="kids", audience="band")
    with pytest.raises(bands.Refused):
        follows.follow(quartet.band, child)
    later = quartet["stranger"]
    invite = members.invite(quartet.band, quartet["owner"], later)
    consent_for(later)
    with pytest.raises(bands.Refused):
        members.accept(invite, later)
    assert set(quartet.roles()) == {"owner", "admin", "player"}


def test_of_who_is_not_grown_up_only_the_band_knows_at_first(quartet: Quartet) -> None:
    teen = person("teen", age_group="teen")
    assert join(quartet.band, quartet["owner"], teen).audience == "band"
    assert quartet.seat("player").audience == "members"


# who acts → what they can do: (give a role, take out a member, take out an admin, invite)
CAN: dict[str, tuple[bool, bool, bool, bool]] = {
    "owner": (True, True, True, True),
    "admin": (False, True, False, True),
    "player": (False, False, False, False),
    "fan": (False, False, False, False),
}


@pytest.mark.clause("bands")
@pytest.mark.parametrize("name", CAN)
def test_each_role_does_what_it_may(quartet: Quartet, name: str) -> None:
    other = join(quartet.band, quartet["owner"], person("fifth"))
    second = join(quartet.band, quartet["owner"], person("sixth"), Role.ADMIN)
    by = quartet[name]
    done = (
        _does(lambda: members.change_role(other, by, Role.ADMIN), other.pk, role="admin"),
        _gone(lambda: members.remove(quartet.seat("player"), by), quartet.seat("player").pk),
        _gone(lambda: members.remove(second, by), second.pk),
        _invites(quartet, by),
    )
    assert done == CAN[name]


def _try(act: Any) -> None:
    with contextlib.suppress(bands.Refused):
        act()


def _does(act: Any, key: int, **values: Any) -> bool:
    _try(act)
    return BandMember.objects.filter(pk=key, **values).exists()


def _gone(act: Any, key: int) -> bool:
    _try(act)
    return not BandMember.objects.filter(pk=key).exists()


def _invites(quartet: Quartet, by: Any) -> bool:
    _try(lambda: members.invite(quartet.band, by, quartet["stranger"]))
    return BandInvite.objects.exists()


@pytest.mark.clause("bands")
def test_a_band_is_never_without_an_owner(quartet: Quartet) -> None:
    owner = quartet["owner"]
    for act in (
        lambda: members.leave(quartet.band, owner),
        lambda: members.change_role(quartet.seat("owner"), owner, Role.MEMBER),
    ):
        with pytest.raises(bands.Refused):
            act()
    members.change_role(quartet.seat("player"), owner, Role.OWNER)
    members.leave(quartet.band, owner)
    assert quartet.roles() == {"admin": "admin", "player": "owner"}
    members.leave(quartet.band, quartet["admin"])
    members.leave(quartet.band, quartet["player"])  # the last one: it ends
    assert not Band.objects.exists()
    assert not BandFollow.objects.exists()


def test_who_leaves_takes_their_open_invitations_along(quartet: Quartet) -> None:
    members.invite(quartet.band, quartet["admin"], quartet["stranger"])
    members.leave(quartet.band, quartet["admin"])
    assert not BandInvite.objects.exists()


def test_who_joins_no_longer_follows(quartet: Quartet) -> None:
    join(quartet.band, quartet["owner"], quartet["fan"])
    assert list(BandFollow.objects.values_list("follower__username", flat=True)) == ["asker"]
    with pytest.raises(bands.Refused):
        follows.follow(quartet.band, quartet["fan"])


@pytest.mark.parametrize("slug", ["new", "invites", "admin", "quartet"])
def test_addresses_that_are_ours_or_taken_are_refused(quartet: Quartet, slug: str) -> None:
    with pytest.raises(ValidationError):
        bands.found(quartet["stranger"], name="x", slug=slug, audience="band")


@pytest.mark.clause("bands")
@pytest.mark.parametrize("audience", ["public", "band"])
def test_the_address_of_a_band_that_ended_is_nobody_elses(db: None, audience: str) -> None:
    quartet = Quartet(audience)
    members.close(quartet.band, quartet["owner"])
    with pytest.raises(ValidationError):
        bands.found(quartet["stranger"], name="x", slug="quartet", audience="band")
    # 410 tells that it was there: only of what anybody could see.
    status = quartet.client("stranger").get("/bands/quartet/").status_code
    assert status == (410 if audience == "public" else 404)


def test_only_an_owner_ends_a_band(quartet: Quartet) -> None:
    for name in ("admin", "player", "fan"):
        with pytest.raises(bands.Refused):
            members.close(quartet.band, quartet[name])
    assert Band.objects.exists()
