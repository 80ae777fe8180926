"""Larger rooms, whose sound goes through a media server: what of a stay there is kept, and sent."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from privacy import datamap as dm
from privacy.gate import rules
from privacy.gate.rules import Rule
from sessions_app.models import SfuRoom, SfuStay

dm.declare(
    SfuStay,
    label=_("Your stays in larger rooms, at the media server"),
    subjects=["user"],
    purposes=["jamming"],
    retention=[
        dm.Until(dm.Event.PARENT, of="room", words=_("until minutes after the session has closed")),
        dm.For(timedelta(days=1), since="ended_at", after=_("you left the room")),
    ],
    erased_how=_("deleted; the media server was told before, as your seats in rooms ended"),
    fields={
        "id": dm.technical(),
        "room": dm.technical("which of the rooms at the media server"),
        "user": dm.link(),
        "identity": dm.Datum(
            "user.unique_id",
            export=False,
            seen_by="nobody",
            recipients=["livekit"],
            note=_("random, of this stay alone: all that the media server knows you by"),
        ),
        "began_at": dm.moment(),
        "seen_at": dm.technical(),
        "ended_at": dm.moment(),
        "mutes": dm.technical("that the server is still to be told of a host's mute"),
        **{
            name: dm.technical()
            for name in ("status", "due_at", "leased_until", "attempts", "percent", "error")
        },
    },
)
dm.not_personal(
    SfuRoom,
    "Rooms at the media server",
    "a random name, and whether the server was told that its session is over",
)
# What says nothing about anybody is still its session's; no page shows it.
rules.see(SfuRoom, Rule(owner="session__host"))
rules.see(SfuStay, Rule(owner="user"))
