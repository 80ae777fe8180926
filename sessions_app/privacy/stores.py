"""What sessions keep outside the database: files, Valkey, the browser."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from privacy import datamap as dm
from privacy import erasure
from privacy.datamap import browser_storage
from sessions_app.services import (
    absence,
)

browser_storage.keeps(
    "localStorage",
    "jamsite.volume",
    purpose=_("how loud you listen"),
    lifetime=_("until you clear it"),
    when=_("when you move a player's volume"),
)

browser_storage.keeps(
    "sessionStorage",
    "jamsite.kept-said",
    purpose=_("which takes that couldn't be sent you were told of already"),
    lifetime=_("until you close the tab"),
    when=_("when a take of yours can't be sent"),
)

browser_storage.keeps(
    "sessionStorage",
    "jam-input",
    purpose=_("which microphone you play through, and how"),
    lifetime=_("until you close the tab"),
    when=_("when you set up your sound"),
)

browser_storage.keeps(
    "localStorage",
    "jam-keys",
    purpose=_("whether single keys work in the room"),
    lifetime=_("until you delete it"),
    when=_("when you switch them in the room"),
)

browser_storage.keeps(
    "localStorage",
    "jam-loopback",
    purpose=_("the delay of your devices, as you measured it; it stays on this device"),
    lifetime=_("until you delete it"),
    when=_("when you measure it in the sound check"),
)

browser_storage.keeps(
    "localStorage",
    "jam-pictures",
    purpose=_("whether you want pictures of the others in a room"),
    lifetime=_("until you delete it"),
    when=_("when you choose it in the room"),
)

browser_storage.keeps(
    "sessionStorage",
    "jam-room:*",
    purpose=_(
        "that you are in this room, whether you are muted, and how you hear whom: a reload brings"
        " it back"
    ),
    lifetime=_("until you close the tab"),
    when=_("when you enter a room"),
)

browser_storage.keeps(
    "files",
    "stems/*",
    purpose=_("your own takes, safe from a crash"),
    lifetime=_("until they have been sent, or you delete them"),
    when=_("when you are recorded"),
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
        "chat-files/*": "files shared in rooms",
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
