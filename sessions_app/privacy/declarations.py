"""What the rows of sessions and recordings hold about people."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy import datamap as dm
from privacy.portability import export
from sessions_app import queries
from sessions_app.models import (
    CalendarFeed,
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
    Stem,
    StemChunk,
)
from sessions_app.models.hosting import KNOCK_LASTS
from sessions_app.room_queries import RIGHTS
from sessions_app.services import (
    calendars,
    direct,
    hosting,
    leaving,
    publishing,
    rsvps,
    sessions,
    stays,
    tidying,
    waiting,
)

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
        "is_locked": dm.choice(),
        "asks_first": dm.choice(),
        "listeners": dm.choice(),
        "offered_to": dm.link(),
        "kept_until": dm.choice(),
        "starts_at": dm.content(),
        "zone": dm.content(),
        "clock": dm.technical("the start, as the clock of its zone shows it"),
        "minutes": dm.content(),
        "opens_at": dm.technical(),
        "genre": dm.content(),
        "tempo": dm.content(),
        "key": dm.content(),
        "welcome": dm.content(),
        "seats": dm.content(),
        "recording_wish": dm.content(),
        "approval": dm.choice(),
        "weekly": dm.choice(),
        "previous": dm.link(),
        "places": dm.content(),
        "is_standing": dm.technical("that it is its band's rehearsal room"),
        "cancelled_at": dm.moment(),
        "sequence": dm.technical(),
        "changed_at": dm.technical(),
    },
    order=60,
)

dm.declare(
    Rsvp,
    label=_("Your answers to planned sessions"),
    remove=rsvps.take_back,
    subjects=["user"],
    purposes=["jamming"],
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(),
        "session": dm.link(),
        "user": dm.link(),
        "state": dm.content(),
        "instrument": dm.content(),
        "invited": dm.technical(),
        "asked_at": dm.moment(),
        "reminded_at": dm.technical("that a reminder went"),
    },
    order=61,
)

dm.declare(
    CalendarFeed,
    label=_("The secret address of your calendar"),
    remove=calendars.revoke_row,
    subjects=["user"],
    purposes=["jamming"],
    fields={
        "id": dm.technical(),
        "user": dm.link(),
        "secret_hash": dm.technical("of the secret, which is kept nowhere"),
        "created_at": dm.moment(),
    },
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
        "came_at": dm.moment(),
        "inside_seconds": dm.Datum(
            "user.behavior",
            purposes=[stays.KEY],
            basis=dm.Basis.CONSENT,
            seen_by="participants",
            retention=dm.For(
                "RETENTION_ROOM_WORDS_DAYS",
                since="session__closed_at",
                after=_("the session's end, or when you withdraw"),
            ),
        ),
        "role": dm.Datum("user.behavior"),
        "role_since": dm.moment(),
        **{f"may_{right}": dm.Datum("user.behavior") for right in RIGHTS},
    },
    order=62,
)

dm.declare(
    Knock,
    label=_("Sessions you ask to be let into"),
    remove=waiting.take_back,
    subjects=["user"],
    purposes=["jamming"],
    retention=dm.For(
        KNOCK_LASTS,
        since="seen_at",
        after=_("the last sign of life of your page, or the answer"),
    ),
    fields={
        "id": dm.technical(),
        "session": dm.link(),
        "user": dm.link(),
        "state": dm.Datum("user.behavior"),
        "created_at": dm.moment(),
        "seen_at": dm.technical("that the page which waits is still open"),
    },
)

dm.declare(
    Removal,
    label=_("Sessions whose host removed you"),
    subjects=["user", "by"],
    purposes=["jamming"],
    retention=[
        dm.Until(dm.Event.ACCOUNT),
        dm.Until(dm.Event.PARENT, of="session", words=_("until the session closes")),
    ],
    erase=dm.Erase.CUSTOM,
    purge=hosting.purge_removals,
    erased_how=_("deleted; of those you removed yourself it stays without your name"),
    fields={
        "id": dm.technical(),
        "session": dm.link(),
        "user": dm.link(),
        "by": dm.Datum(
            "user.unique_id",
            export=False,
            seen_by="nobody",
            note=_("which of the hosts: shown to the hosts alone"),
        ),
        "created_at": dm.moment(),
    },
)
export.also(
    Removal,
    label=_("People you removed from sessions"),
    fields=["session", "user", "created_at"],
    rows=lambda user: Removal.objects.filter(by=user),
)

dm.declare(
    DirectAnswer,
    label=_("Whom you let, or don't let, connect with you directly"),
    remove=direct.take_back,
    subjects=["person", "other"],
    purposes=["jamming"],
    erase=dm.Erase.CUSTOM,
    purge=direct.purge_answers,
    erased_how="deleted, in both directions",
    fields={
        "id": dm.technical(),
        "person": dm.link(),
        "other": dm.link(),
        "session": dm.link(),
        "yes": dm.choice(),
        "answered_at": dm.moment(),
    },
)

dm.declare(
    DirectChoice,
    label=_("Whether you go direct with people you know"),
    remove=direct.forget_choice,
    subjects=["user"],
    purposes=["jamming"],
    fields={"id": dm.technical(), "user": dm.link(), "known": dm.choice()},
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
