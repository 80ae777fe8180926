"""Who sees sessions, recordings and sound, by rules, row-level security and addresses of sound."""

from django.db.models import Q

from accounts.models import User
from bands.relations import audiences as band_audiences
from privacy import rls
from privacy.gate import rules
from privacy.gate.audiences import OF_BANDS, Audience
from privacy.gate.deny_rules import APPS, CHILDREN, INDEX
from privacy.gate.rules import Anyone, If, Nobody, Others, Person, Related, Rule
from privacy.sharing import media
from sessions_app import downloads
from sessions_app.models import (
    CalendarFeed,
    ChatLine,
    DirectAnswer,
    DirectChoice,
    Invite,
    JamSession,
    Knock,
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
    StreamConsent,
)
from sessions_app.models.planning import SHOWN, TOLD

TOOK_PART = Related("sessions_app.Participant", row="session", person="user")

ANSWERED = Related("sessions_app.Rsvp", row="session", person="user", where=Q(state__in=list(TOLD)))

HAS_STEM = Related(
    "sessions_app.Credit", row="recording", person="player", where=~Q(state=Stem.State.WITHDRAWN)
)

# Until it is ready, a recording is its owner's and its players' business alone.
READY = Q(state=Recording.State.READY)

OTHERS_SEE = [
    audience
    for audience in Audience
    if audience not in {Audience.PARTICIPANTS, Audience.ME, *OF_BANDS}
]
OF_ITS_BAND = band_audiences("band_id")  # without a band they mean nobody
SITS_THERE = Related("sessions_app.Participant", row="session", row_key="session_id", person="user")

# Of what is said in a room: who was inside by then, and still has a seat.
WAS_INSIDE = Related(
    "sessions_app.Participant",
    row="session",
    row_key="session_id",
    person="user",
    since=("came_at", "created_at"),
)

HOSTS = Related("sessions_app.JamSession", row="pk", row_key="session_id", person="host") | Related(
    "sessions_app.Participant",
    row="session",
    row_key="session_id",
    person="user",
    where=Q(role=Participant.Role.CO_HOST),
)

# Those who took part keep seeing a session or recording they share when its owner leaves.
rules.see(
    JamSession,
    Rule(
        owner="host",
        audience="audience",
        # Who asked for a seat, or waits for one, has as much to do with it as who has one; but
        # nothing they do lets them past a block.
        relations={Audience.PARTICIPANTS: ANSWERED, **OF_ITS_BAND},
        also=(TOOK_PART,),
    ),
)

rules.see(
    Recording,
    Rule(
        owner="owner",
        audience="audience",
        relations={
            Audience.PARTICIPANTS: Nobody(),
            **{
                audience: If(READY, rules.meant(audience, Recording, "owner"))
                for audience in OTHERS_SEE
            },
            **{audience: If(READY, tie) for audience, tie in OF_ITS_BAND.items()},
        },
        also=(If(~Q(audience=Audience.ME), HAS_STEM),),
        others=Others(HAS_STEM, frozenset({CHILDREN, APPS, INDEX})),
    ),
)

rules.see(
    Mix,
    Rule(through="recording", only=Q(withdrawn_at__isnull=True, status=Mix.Status.DONE)),
)

rules.see(
    Stem,
    Rule(
        owner="player",
        only=~Q(state=Stem.State.WITHDRAWN) & User.present("player__"),
        also=(
            If(
                ~Q(recording__audience=Audience.ME),
                Related(
                    "sessions_app.Credit",
                    row="recording",
                    row_key="recording_id",
                    person="player",
                    where=~Q(state=Stem.State.WITHDRAWN),
                ),
            ),
        ),
    ),
)

rules.see(StemChunk, Rule(owner="stem__player"))

rules.see(
    Participant,
    Rule(
        owner="user",
        through="session",
        within={Audience.PUBLIC: Anyone(), Audience.PARTICIPANTS: SITS_THERE},
    ),
)

# What somebody answered is seen by who sees the players; what is between them and the host, a seat
# that was asked for or declined, by the two alone.
rules.see(
    Rsvp,
    Rule(
        owner="user",
        through="session",
        within={
            Audience.PUBLIC: If(Q(state__in=list(SHOWN)), Anyone()),
            Audience.PARTICIPANTS: Person("session__host"),
        },
    ),
)
rules.see(CalendarFeed, Rule(owner="user"))

rules.see(ChatLine, Rule(owner="author", within={Audience.PARTICIPANTS: WAS_INSIDE}))
# What is played from is for who has a seat: each line past its author's blocks, a song past those
# of who added it. Without such a person it is the notes, or a song whose lines others wrote.
rules.see(
    Sheet,
    Rule(
        owner="added_by",
        within={Audience.PARTICIPANTS: SITS_THERE},
        also=(If(Q(added_by__isnull=True), SITS_THERE),),
    ),
)
rules.see(SheetLine, Rule(owner="author", within={Audience.PARTICIPANTS: SITS_THERE}))
# Who asks to come in, or was removed, knows it; who else does are those who may let them in.
rules.see(Knock, Rule(owner="user", within={Audience.PARTICIPANTS: HOSTS}))
rules.see(Removal, Rule(owner="user", within={Audience.PARTICIPANTS: HOSTS}))
rules.see(Invite, Rule(owner="made_by"))
# What it comes to is seen by the two: whether they are connected directly. Who said what, is not.
rules.see(DirectAnswer, Rule(owner="person"))
rules.see(DirectChoice, Rule(owner="user"))
rules.see(RecordingConsent, Rule(owner="user"))
rules.see(StreamConsent, Rule(owner="user"))

# Row-level security: players' own sound, and what is said in rooms (mixes: docs/decisions/0006).
# What the web may write there is its person's own.
rls.protect(Stem, update=Person("player"))

rls.protect(StemChunk, insert=Person("stem__player"))
rls.protect(ChatLine, insert=Person("author"), delete=Person("author"))
# A sheet is written by all who have a seat; whoever writes over a line is its author from then on.
rls.protect(SheetLine, insert=Person("author"), update=SITS_THERE, delete=SITS_THERE)

media.serve(
    Mix,
    opus=media.Part("opus", "audio/ogg"),
    aac=media.Part("aac", "audio/mp4", "m4a", downloads.of_mix),
    flac=media.Part("flac", "audio/flac", "flac", downloads.of_mix),
)

media.serve(Stem, flac=media.Part("file", "audio/flac", "flac", downloads.of_stem))
