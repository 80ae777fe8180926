"""What is said, written and noted in rooms, of whom, and for how long it is kept."""

from django.utils.translation import gettext_lazy as _

from privacy import datamap as dm
from privacy.consent import purposes
from privacy.consent.purposes import Purpose, Text
from sessions_app.models import ChatLine, Sheet, SheetLine
from sessions_app.services import chat, sheets, stays

purposes.register(
    Purpose(
        key=stays.KEY,
        label=_("Time played together"),
        basis=dm.Basis.CONSENT,
        texts=(
            Text(
                1,
                _(
                    "Note for how many minutes I am in a session's room, and show it on the "
                    "session's page to those who were there too, until the session's chat goes."
                ),
            ),
        ),
        stops=_("No time is noted any more, and what was noted is deleted at once."),
        stop=stays.forget,
        adults_only=True,
        held_to=_("to show who played together for how long, if you agreed to it"),
    )
)

_WITH_THE_SESSION = [
    dm.Until(dm.Event.ACCOUNT),
    dm.For("RETENTION_ROOM_WORDS_DAYS", since="session__closed_at", after=_("the session's end")),
]

dm.declare(
    ChatLine,
    label=_("What you wrote in rooms"),
    remove=chat.take_back,
    subjects=["author"],
    purposes=["jamming"],
    retention=_WITH_THE_SESSION,
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(),
        "session": dm.link(),
        "author": dm.link(),
        "ref": dm.technical(),
        "text": dm.content(),
        "file": dm.content(),
        "file_name": dm.content(),
        "file_size": dm.technical(),
        "created_at": dm.moment(),
    },
)

dm.declare(
    SheetLine,
    label=_("What you wrote on charts and notes of sessions"),
    remove=sheets.take_back,
    subjects=["author"],
    purposes=["jamming"],
    retention=_WITH_THE_SESSION,
    fields={
        "id": dm.technical(),
        "sheet": dm.link(),
        "session": dm.link(),
        "author": dm.link(),
        "ref": dm.technical(),
        "text": dm.content(),
        "place": dm.technical(),
        "version": dm.technical(),
        "created_at": dm.moment(),
    },
    order=58,
)

dm.declare(
    Sheet,
    label=_("Songs you put on set lists"),
    remove=sheets.take_song_back,
    subjects=["added_by"],
    purposes=["jamming"],
    retention=_WITH_THE_SESSION,
    erase=dm.Erase.CUSTOM,
    purge=sheets.release_songs,
    erased_how=_("deleted; where others wrote on a chart it stays theirs, without your title"),
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(),
        "session": dm.link(),
        "added_by": dm.link(),
        "ref": dm.technical(),
        "is_notes": dm.technical(),
        "title": dm.content(),
        "key": dm.content(),
        "tempo": dm.content(),
        "place": dm.technical(),
        "is_playing": dm.technical(),
        "version": dm.technical(),
        "created_at": dm.moment(),
    },
    order=59,
)
