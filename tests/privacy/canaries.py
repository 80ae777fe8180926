"""Two people who filled in everything, each with unique marks.

What is filled in is held against the data map: a personal field without a mark fails the test,
unless `UNMARKED` says why it can hold none.
"""

import json
import uuid
from datetime import date, timedelta
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.connections import services as ties
from accounts.discovery import services
from accounts.identity.services import addresses
from accounts.models import (
    AccountLock,
    Connection,
    FormerName,
    KnownDevice,
    NetworkFact,
    Plays,
    Profile,
    RealName,
    SafetyEvent,
    SafetyLink,
    Suspension,
    User,
)
from accounts.profile.models import FIELDS
from bands.models import Band
from bands.services import bands, follows, members
from community import services as community
from foundation.ids import new_public_id
from foundation.sealing import seal
from messaging import services as messaging
from privacy import consent, datamap, notices
from privacy.datamap import Held
from privacy.models import (
    AccessLogEntry,
    Disclosure,
    Export,
    LeaveLink,
    LegalDisclosure,
    LegalHold,
    NewsReader,
    Request,
)
from privacy.subject_requests import fulfilment, intake
from privacy.telemetry import usage
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
from sessions_app.models import Recording, Stem, StemChunk
from sessions_app.services import absence
from sessions_app.services import recording as takes
from sessions_app.services import sessions as jams
from tests import own_words
from tests.cast import PASSWORD, person, recorded
from tests.planned import on_the_set_list, plans_and_answers, share_a_file


class Canary:
    """A person, and the marks they left."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.code = f"{name}{uuid.uuid4().hex[:10]}"
        self.user = User.objects.create_user(
            self.mark("name"), f"{self.mark('mail')}@mail.example", PASSWORD
        )
        address = EmailAddress.objects.create(
            user=self.user, email=self.user.email, verified=True, primary=True
        )
        EmailConfirmation.objects.create(
            email_address=address, sent=timezone.now(), key=self.mark("key")
        )
        self.agent = self.mark("agent")
        self.phone = f"+4930{uuid.uuid4().int % 10**8:08}"
        self.client = Client(headers={"User-Agent": self.agent, "X-App-Version": self.mark("app")})

    def mark(self, what: str) -> str:
        return f"{self.code}{what}"

    def fill(self, other: "Canary") -> None:
        self._profile()
        self._sound(other)
        self._bands(other)
        self._school(other)
        self._words(other)
        self._account()
        self._untied(other)

    def _profile(self) -> None:
        profile = Profile.objects.get(user=self.user)
        for column, value in own_words.columns(self.mark).items():
            setattr(profile, column, value)
        profile.bio, profile.status = self.mark("bio"), self.mark("status")
        profile.stage_name, profile.gender = self.mark("stage"), self.mark("gender")
        profile.links = [f"https://{self.mark('link')}.example/"]
        profile.roles, profile.genres, profile.languages = ["musician"], ["jazz"], ["tr"]
        profile.country, profile.town_id, profile.town = "DE", 2950159, self.mark("town")
        profile.phone = self.phone
        profile.birthday = date(1990, 2, 3)
        profile.available_until = timezone.now() + timedelta(hours=2)
        for size in ("photo_middle", "photo_small"):
            getattr(profile, size).save(f"{self.mark(size)}file.webp", self._file(size), save=False)
        profile.photo.save(f"{self.mark('photofile')}.webp", self._file("photo"))
        Plays.objects.create(user=self.user, instrument="banjo", level=2)
        profile.findable = True
        profile.save()
        services.draw(self.user)
        RealName.objects.create(user=self.user, name=self.mark("real"))

    def _sound(self, other: "Canary") -> None:
        self.jam = jams.open_session(
            self.user, title=self.mark("jam"), about=self.mark("about"), audience="public"
        )
        alone = jams.open_session(
            self.user, title=self.mark("alonejam"), about=self.mark("aloneabout"), audience="public"
        )
        plans_and_answers(self.user, other.user, self.mark)
        jams.invite(self.jam, self.user)
        self.take = recorded(
            self.user, [self.user, other.user], audience="public", session=self.jam
        )
        self.solo = recorded(self.user, [self.user], audience="me", session=alone)
        for recording, title in ((self.take, "title"), (self.solo, "solotitle")):
            Recording.objects.filter(pk=recording.pk).update(title=self.mark(title))
        for stem in Stem.objects.filter(player=self.user, recording=self.solo):
            stem.file.storage.delete(stem.file.name)
            stem.file.save(f"{stem.public_id}.flac", self._file("stem"))
            StemChunk.objects.create(
                stem=stem, number=0, sha256="0" * 64, size=1,
                file=stem.file.storage.save(
                    f"chunks/{stem.public_id}/00000-{new_public_id()}", self._file("chunk")
                ),
            )  # fmt: skip
        mix = self.solo.mixes.get()
        for kind, column in (("flac", mix.flac), ("opus", mix.opus), ("aac", mix.aac)):
            column.storage.delete(column.name)
            suffix = {"flac": "flac", "opus": "ogg", "aac": "m4a"}[kind]
            column.save(f"{mix.public_id}.{suffix}", self._file(f"mix{kind}"))

    def _bands(self, other: "Canary") -> None:
        """A band of one's own, one's place in it, and one of both that either may outlive."""
        solo = bands.found(
            self.user, name=self.mark("band"), slug=f"{self.mark('slug')}", audience="public"
        )
        solo.about, solo.genres = self.mark("bandabout"), [self.mark("genre")]
        solo.links = [f"https://{self.mark('link')}.example/"]
        solo.photo.save(f"{self.mark('bandphotofile')}.webp", self._file("bandphoto"))
        members.describe(
            members.seat_of(solo, self.user),
            plays=self.mark("plays"),
            audience="public",
        )
        members.invite(solo, self.user, other.user)
        follows.follow(solo, other.user)
        both = Band.objects.filter(slug="both").first()
        if both is None:
            bands.found(self.user, name="The both", slug="both", audience="public")
        else:
            members.accept(members.invite(both, other.user, self.user), self.user)

    def _school(self, other: "Canary") -> None:
        """As a child of a school, as far as rows go: no account of this story is a child's."""
        partner = Partner.objects.create(
            name="Brook", slug=new_public_id().lower(), country="DE", state="active",
            verified_at=timezone.now(), verified_by=self.user,
        )  # fmt: skip
        PartnerStaff.objects.create(partner=partner, user=self.user, role="teacher")
        school_class = SchoolClass.objects.create(partner=partner, name="5b")
        ClassSeat.objects.create(school_class=school_class, user=self.user, part="child")
        place = Enrolment.objects.create(
            partner=partner, school_class=school_class, child=self.user,
            reference=self.mark("reference"), guardian_email=f"{self.mark('parent')}@mail.example",
        )  # fmt: skip
        agreed = ParentalConsent.objects.create(
            enrolment=place, scope="programme", method="form", evidence=self.mark("evidence"),
            given_on=timezone.localdate(), text_version=1, recorded_by=self.user,
        )  # fmt: skip
        ConsentWithdrawal.objects.create(consent=agreed, by="school", person=self.user)
        # Of somebody else's child: what was said of it goes with whichever of the two goes first.
        ward = person(f"ward{uuid.uuid4().hex[:12]}")
        Guardianship.objects.create(guardian=self.user, child=ward, ended=timezone.now(),
                                    ended_by="school", because=self.mark("because"))  # fmt: skip

    def _words(self, other: "Canary") -> None:
        share_a_file(self.jam, self.user, self.mark)
        on_the_set_list(self.jam, self.user, self.mark("song"), self.mark("songline"))
        talk = messaging.conversation_between(self.user, other.user)
        messaging.write(talk, self.user, text=self.mark("message"), ref=str(uuid.uuid4()))
        messaging.mark_read(talk, self.user)
        community.keep(self.user, self.take)
        ties.mute(self.user, other.user)
        for key in ("marketing", "analytics"):
            consent.give(self.user, key, channel=consent.Channel.SETTINGS)
        usage.note(self.user, usage.Kind.PAGE, self.mark("page"))
        NewsReader.objects.create(address=self.user.email.lower(), form="test")

    def _account(self) -> None:
        account = SocialAccount.objects.create(
            user=self.user, provider="oidc", uid=self.mark("uid"),
            extra_data={"sub": self.mark("uid")},
        )  # fmt: skip
        connection = Connection.objects.create(
            user=self.user, account=account, grant=seal(self.mark("grant"))
        )
        NetworkFact.objects.create(
            user=self.user, connection=connection, name=self.mark("told"), value=self.mark("like")
        )
        app, _ = SocialApp.objects.get_or_create(provider="oidc", name="oidc", client_id="x")
        SocialToken.objects.create(
            app=app, account=account, token=self.mark("token"), token_secret=self.mark("secret")
        )
        LogEntry.objects.create(
            user=self.user, action_flag=ADDITION, object_repr=str(self.user),
            change_message=self.mark("log"),
        )  # fmt: skip
        group, _ = Group.objects.get_or_create(name="helpers")
        self.user.groups.add(group)
        self.user.user_permissions.add(Permission.objects.all()[:1][0])
        FormerName.objects.create(user=self.user, name=self.mark("old"))
        notices.choose(self.user, {"account": (True, True)})
        notices.tell(
            self.user, "account", self.mark("notice"), self.mark("noticetext"),
            url=f"/{self.mark('noticeurl')}/",
        )  # fmt: skip
        self._evidence()
        over = timezone.now() - timedelta(days=1)
        LeaveLink.objects.create(user=self.user, expires_at=over, status="done")
        LegalHold.objects.create(
            user=self.user, fields=["accounts.user.email"], reason=self.mark("why"),
            basis=self.mark("law"), begins_at=over - timedelta(days=1), ends_at=over,
        )  # fmt: skip
        answer = self.client.post(
            reverse("account_login"), {"login": self.user.username, "password": PASSWORD}
        )
        assert answer.status_code == 302
        Suspension.objects.create(
            user=self.user, ground="rules", reason=self.mark("suspended"), begins_at=over,
            ends_at=over + timedelta(hours=1), ended_at=over, appeal=self.mark("appeal"),
            answer=self.mark("decided"), appealed_at=over, answered_at=over,
        )  # fmt: skip
        KnownDevice.objects.create(user=self.user, secret_hash=self.mark("device"))
        SafetyEvent.objects.create(user=self.user, kind="password", detail=self.mark("safety"))
        SafetyLink.objects.create(
            user=self.user, address=f"{self.mark('link')}@mail.example", secret_hash="1",
            expires_at=over, status="done",
        )  # fmt: skip
        AccountLock.objects.create(
            user=self.user, address=f"{self.mark('lock')}@mail.example", ended_at=over
        )
        Authenticator.objects.create(  # after the sign-in, which would ask for it
            user=self.user, type="webauthn", data={"name": self.mark("passkey")}
        )

    def _evidence(self) -> None:
        AccessLogEntry.objects.create(
            user=self.user, role=self.mark("role"), model=self.mark("model"), object_key="1",
            why="support", reason=self.mark("reason"),
        )  # fmt: skip
        Disclosure.objects.create(
            user=self.user, provider=self.mark("provider"), recipient=self.mark("recipient"),
            categories=["user.account"], purpose="account", basis="contract",
        )  # fmt: skip
        LegalDisclosure.objects.create(
            user=self.user, authority="a court", law="an article", order=self.mark("order"),
            asked=self.mark("asked"), asked_categories=["user.account"], given_categories=[],
            disclosed_at=timezone.now(), secret_because="", told_at=timezone.now(),
        )  # fmt: skip

        asked = fulfilment.file_and_serve(self.user, "enquiry", text=self.mark("enquiry"))
        intake.reply(asked, self.mark("reply"))
        Request.objects.filter(pk=asked.pk).update(address=f"{self.mark('asked')}@mail.example")

    def _untied(self, other: "Canary") -> None:
        """What no foreign key ties to the person: other addresses of theirs, words about them."""
        self.unconfirmed, self.confirmed_later, self.taken_away = (
            f"{self.mark(what)}@mail.example" for what in ("second", "third", "former")
        )
        for address in (self.unconfirmed, self.confirmed_later, self.user.email, self.taken_away):
            asked = intake.file(
                "enquiry", channel=Request.Channel.WEB, address=address, text=self.mark("asks")
            )
            intake.confirm(asked)
            if address != self.confirmed_later:
                intake.answer(asked, None, self.mark("answered"))
            NewsReader.objects.get_or_create(address=address.lower(), defaults={"form": "test"})
        EmailAddress.objects.create(user=self.user, email=self.confirmed_later, verified=True)
        EmailAddress.objects.create(user=self.user, email=self.unconfirmed, verified=False)
        addresses.remember(self.user, self.taken_away)
        report = intake.report_child(
            f"https://jam.example/@{self.user.username}/", self.mark("reported"), other.user.email
        )
        intake.note(report, other.user, self.mark("noted"))
        fulfilment.file_and_serve(
            other.user, "enquiry", text=f"{other.mark('complains')} of @{self.user.username}."
        )
        untitled = jams.open_session(self.user, title="", about="", audience="participants")
        jams.join(untitled, other.user, invite=jams.invite(untitled, self.user))
        takes.ask(untitled, other.user, [self.user.pk])
        self.room = f"room:{untitled.pk}"
        self.presence = json.dumps({"peer": self.mark("peer"), "user_id": self.user.pk})
        absence.valkey().hset(self.room, self.mark("peer"), self.presence)

    def untied(self) -> set[str]:
        """Return the marks of `_untied`, which no declaration finds by an account."""
        words = ("asks", "answered", "reported", "noted", "second", "third", "former", "peer")
        return {self.mark(what) for what in words}

    def _file(self, what: str) -> ContentFile[bytes]:
        return ContentFile(self.mark(what).encode())

    def marks(self) -> set[str]:
        """Return every text that this person gave, read back from the rows about them."""
        return {mark for marks in self.marks_by_field().values() for mark in marks}

    def marks_by_field(self) -> dict[tuple[str, str], set[str]]:
        found: dict[tuple[str, str], set[str]] = {}
        for item in datamap.held():
            if item.subjects and item.model is not Export:  # a copy of all the others
                for row in item.rows_of(self.user):
                    for name, datum in item.fields.items():
                        if datum.personal:
                            values = found.setdefault((item.name, name), set())
                            values |= self._marks_in(row, name)
        return found

    def _marks_in(self, row: Any, name: str) -> set[str]:
        column = row._meta.get_field(name)
        if column.many_to_many or column.is_relation:
            return set()
        value = getattr(row, name)
        text = json.dumps(value) if isinstance(value, dict | list) else str(value or "")
        if isinstance(column, models.FileField) and value:
            text += " " + value.storage.open(value.name).read().decode("latin-1")
        words = "".join(c if c.isalnum() else " " for c in text).split()
        return {word for word in words if word.startswith(self.code) or word == self.phone[1:]}


# Personal text that can't hold a person's own words, and why.
UNMARKED: dict[str, str] = {
    "public_id": "random, made by us; looked for by itself after erasure",
    "state": "one of a few words",
    "country": "two letters of a list",
    **dict.fromkeys(("instrument", "genre"), "one of a list of words"),
    "age_group": "one of three words",
    **dict.fromkeys(("time_zone", "zone"), "one of the names of zones"),
    "audience": "one of a few words",
    "answer": "one of a few words",
    "stage": "one of a few words",
    "provider": "the network's name, from the configuration",
    "password": "a hash",
    "file of privacy.portability.export": "a copy of all the others; opened and read by itself",
    "item_id": "random, made by us: the public id of what a link opens",
    "ip": "an address, looked for by itself",
    "session_key": "random, made by us; web sessions are opened and read instead",
    "action_flag": "a number",
    "does": "one of two words",
    "type": "one of three words",
    **dict.fromkeys(("clock", "slips"), "numbers of a sound device"),
    "peaks": "numbers drawn from sound",
    "pair": "two keys",
    "way": "one of a few words",
    "secret_hash": "a hash of something random",
    "fields": "names from the data map",
    "kind": "one of a few words",
    "about": "a public id, made by us",
    "address": "only of people without account",
    "purpose": "one of a few words",
    "ground": "one of a few words",
    "pseudonym": "a keyed hash, made by us",
    "channel": "one of a few words",
    "reference": "random, made by us",
    "identity": "one of a few words",
    "by": "one of a few words",
    "detail": "one of a few words",
    "form": "one of a few words",
    "language": "one of a few words",
    "text_sha256": "of words that we wrote",
    "basis": "one of a few words",
    "why": "one of a few words",
    "authority": "an authority's name; it stays, see the declaration",
    **dict.fromkeys(("law", "secret_because"), "an article of a law; see the declaration"),
}


def could_hold_words(item: Held, name: str) -> bool:
    """Return whether a personal field is text or a file that a person fills."""
    column = item.model._meta.get_field(name)
    kinds = (models.CharField, models.TextField, models.FileField, models.JSONField,
             models.GenericIPAddressField)  # fmt: skip
    if item.model is Export or getattr(column, "choices", None):
        return False
    if item.model is Profile and name in own_words.columns(str):
        return True
    short = name
    for field in (*FIELDS, "about", "favourites", "open"):
        short = short.removeprefix(f"{field}_")
    return isinstance(column, kinds) and short not in UNMARKED
