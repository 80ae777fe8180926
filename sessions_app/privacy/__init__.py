"""What sessions and recordings hold about people, who sees it, and what leaving does to it."""

from django.utils.translation import gettext_lazy as _

from accounts.identity.services import stops
from accounts.models import Block
from privacy import datamap as dm
from privacy import erasure
from privacy.models import Erasure, Notice
from privacy.portability.importing import register_importer
from sessions_app.models import ChatLine, JamSession, Latency, Recording, RecordingConsent, Stem
from sessions_app.privacy import (
    declarations,
    latency,
    sfu,
    stores,
    streaming,
    talk,
    visibility,
)
from sessions_app.services import importing, leaving, stopping

__all__ = ["declarations", "latency", "sfu", "stores", "streaming", "talk", "visibility"]

register_importer(JamSession, importing.bring_session, order=20)
register_importer(Recording, importing.bring_recording, order=30)
register_importer(Stem, importing.bring_stem, order=40)
register_importer(RecordingConsent, importing.bring_consent, order=50)
register_importer(ChatLine, importing.bring_chat_line, order=50)

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
        _("Rooms you had open: they are closed, or go on with who hosted them with you."),
        _("Sessions you planned: they are called off. Seats you had in others': answer again."),
        _("Links that you gave out to your sessions: make new ones."),
    ),
)

stops.when_stopped(stopping.stop, stopping.resume)
dm.serves("sessions_app", "jamming", "publishing", "time_played")
dm.reads("sessions_app.delay", Latency, "tells two who agreed to it what delay to expect")
dm.reads("sessions_app.services.latency", Latency, "writes it for those who agreed to it")
dm.reads("sessions_app.services.tonight", Notice, "how often somebody was asked to play lately")
dm.reads("sessions_app.services.rsvps", Block, "frees seats between two whom a block keeps apart")
dm.reads("sessions_app.services.leaving", Erasure, "its hooks are handed the leaving they serve")
