"""A child whose every field can be told, in the middle of rows that no rule would have let in.

`Kid` is the cast's child. It did all that its account may do, and then the tables were filled as
if nothing had ever stopped anybody: everything is for everyone, grown-ups follow it, have played
and written with it, it sits in their band and plays on their recordings. Whatever an answer holds
of it has `TELLTALE`, one of its public ids or one of its keys in it.
"""

import uuid
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection, models
from django.urls import reverse
from django.utils import timezone

from accounts.connections import services
from accounts.discovery.models import COLUMNS
from accounts.models import (
    Block,
    Connection,
    Findable,
    Follow,
    FormerName,
    JammedWith,
    Mute,
    NetworkFact,
    Plays,
    Profile,
    RealName,
    User,
)
from accounts.profile.models import FIELDS
from accounts.profile.services import profiles
from bands.models import Band, BandFollow, BandInvite, BandMember
from bands.services import bands
from community import services as community
from foundation.ids import new_public_id
from messaging import services as messaging
from messaging.models import Conversation, Member, Message
from privacy import notices
from privacy.models import Disclosure, Export, ShareLink
from privacy.subject_requests import fulfilment
from schools.models import Enrolment, Guardianship
from schools.services import children, partners
from sessions_app.models import (
    ChatLine,
    Invite,
    JamSession,
    Mix,
    Participant,
    Recording,
    Rsvp,
    Stem,
)
from sessions_app.services import rsvps, sessions
from tests import own_words
from tests.cast import Cast, networked, person, recorded
from tests.planned import on_the_set_list, planned, share_a_file
from tests.presence import come_in

TELLTALE = "kidmark"
FIRST_KEY = 7_310_000_000_000  # no other number of a page looks like a key of the child's
KEYED = (User, JamSession, Recording, Stem, Mix, Profile, Conversation, Enrolment)


def count_from(first: int) -> dict[str, int]:
    """Have the tables of `KEYED` count on from there; return where each would have gone on."""
    before = {}
    with connection.cursor() as cursor:
        for model in KEYED:
            table = model._meta.db_table
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
            before[table] = cursor.fetchone()[0]
            count_on(table, first)
    return before


def count_on(table: str, number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, number])


class Kid:
    """The child, what is its, and the people around it; `friend` has every tie there could be."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        school = cast.school
        self.user = school.ada
        children.rename(self.user, f"{TELLTALE}-name")
        self.user.refresh_from_db()
        self.place = school.ada_enrolment
        self.friend, self.blocked = person("friend"), person("blocked")
        self._was_taught()
        self._lives()
        self._is_told_of()
        for one in (self.friend, self.blocked):
            self._is_tied_to(one)
        Block.objects.create(blocker=self.user, blocked=self.blocked)
        Block.objects.create(blocker=self.blocked, blocked=self.user)

    # What the school's rules allow -------------------------------------------------------

    def _was_taught(self) -> None:
        """Those of the other class were in its own once, the teacher was its guardian even; at
        the other school one person coordinates and teaches."""
        school = self.cast.school
        omar = partners.employ(school.partner, school.omar, "coordinator")
        partners.seat_teacher(school.first, school.omar)
        partners.dismiss(omar)
        partners.employ(school.partner, school.omar, "teacher")
        partners.seat_teacher(school.second, school.omar)
        Guardianship.objects.create(
            guardian=school.omar, child=self.user, ended=timezone.now() - timedelta(days=1)
        )
        for one in (school.first, school.second):
            partners.move(Enrolment.objects.get(child=school.cleo), one)
        assert school.emil
        partners.employ(school.far, school.tove, "coordinator")

    def _lives(self) -> None:
        """All that a child's account may do, in its class."""
        school, user = self.cast.school, self.user
        children.add_consent(
            self.place, school.tilda, scope="profile", method="form",
            evidence=f"{TELLTALE}-evidence", given_on=timezone.localdate(),
        )  # fmt: skip
        Enrolment.objects.filter(pk=self.place.pk).update(
            reference=f"{TELLTALE}-reference", guardian_email=f"{TELLTALE}-parent@mail.example"
        )
        profiles.write_profile(
            user, {"bio": f"{TELLTALE}-bio", "status": f"{TELLTALE}-status"},
            instruments=[("harp", 3)],
        )  # fmt: skip
        self.session = sessions.open_session(
            user, title=f"{TELLTALE}-jam", about=f"{TELLTALE}-about", audience="members"
        )
        self.lesson = sessions.open_session(
            school.tilda, title="A lesson", about="", audience="members"
        )
        self.plan = planned(
            user, audience="members", title=f"{TELLTALE}-plan", about=f"{TELLTALE}-about",
            welcome=f"{TELLTALE}-welcome", seats=["harp"],
        )  # fmt: skip
        rsvps.answer(self.plan, school.ben, "going", instrument="harp")
        sessions.join(self.lesson, user)
        sessions.join(self.session, school.ben)
        come_in(self.session, user)  # lists of what is live show it
        come_in(self.lesson, school.tilda)
        for room in (self.session, self.lesson):
            share_a_file(room, user, lambda name: f"{TELLTALE}-{name}")
        on_the_set_list(self.session, user, f"{TELLTALE}-song", f"{TELLTALE}-line")
        self.take = recorded(user, [user, school.ben], audience="members", session=self.session)
        self.lesson_take = recorded(
            school.tilda, [school.tilda, user], audience="members", session=self.lesson
        )
        Recording.objects.filter(pk=self.take.pk).update(title=f"{TELLTALE}-title")
        self.talk = messaging.conversation_between(user, school.ben)
        messaging.write(talk := self.talk, user, text=f"{TELLTALE}-words", ref=str(uuid.uuid4()))
        messaging.mark_read(talk, user)
        services.accept(services.follow(user, school.ben))
        services.accept(services.follow(school.ben, user))
        services.mute(user, school.ben)
        for take in (self.take, self.cast.recordings["public"]):
            community.keep(user, take)
        for one in (school.ben, school.tilda, school.grete):
            community.keep(one, self.take)
        self.request = fulfilment.file_and_serve(user, "know", text=f"{TELLTALE}-request")
        self.copy = Export(
            user=user, status=Export.Status.DONE, percent=100,
            expires_at=timezone.now() + timedelta(days=7),
        )  # fmt: skip
        self.copy.file.save(f"{self.copy.public_id}.zip", ContentFile(f"{TELLTALE}-copy".encode()))

    # What no rule allows -----------------------------------------------------------------

    def _is_told_of(self) -> None:
        """Every field is filled, and everything of the child's is for everyone."""
        user = self.user
        profile = Profile.objects.get(user=user)
        for column in profile._meta.fields:
            if isinstance(column, models.CharField) and column.name.endswith("_audience"):
                setattr(profile, column.name, "public")
        for told, value in own_words.columns(f"{TELLTALE}-{{}}".format).items():
            setattr(profile, told, value)
        profile.stage_name, profile.town = f"{TELLTALE} stage", f"{TELLTALE}-town"
        profile.country, profile.town_id = "DE", 2950159
        profile.gender, profile.phone = f"{TELLTALE}-gender", "+493007310731"
        profile.links = [f"https://{TELLTALE}.example/"]
        profile.birthday = date(2016, 2, 3)
        profile.roles, profile.genres, profile.languages = ["musician"], ["jazz"], ["tr"]
        profile.available_until = timezone.now() + timedelta(hours=2)
        profile.findable = True
        for size in ("photo_middle", "photo_small", "photo"):
            getattr(profile, size).save(
                f"{new_public_id()}.webp", ContentFile(f"{TELLTALE}-{size}".encode()), save=False
            )
        profile.save()
        assert {*FIELDS} and profile.stage_name_audience == "public"
        Plays.objects.filter(user=user).update(place=0)
        words = ["w:kidmark", "w:kidma", "i:harp", "g:jazz", "l:tr", "c:DE", "t:2950159"]
        Findable.objects.create(
            user=user, week=9999, open_until=profile.available_until, open_audience="public",
            **dict.fromkeys(COLUMNS.values(), words),
        )  # fmt: skip
        User.objects.filter(pk=user.pk).update(
            indexed=True, api_access=True, strangers_may_write=True, approves_followers=False
        )
        RealName.objects.create(user=user, name=f"{TELLTALE}-real")
        FormerName.objects.create(user=user, name=f"{TELLTALE}-old")
        account = networked(user)
        Connection.objects.filter(pk=account.pk).update(grant=b"")
        NetworkFact.objects.filter(user=user).update(value=f"{TELLTALE}-fact")
        rooms = [self.session.pk, self.lesson.pk, self.plan.pk]
        JamSession.objects.filter(pk__in=rooms).update(audience="public")
        Recording.objects.filter(pk__in=[self.take.pk, self.lesson_take.pk]).update(
            audience="public"
        )
        self.links = [
            ShareLink.objects.create(
                made_by=user, item_model=one._meta.label_lower, item_id=one.public_id
            )
            for one in (self.take, self.session)
        ]
        self.invite = Invite.objects.create(
            session=self.session, made_by=user, expires_at=timezone.now() + timedelta(days=7)
        )
        Disclosure.objects.create(
            user=user, provider=f"{TELLTALE}-provider", recipient=f"{TELLTALE}-recipient",
            categories=["user.account"], purpose="account", basis="contract",
        )  # fmt: skip

    def _is_tied_to(self, one: User) -> None:
        """Everything that can tie two people, both ways, as if they had been free to."""
        user = self.user
        for a, b in ((user, one), (one, user)):
            Follow.objects.create(follower=a, followee=b, state="accepted")
            JammedWith.objects.create(person=a, partner=b)
            Mute.objects.create(muter=a, muted=b)
        room = JamSession.objects.create(host=one, title="An open room", audience="public")
        for seat in (room, self.session, self.lesson):
            Participant.objects.get_or_create(session=seat, user=one)
        Participant.objects.create(session=room, user=user)
        plan = planned(one, audience="public", title="A plan")
        for ahead, guest in ((plan, user), (self.plan, one)):
            Rsvp.objects.create(session=ahead, user=guest, state="going", instrument="harp")
            Participant.objects.create(session=ahead, user=guest)
        take = recorded(one, [one, user], audience="public", session=room)
        for words in (user, one):
            ChatLine.objects.create(
                session=room, author=words, ref=uuid.uuid4(), text=self._words_of(words, "chat")
            )
        for recording in (self.take, self.lesson_take):
            Stem.objects.create(recording=recording, player=one, state="aligned")
            community.keep(one, recording)
        community.keep(one, take)
        talk = Conversation.objects.create()
        for words in (user, one):
            Member.objects.create(conversation=talk, user=words)
            Message.objects.create(
                conversation=talk, author=words, ref=uuid.uuid4(), text=self._words_of(words, "m")
            )
        slug = f"band-of-{one.username}"
        band = bands.found(one, name="The band", slug=slug, audience="public")
        seat_of = BandMember.objects.create(
            band=band, user=user, plays=f"{TELLTALE}-plays", audience="public", role="owner"
        )
        mine = Band.objects.create(name="The other", slug=f"other-{slug}", audience="public")
        BandMember.objects.create(band=mine, user=user, audience="public", role="owner")
        Recording.objects.filter(pk=take.pk).update(band=band)
        week = timezone.now() + timedelta(days=7)
        asked = BandInvite.objects.create(band=mine, invited=one, made_by=user, expires_at=week)
        follows = BandFollow.objects.create(band=band, follower=user, state="accepted")
        notices.tell(
            one, "follows", "Somebody would like to follow you", "You decide.",
            url=reverse("followers"), about=Follow.objects.get(follower=user, followee=one),
        )  # fmt: skip
        ties_of = getattr(self, "ties", {})
        ties_of[one.username] = {
            "room": room, "take": take, "talk": talk, "band": band, "seat": seat_of,
            "asked": asked, "follows": follows, "theirs": mine, "plan": plan,
        }  # fmt: skip
        self.ties: dict[str, dict[str, Any]] = ties_of

    def _words_of(self, who: User, what: str) -> str:
        return f"{TELLTALE}-{what}" if who == self.user else f"mark-{what}-{who.username}"

    # What tells of it --------------------------------------------------------------------

    @property
    def stems(self) -> list[Stem]:
        return list(Stem.objects.filter(player=self.user).order_by("pk"))

    @property
    def takes(self) -> list[Recording]:
        """Every recording in which the child can be heard."""
        rows = Recording.objects.filter(stems__player=self.user)
        return list(rows.order_by("pk").distinct())

    @property
    def rsvps(self) -> list[Rsvp]:
        """The child's answers, and those to what it planned."""
        rows = Rsvp.objects.filter(models.Q(user=self.user) | models.Q(session=self.plan))
        return list(rows.select_related("session").order_by("pk"))

    @property
    def mixes(self) -> list[Mix]:
        return list(Mix.objects.filter(recording__in=self.takes).order_by("pk"))

    def telltales(self) -> set[str]:
        """Return every text that no answer to an outsider may hold."""
        user, profile = self.user, self.user.profile
        talks = [self.talk, *(one["talk"] for one in self.ties.values())]
        seats = [one["seat"] for one in self.ties.values()]
        things = [user, profile, self.place, self.session, self.request, self.copy, self.invite,
                  self.plan, *Rsvp.objects.filter(user=user),
                  *self.takes, *self.stems, *self.mixes, *talks, *seats, *self.links,
                  *Follow.objects.filter(models.Q(follower=user) | models.Q(followee=user)),
                  *Message.objects.filter(author=user), *ChatLine.objects.filter(author=user),
                  *Connection.objects.filter(user=user)]  # fmt: skip
        keys = [
            user,
            profile,
            self.session,
            self.plan,
            self.place,
            *self.takes,
            *self.stems,
            *self.mixes,
        ]
        return {
            TELLTALE, "3007310731", "2016-02-03", "mark-sound-ada", "mark-mix-ada",
            *(one.public_id for one in things),
            *(str(one.pk) for one in keys),
        }  # fmt: skip

    def shared_with(self, name: str) -> set[str]:
        """Return the ids of rows that are as much somebody else's: they may know that they exist.

        What the child did in them they are not told.
        """
        talk, take = self.ties[name]["talk"], self.ties[name]["take"]
        mine = models.Q(follower__username=name) | models.Q(followee__username=name)
        return {
            one.public_id for one in (talk, take, *take.mixes.all(), *Follow.objects.filter(mine))
        }
