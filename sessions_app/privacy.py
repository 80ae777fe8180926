"""What sessions and recordings hold about people, who sees it, and what leaving does to it."""

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import stops
from bands.ties import audiences as band_audiences
from privacy import browser, erasure, export, media, rules, wall
from privacy import datamap as dm
from privacy.audiences import OF_BANDS, Audience
from privacy.importing import bring
from privacy.models import Erasure
from privacy.rules import Anyone, If, Nobody, Others, Person, Related, Rule
from privacy.walls import APPS, CHILDREN, INDEX
from sessions_app import downloads, queries
from sessions_app.models import (
    ChatLine,
    Invite,
    JamSession,
    Mix,
    Participant,
    Recording,
    RecordingConsent,
    Stem,
    StemChunk,
)
from sessions_app.services import (
    absence,
    importing,
    leaving,
    publishing,
    sessions,
    stopping,
    tidying,
)

browser.keeps(
    "localStorage",
    "jamsite.volume",
    purpose=_("how loud you listen"),
    lifetime=_("until you clear it"),
    when=_("when you move a player's volume"),
)
browser.keeps(
    "sessionStorage",
    "jamsite.kept-said",
    purpose=_("which takes that couldn't be sent you were told of already"),
    lifetime=_("until you close the tab"),
    when=_("when a take of yours can't be sent"),
)
browser.keeps(
    "sessionStorage",
    "jam-input",
    purpose=_("which microphone you play through, and how"),
    lifetime=_("until you close the tab"),
    when=_("when you set up your sound"),
)
browser.keeps(
    "sessionStorage",
    "jam-room:*",
    purpose=_("that you are in this room, and whether you are muted: a reload brings you back"),
    lifetime=_("until you leave the room or close the tab"),
    when=_("when you enter a room"),
)
browser.keeps(
    "sessionStorage",
    "jamsite.kept-said",
    purpose=_("which takes you were told couldn't be sent"),
    lifetime=_("until you close the tab"),
    when=_("when a take can't be sent"),
)
browser.keeps(
    "files",
    "stems/*",
    purpose=_("your own takes, safe from a crash"),
    lifetime=_("until they have been sent, or you delete them"),
    when=_("when you are recorded"),
)

TOOK_PART = Related("sessions_app.Participant", row="session", person="user")
HAS_STEM = Related(
    "sessions_app.Credit", row="recording", person="player", where=~Q(state=Stem.State.WITHDRAWN)
)
# Until it is ready, a recording is its owner's and its players' business alone.
READY = Q(state=Recording.State.READY)
OTHERS_SEE = [one for one in Audience if one not in {Audience.PARTICIPANTS, Audience.ME, *OF_BANDS}]
OF_ITS_BAND = band_audiences("band_id")  # without a band they mean nobody
SITS_THERE = Related("sessions_app.Participant", row="session", row_key="session_id", person="user")

# Those who took part keep seeing a session or recording they share when its owner leaves.
rules.see(
    JamSession,
    Rule(
        owner="host",
        audience="audience",
        ties={Audience.PARTICIPANTS: Nobody(), **OF_ITS_BAND},
        also=(TOOK_PART,),
    ),
)
rules.see(
    Recording,
    Rule(
        owner="owner",
        audience="audience",
        ties={
            Audience.PARTICIPANTS: Nobody(),
            **{one: If(READY, rules.meant(one, Recording, "owner")) for one in OTHERS_SEE},
            **{one: If(READY, tie) for one, tie in OF_ITS_BAND.items()},
        },
        also=(If(~Q(audience=Audience.ME), HAS_STEM),),
        others=Others(HAS_STEM, frozenset({CHILDREN, APPS, INDEX})),
    ),
)
rules.see(
    Mix,
    Rule(through="recording", only=Q(withdrawn_at__isnull=True, work=Mix.Progress.DONE)),
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
rules.see(ChatLine, Rule(owner="author", within={Audience.PARTICIPANTS: SITS_THERE}))
rules.see(Invite, Rule(owner="made_by"))
rules.see(RecordingConsent, Rule(owner="user"))

# The wall: players' own sound, and what is said in rooms (mixes: docs/decisions/0006). What the
# web may write there is its person's own.
wall.protect(Stem, update=Person("player"))
wall.protect(StemChunk, insert=Person("stem__player"))
wall.protect(ChatLine, insert=Person("author"))

media.serve(
    Mix,
    opus=media.Part("opus", "audio/ogg"),
    aac=media.Part("aac", "audio/mp4", "m4a", downloads.of_mix),
    flac=media.Part("flac", "audio/flac", "flac", downloads.of_mix),
)
media.serve(Stem, flac=media.Part("file", "audio/flac", "flac", downloads.of_stem))

bring(JamSession, importing.bring_session, order=20)
bring(Recording, importing.bring_recording, order=30)
bring(Stem, importing.bring_stem, order=40)
bring(RecordingConsent, importing.bring_consent, order=50)
bring(ChatLine, importing.bring_chat_line, order=50)

erasure.hook(
    hide=leaving.hide,
    show=leaving.show,
    after=leaving.after,
    returns=(
        _("Your recordings and sessions, and takes named after them, with who sees them."),
        _("Your sound in recordings of others: their mixes are made anew with it."),
        _("What you wrote: messages, and lines in rooms."),
    ),
    ends=(
        _("Rooms you had open: they are closed."),
        _("Links that you gave out to your sessions: make new ones."),
    ),
)
stops.when_stopped(stopping.stop, stopping.resume)

PEAKS = {
    **dict.fromkeys(("version", "rate", "channels", "duration_ms"), dm.technical()),
    **dict.fromkeys(("min[]", "max[]"), dm.content(export=False)),
}

_KEEPS_FOR_OTHERS = (
    "deleted where you were alone; where others took part your name, title and words go "
    "and the rest stays theirs"
)

dm.declare(
    JamSession,
    label="Jam sessions you opened",
    subjects=["host", "participants__user"],
    purposes=["jamming", "publishing"],
    erase=dm.Erase.CUSTOM,
    purge=leaving.release_sessions,
    erased_how=_KEEPS_FOR_OTHERS,
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(),
        "host": dm.link(),
        "band": dm.link(),
        "title": dm.content(),
        "about": dm.content(),
        "audience": dm.choice(),
        "created_at": dm.moment(),
        "closed_at": dm.moment(),
        "occupied_until": dm.technical("that somebody is in the room, not who"),
        "closes_at": dm.technical(),
        "kept_until": dm.choice(),
    },
    order=60,
)
dm.declare(
    Participant,
    label="Sessions you took part in",
    subjects=["user"],
    purposes=["jamming"],
    fields={
        "id": dm.technical(),
        "session": dm.link(),
        "user": dm.link(),
        "joined_at": dm.moment(),
    },
    order=62,
)
dm.declare(
    Invite,
    label=_("Invitations you made"),
    remove=sessions.forget_invite,
    subjects=["made_by"],
    purposes=["jamming"],
    retention=dm.For("RETENTION_INVITES_DAYS", since="expires_at"),
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="owner"),
        "session": dm.link(),
        "made_by": dm.link(),
        "created_at": dm.moment(),
        "expires_at": dm.moment(),
        "revoked_at": dm.moment(),
        "used": dm.technical("how often; not by whom"),
    },
)
dm.declare(
    ChatLine,
    label=_("What you wrote in rooms"),
    remove=sessions.take_back,
    subjects=["author"],
    purposes=["jamming"],
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(),
        "session": dm.link(),
        "author": dm.link(),
        "ref": dm.technical(),
        "text": dm.content(),
        "created_at": dm.moment(),
    },
)
dm.declare(
    Recording,
    label="Recordings you own",
    subjects=["owner", "stems__player"],
    purposes=["jamming", "publishing"],
    erase=dm.Erase.CUSTOM,
    purge=leaving.release_recordings,
    erased_how=_KEEPS_FOR_OTHERS,
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(),
        "session": dm.link(),
        "owner": dm.link(),
        "band": dm.link(),
        "title": dm.content(),
        "audience": dm.choice(),
        "state": dm.technical(),
        "created_at": dm.moment(),
        "starts_at_ms": dm.technical(),
        "stops_at_ms": dm.technical(),
        "ending": dm.technical(),
        "alone_since": dm.technical(),
        "upload_due_at": dm.technical(),
    },
    order=40,
)
export.also(
    Recording,
    label=_("Recordings of others that you play on"),
    fields=["public_id", "session", "owner", "band", "title", "created_at"],
    rows=queries.played_on,
    name="played",
)
dm.declare(
    RecordingConsent,
    label="Your answers when asked to be recorded",
    subjects=["user"],
    purposes=["jamming"],
    basis=dm.Basis.CONSENT,
    fields={
        "id": dm.technical(),
        "recording": dm.link(),
        "user": dm.link(),
        "answer": dm.Datum("user.privacy_preferences"),
        "asked_at": dm.moment(),
        "answered_at": dm.moment(),
        "text_version": dm.technical(),
    },
)
dm.declare(
    StemChunk,
    label="Pieces of your sound on their way up",
    subjects=["stem__player"],
    purposes=["jamming"],
    basis=dm.Basis.CONSENT,
    retention=dm.For(
        "RETENTION_TAKES_DAYS",
        since="stem__created_at",
        where=Q(stem__state__in=[Stem.State.CAPTURING, Stem.State.FAILED]),
        by=tidying.end_stale_takes,
        after=_("the take, and only until your sound is put together"),
    ),
    fields={
        "id": dm.technical(),
        "stem": dm.link(),
        "number": dm.technical(),
        "sha256": dm.technical(),
        "size": dm.technical(),
        "file": dm.Datum("user.biometric.voice", export=False, note="the stem is exported"),
    },
    order=20,
)
dm.declare(
    Stem,
    label=_("Your own sound (stems)"),
    remove=publishing.take_back,
    subjects=["player"],
    purposes=["jamming", "publishing"],
    basis=dm.Basis.CONSENT,
    erase=dm.Erase.CUSTOM,
    purge=leaving.purge_stems,
    erased_how="deleted; mixes with it are rendered again without it",
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(),
        "recording": dm.link(),
        "player": dm.link(),
        "state": dm.technical(),
        "created_at": dm.moment(),
        "chunk_count": dm.technical(),
        "frames": dm.Datum("user.content"),
        "sample_rate": dm.Datum("user.device"),
        "channels": dm.Datum("user.device"),
        "clock": dm.Datum(
            "user.device",
            export=False,
            note="timing of your sound device",
            keys={"[][]": dm.Datum("user.device", export=False)},
        ),
        "start_ms": dm.Datum("user.content"),
        "drift_ppm": dm.Datum("user.device"),
        "slips": dm.Datum(
            "user.device",
            note="where your recorder stood still",
            keys={"[][]": dm.Datum("user.device")},
        ),
        "fault": dm.technical(),
        "size": dm.technical(),
        "file": dm.Datum("user.biometric.voice"),
        "peaks": dm.Datum("user.content", export=False, note="drawn from the file", keys=PEAKS),
        "others_may_save": dm.content(),
        "gain": dm.content(),
        "pan": dm.content(),
    },
    order=30,
)


dm.declare(
    Mix,
    label="Mixes of recordings you own",
    subjects=["recording__owner", "stems__player"],
    purposes=["jamming", "publishing"],
    erase=dm.Erase.CUSTOM,
    purge=leaving.purge_mixes,
    erased_how="deleted; rendered again from the others' stems",
    exported=Q(withdrawn_at__isnull=True),
    exported_to=queries.among_whom_they_know,
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(),
        "recording": dm.link(),
        "created_at": dm.moment(),
        "stems": dm.link(),
        "withdrawn_at": dm.moment(),
        "flac": dm.Datum("user.biometric.voice", export=False, note="the Opus file is exported"),
        "opus": dm.Datum("user.biometric.voice"),
        "aac": dm.Datum("user.biometric.voice", export=False, note="the Opus file is exported"),
        "peaks": dm.Datum("user.content", export=False, note="drawn from the file", keys=PEAKS),
        "duration_ms": dm.content(),
        "start_ms": dm.technical(),
        **dm.work(),
    },
    order=25,
)
dm.declare(
    Mix.stems.through,
    label="Which stems a mix holds",
    subjects=["stem__player"],
    purposes=["jamming"],
    fields={"id": dm.technical(), "mix": dm.link(), "stem": dm.link()},
    order=26,
)
dm.store(
    "media",
    label="Sound and pictures",
    categories=["user.biometric.voice", "user.content"],
    purposes=["jamming", "publishing"],
    retention=dm.Until(dm.Event.ROW),
    erase=dm.Erase.FILE,
    erased_how="deleted with the row that names it, file first",
    recipients=[dm.PEOPLE],
    seen_by="audience",
    places={
        "stems/*": "your own sound",
        "chunks/*/*": "pieces of your sound on their way up",
        "mixes/*": "mixes",
        "photos/*": "profile photos",
        "bands/*": "photos of bands",
        "exports/*": "copies of somebody's data",
    },
)
erasure.store_step("room", _("Who is in which room now"), absence.forget)
dm.store(
    "room",
    label="Who is in which room now",
    categories=["user.unique_id"],
    purposes=["jamming"],
    retention=dm.Fades(
        timedelta(minutes=2), _("the last sign of life"), _("a time to live on each key")
    ),
    erase=dm.Erase.DELETE,
    erased_how=_("deleted, and Valkey's own log is written anew without it"),
    recipients=[dm.PEOPLE],
    seen_by="participants",
    places={"room:*": "who is in a room"},
)
dm.store(
    "browser-stems",
    label="Your takes in your own browser, until they are uploaded",
    categories=["user.biometric.voice"],
    purposes=["jamming"],
    basis=dm.Basis.CONSENT,
    retention=dm.Until(dm.Event.UPLOADED),
    erase=dm.Erase.OUTSIDE,
    seen_by="owner",
    places={"stems/*": "your takes"},
    erased_how="deleted by the page; clearing site data removes it too",
    where="your browser",
)

dm.serves("sessions_app", "jamming", "publishing")
dm.reads("sessions_app.services.leaving", Erasure, "its hooks are handed the leaving they serve")
