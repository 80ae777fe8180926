"""The four answers of the gate agree with each other and with an oracle, in random worlds."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import Http404
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings

from accounts.models import Block, Findable, Follow, JammedWith, Plays, Profile, User
from bands.models import Band, BandFollow, BandInvite, BandMember
from community.models import Favourite
from messaging.models import Conversation, Member, Message
from privacy.gate import access, rules
from privacy.gate.rules import Rule
from privacy.gate.viewer import Via, Viewer
from privacy.models import ShareLink
from schools.models import (
    ClassSeat,
    ConsentWithdrawal,
    Enrolment,
    Guardianship,
    ParentalConsent,
    Partner,
    PartnerStaff,
    SchoolClass,
)
from sessions_app.models import (
    CalendarFeed,
    ChatLine,
    Invite,
    JamSession,
    Knock,
    Latency,
    Mix,
    Participant,
    Recording,
    RecordingConsent,
    Removal,
    Rsvp,
    Sheet,
    SheetLine,
    Stem,
    StemChunk,
)
from tests.privacy import band_worlds
from tests.privacy.random_worlds import EVERYONE, FIELDS, Facts, Look, Oracle, facts

Says = Callable[[Look], bool]


class Stage:
    """A world as rows, each with what the oracle says of it."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.oracle = facts, Oracle(facts)
        self.rows: list[tuple[Any, Says]] = []
        self._people()
        self._ties()
        self._band()
        self._school()
        self._music()
        self._measured()
        self._talk()

    def put(self, row: Any, says: Says) -> Any:
        row.save()
        self.rows.append((row, says))
        return row

    def _people(self) -> None:
        facts, says = self.facts, self.oracle
        self.people = User.objects.bulk_create(
            User(
                username=f"p{n}", email=f"p{n}@mail.example", password="!",
                state=facts.states[n], age_group=facts.ages[n], api_access=facts.api[n],
                indexed=facts.indexed[n],
            )
            for n in EVERYONE
        )  # fmt: skip
        named = dict(zip([f"{one}_audience" for one in FIELDS], facts.field_audiences, strict=True))
        for n, user in enumerate(self.people):
            self.rows.append((user, partial(says.person, n)))
            profile = Profile(user=user, favourites_audience=facts.favourites, **named)
            self.put(profile, partial(says.person, n))
            self.put(Findable(user=user, week=1), partial(says.findable, n))
            self.put(Plays(user=user, instrument="harp", level=3), partial(says.plays, n))

    def _ties(self) -> None:
        facts, says, people = self.facts, self.oracle, self.people
        row: Any
        for pairs, state in ((facts.follows, "accepted"), (facts.asked, "requested")):
            for pair in pairs:
                row = Follow(follower=people[pair[0]], followee=people[pair[1]], state=state)
                self.put(row, partial(says.follow, pair))
        for one, other in facts.blocks:
            row = Block(blocker=people[one], blocked=people[other])
            self.put(row, partial(says.own, one))
        for pair in facts.jammed:
            for one, other in (pair, pair[::-1]):
                row = JammedWith(person=people[one], partner=people[other])
                self.put(row, partial(says.own, one))
        for pair in facts.guards:
            ended = timezone.now() if pair in facts.ended else None
            row = Guardianship(guardian=people[pair[0]], child=people[pair[1]], ended=ended)
            self.put(row, partial(says.guardianship, pair))

    def _band(self) -> None:
        band, *_rest = [
            self.put(row, says)
            for row, says in band_worlds.rows(self.facts.band, self.oracle.bands, self.people)
        ]
        self.band = band if self.facts.band.has_music else None

    def _school(self) -> None:
        facts, says, people = self.facts, self.oracle, self.people
        row: Any
        partner = self.put(
            Partner(name="x", slug="x", state=facts.partner, verified_at=timezone.now()),
            says.school,
        )
        for n in facts.coordinators:
            row = PartnerStaff(partner=partner, user=people[n], role="coordinator")
            self.put(row, partial(says.works, n))
        school_class = self.put(SchoolClass(partner=partner, name="x"), says.school_class)
        for n in facts.seated:
            part = "child" if says.is_child(n) else "teacher"
            row = ClassSeat(school_class=school_class, user=people[n], part=part)
            self.put(row, partial(says.class_seat, n))
        for n in facts.left - facts.seated:
            row = ClassSeat(
                school_class=school_class, user=people[n], part="teacher", ended=timezone.now()
            )
            self.put(row, partial(says.class_seat, n))
        for n in says.enrolled:
            row = Enrolment(
                partner=partner, school_class=school_class, reference=str(n), child=people[n],
                guardian_email="x@mail.example",
            )  # fmt: skip
            place = self.put(row, partial(says.enrolment, n))
            row = ParentalConsent(
                enrolment=place, scope="programme", method="form", text_version=1,
                given_on=timezone.localdate(),
            )  # fmt: skip
            agreed = self.put(row, partial(says.enrolment, n))
            row = ConsentWithdrawal(consent=agreed, by="link")
            self.put(row, partial(says.enrolment, n))

    def _measured(self) -> None:
        for one, other in self.facts.jammed:
            for n, partner in ((one, other), (other, one)):
                row = Latency(measured_by=self.people[n], partner=self.people[partner], grade=1)
                self.put(row, partial(self.oracle.measured, n, partner))

    def _music(self) -> None:
        facts, says, people = self.facts, self.oracle, self.people
        row: Any
        jam = self.put(
            JamSession(host=people[0], band=self.band, audience=facts.room), says.session
        )
        for n, state in facts.answers.items():
            row = Rsvp(session=jam, user=people[n], state=state)
            self.put(row, partial(says.rsvp, n))
        self.put(CalendarFeed(user=people[1], secret_hash="x"), partial(says.own, 1))
        for n in facts.seats:
            role = "co_host" if n in facts.co_hosts else "player"
            here = None if n in facts.away else timezone.now()
            row = Participant(session=jam, user=people[n], role=role, came_at=here)
            self.put(row, partial(says.seat, n))
        for n in facts.removed:
            self.put(Removal(session=jam, user=people[n]), partial(says.asked_about, n))
        for n in facts.knocks:
            self.put(Knock(session=jam, user=people[n]), partial(says.asked_about, n))
        for n in facts.chat:
            row = ChatLine(session=jam, author=people[n], ref=uuid.uuid4(), text="x")
            self.put(row, partial(says.line, n))
        self._sheets(jam)
        soon = timezone.now() + timedelta(days=1)
        mine: Says = partial(says.own, 0)
        self.put(Invite(session=jam, made_by=people[0], expires_at=soon), mine)
        state = "ready" if facts.ready else "processing"
        take = Recording(
            session=jam, owner=people[0], band=self.band, audience=facts.audience, state=state
        )
        self.put(take, says.recording)
        for n, withdrawn in facts.stems.items():
            stem = Stem(
                recording=take, player=people[n], state="withdrawn" if withdrawn else "aligned"
            )
            self.put(stem, partial(says.stem, n))
            own: Says = partial(says.own, n)
            self.put(StemChunk(stem=stem, number=0, sha256="0", size=1), own)
            self.put(RecordingConsent(recording=take, user=people[n], text_version="x"), own)
        self.put(Mix(recording=take, status="done"), says.recording)
        self.put(Favourite(user=people[0], recording=take), says.favourite)
        now, past = timezone.now(), timezone.now() - timedelta(days=1)
        for kind in facts.links:
            maker = 1 if kind == "another's" else 0
            link = ShareLink(
                made_by=people[maker], item_model="sessions_app.recording",
                item_id=take.public_id, revoked_at=now if kind == "revoked" else None,
                expires_at={"over": past, "in force": soon}.get(kind),
            )  # fmt: skip
            self.put(link, partial(says.own, maker))
        self.links = [row for row, _ in self.rows if isinstance(row, ShareLink)]

    def _sheets(self, jam: JamSession) -> None:
        """Notes of all who are in, songs and lines of each."""
        facts, says, people = self.facts, self.oracle, self.people
        notes = self.put(
            Sheet(session=jam, ref=uuid.uuid4(), is_notes=True), partial(says.sheet, None)
        )
        for n in facts.chat:
            about = {"session": jam, "ref": uuid.uuid4()}
            self.put(Sheet(added_by=people[n], **about), partial(says.sheet, n))
            row = SheetLine(sheet=notes, author=people[n], place=n, text="x", **about)
            self.put(row, partial(says.sheet, n))

    def _talk(self) -> None:
        talk = self.put(Conversation(), self.oracle.talk)
        for n in self.facts.talkers:
            says: Says = partial(self.oracle.said, n)
            self.put(Member(conversation=talk, user=self.people[n]), says)
            message = Message(conversation=talk, author=self.people[n], ref=uuid.uuid4(), text="x")
            self.put(message, says)

    def looks(self) -> Iterator[tuple[Look, Viewer]]:
        yield Look(index=True), Viewer(via=Via.INDEX)
        for user in (None, *EVERYONE):
            plain = Viewer() if user is None else Viewer.of(self.people[user])
            yield Look(user), plain
            number = (user or 0) % len(self.links)
            held = frozenset({self.links[number].pk})
            linked = Viewer(plain.user_id, links=held)
            yield Look(user, links=frozenset({number})), linked
            if user is not None:
                yield Look(user, app=True), Viewer(plain.user_id, app="tuner")


def disagreements(stage: Stage) -> Iterator[str]:
    """Yield every answer of the gate that differs from the oracle's, or from another answer."""
    models: dict[type[Any], list[tuple[Any, Says]]] = {}
    for row, says in stage.rows:
        models.setdefault(type(row), []).append((row, says))
    turn = len(stage.rows)
    keys = {user.pk: n for n, user in enumerate(stage.people)}
    fans = {
        row: {keys[key] for key in access.audience_of(row).values_list("pk", flat=True)}
        for row, _ in stage.rows
    }
    for look, viewer in stage.looks():
        plain = not (look.app or look.links or look.index)
        there = stage.oracle.me(look) if plain else None
        for model, rows in models.items():
            yield from _listed(model, rows, look, viewer)
            if there is not None:
                yield from _fanned_out(rows, look, fans, there)
            turn += 1
            if turn % 5 == 0:  # one by one for each fifth: the worlds together ask of all
                yield from _alone(*rows[turn % len(rows)], look, viewer)
        yield from _fields_of_people(stage, look, viewer)
        yield from _fields_of_bands(stage, look, viewer)


def _listed(model: Any, rows: list[tuple[Any, Says]], look: Look, viewer: Viewer) -> Iterator[str]:
    listed = set(access.visible(model, viewer).values_list("pk", flat=True))
    for number, (row, says) in enumerate(rows):
        want, seen = says(look), row.pk in listed
        if seen != want:
            yield f"{model.__name__} {number} {look}: listed {seen}, oracle {want}"


def _fanned_out(
    rows: list[tuple[Any, Says]], look: Look, fans: dict[Any, set[int]], there: int
) -> Iterator[str]:
    """`there`: who looks, as one of the people whom a row is sent out to, or not."""
    for number, (row, says) in enumerate(rows):
        want = says(look)
        if (there in fans[row]) != want:
            yield f"{type(row).__name__} {number} {look}: fan-out is not {want}"


def _alone(row: Any, says: Says, look: Look, viewer: Viewer) -> Iterator[str]:
    if access.can_see(viewer, row) != says(look):
        yield f"{type(row).__name__} {look}: can_see"
    if _found(row, viewer) != says(look):
        yield f"{type(row).__name__} {look}: get_visible_or_404"


def _found(row: Any, viewer: Viewer) -> bool:
    try:
        return access.get_visible_or_404(type(row), viewer, pk=row.pk) == row
    except Http404:
        return False


def _fields_of_people(stage: Stage, look: Look, viewer: Viewer) -> Iterator[str]:
    for profile in access.with_visible_fields(Profile, viewer):
        number = next(n for n, one in enumerate(stage.people) if one.pk == profile.user_id)
        for name in FIELDS:
            want = stage.oracle.field(number, name, look)
            if getattr(profile, f"sees_{name}") != want:
                yield f"{name} of {number} {look}: not {want}"
        name = FIELDS[number % len(FIELDS)]  # the same, asked of one field
        if access.can_see_field(viewer, profile, name) != stage.oracle.field(number, name, look):
            yield f"{name} of {number} {look}: can_see_field"


def _fields_of_bands(stage: Stage, look: Look, viewer: Viewer) -> Iterator[str]:
    for band in access.with_visible_fields(Band, viewer):
        for name in band_worlds.FIELDS:
            want = stage.oracle.bands.field(name, look)
            if getattr(band, f"sees_{name}") != want:
                yield f"{name} of the band {look}: not {want}"
            if access.can_see_field(viewer, band, name) != want:
                yield f"{name} of the band {look}: can_see_field"


@pytest.mark.clause("who-sees", "blocks", "share-links", "apps-and-search", "children-seen")
@pytest.mark.promise("JK-11", "JK-13", "JK-24", "VJ-31", "VJ-32")
@settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # a world is read as it is; shrinking takes minutes
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(facts=facts())
def test_list_object_fan_out_and_oracle_agree(db: None, facts: Facts) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set constraints all deferred")
        stage = Stage(facts)
        found = list(disagreements(stage))
        transaction.set_rollback(True)
    assert found == []


IN_THE_WORLDS = {
    User, Profile, Plays, Findable, Follow, Block, JammedWith, Guardianship, JamSession,
    Participant, Removal, Knock, Latency, Rsvp, CalendarFeed, ChatLine, Sheet, SheetLine, Invite,
    Recording, Stem, StemChunk,
    RecordingConsent, Mix, Favourite, ShareLink, Conversation, Member, Message, Band, BandMember,
    BandInvite, BandFollow, Partner, PartnerStaff, SchoolClass, ClassSeat, Enrolment,
    ParentalConsent,
    ConsentWithdrawal,
}  # fmt: skip


def test_every_model_with_a_rule_is_in_the_worlds_or_its_owners_alone() -> None:
    for model in rules.models_with_rules():
        if model not in IN_THE_WORLDS:
            rule = rules.rule_of(model)
            assert rule == Rule(owner=rule.owner, only=rule.only), f"{model.__name__} has no oracle"
