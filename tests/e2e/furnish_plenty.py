"""More of everything than one page of a list shows, for the tests that go on to the next page."""

import uuid
from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.utils import timezone

from accounts.models import Block, Follow, Mute, SafetyEvent, User
from accounts.profile.services.profiles import write_profile
from bands.models import Band, BandFollow, BandMember
from community.models import Favourite
from foundation.paging import PAGE_SIZE
from messaging.models import Conversation, Member, Message
from privacy.models import AccessLogEntry, Disclosure, Notice, Request, ShareLink
from schools.models import Guardianship
from sessions_app.models import JamSession, Participant, Recording
from tests.planned import planned

MANY = PAGE_SIZE + 2


@transaction.atomic
def load() -> None:
    """Give lumen, her band and a ward so much that every list of theirs goes on."""
    if User.objects.filter(username="one-of-many-0").exists():
        return
    lumen = User.objects.get(username="lumen")
    crowd = [_player(number) for number in range(MANY)]
    _ties(lumen, crowd)
    _made(lumen, crowd)
    _letters(lumen, crowd)
    _records(lumen)
    ward = Guardianship.objects.get().child
    _events(ward)


def _player(number: int) -> User:
    player = User.objects.create_user(f"one-of-many-{number}", f"many{number}@mail.example")
    write_profile(player, {"findable": True, "bio": "One of many."}, instruments=[("guitar", 2)])
    return player


def _ties(lumen: User, crowd: list[User]) -> None:
    Follow.objects.bulk_create(
        Follow(follower=one, followee=lumen, state="accepted") for one in crowd
    )
    band: Any = Band.objects.get(slug="porch-light")
    BandFollow.objects.bulk_create(
        BandFollow(band=band, follower=one, state="accepted") for one in crowd
    )
    blocked = [
        User.objects.create_user(f"blocked-{number}", f"no{number}@mail.example")
        for number in range(MANY)
    ]
    Block.objects.bulk_create(Block(blocker=lumen, blocked=one) for one in blocked)
    Mute.objects.bulk_create(Mute(muter=lumen, muted=one) for one in blocked)


def _made(lumen: User, crowd: list[User]) -> None:
    band: Any = Band.objects.get(slug="porch-light")
    now = timezone.now()
    for number, one in enumerate(crowd):
        own = Band.objects.create(
            slug=f"of-many-{number}", name=f"Of many {number}", audience="public"
        )
        BandMember.objects.create(band=own, user=one, role="owner")
        room = JamSession.objects.create(
            host=one, title=f"Room {number}", audience="public",
            occupied_until=now + timedelta(hours=1),
        )  # fmt: skip
        Participant.objects.create(session=room, user=one)
        planned(one, audience="public", title=f"Evening {number}")
        take = Recording.objects.create(
            owner=lumen, band=band, title=f"One of many takes {number}", audience="public",
            state="ready", session=room, created_at=now - timedelta(days=400, minutes=number),
        )  # fmt: skip
        Favourite.objects.create(user=lumen, recording=take)
        ShareLink.objects.create(
            made_by=lumen, item_model="sessions_app.recording", item_id=take.public_id
        )


def _letters(lumen: User, crowd: list[User]) -> None:
    for one in crowd:
        pair = ":".join(map(str, sorted((lumen.pk, one.pk))))
        found = Conversation.objects.create(pair=pair)
        for person in (lumen, one):
            Member.objects.create(conversation=found, user=person)
        Message.objects.create(conversation=found, author=one, ref=uuid.uuid4(), text="Many words.")


def _records(lumen: User) -> None:
    now = timezone.now()
    staff = User.objects.filter(is_staff=True).first()
    _events(lumen)
    for number in range(MANY):
        Notice.objects.create(user=lumen, kind="security", title=f"Notice {number}", status="done")
        Disclosure.objects.create(
            user=lumen, provider="mail", recipient="A mail server", categories=["address"],
            purpose="service", basis="contract",
        )  # fmt: skip
        AccessLogEntry.objects.create(
            user=lumen, staff=staff, role="Support", model="accounts.user",
            object_key=lumen.public_id, why="support", reason="to try a list",
        )  # fmt: skip
        Request.objects.create(
            kind="enquiry", channel="settings", user=lumen, text=f"Question {number}",
            received_at=now, acknowledge_by=now + timedelta(days=9),
            answer_by=now + timedelta(days=30),
        )  # fmt: skip
        store = SessionStore()
        store["_auth_user_id"] = str(lumen.pk)
        store.create()
        UserSession.objects.create(
            user=lumen, session_key=store.session_key, ip="192.0.2.7", user_agent="", data={}
        )


def _events(user: User) -> None:
    SafetyEvent.objects.bulk_create(
        SafetyEvent(user=user, kind="sign_in", detail="a browser") for _ in range(MANY)
    )
