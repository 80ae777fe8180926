"""What is heard of a public session from outside: asked for, live, kept nowhere."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from privacy import datamap as dm
from privacy import erasure
from sessions_app.live import store
from sessions_app.models import StreamConsent
from sessions_app.services import streams

dm.declare(
    StreamConsent,
    label=_("Whether listeners of a session may hear you"),
    remove=streams.forget_answer,
    subjects=["user"],
    purposes=["jamming"],
    basis=dm.Basis.CONSENT,
    fields={
        "id": dm.technical(),
        "session": dm.link(),
        "user": dm.link(),
        "yes": dm.Datum("user.privacy_preferences"),
        "answered_at": dm.moment(),
        "text_version": dm.technical(),
    },
)

erasure.store_step("stream", _("What listeners of a session hear"), store.forget)

dm.store(
    "stream",
    label=_("What listeners of a session hear, on its way to them"),
    categories=["user.biometric.voice", "user.unique_id"],
    purposes=["jamming"],
    basis=dm.Basis.CONSENT,
    retention=dm.Fades(
        timedelta(seconds=30),
        _("it was sent, or the last part was"),
        _("a time to live on each key"),
    ),
    erase=dm.Erase.DELETE,
    erased_how=_("deleted, and Valkey's own log is written anew without it"),
    recipients=[dm.PEOPLE],
    seen_by="audience",
    places={
        "stream:*": "the newest seconds of a stream, whose sound is in it, how many pages listen"
    },
)
