"""What bands hold about people, who sees it, and what leaving does to it."""

from django.utils.translation import gettext_lazy as _

from bands.models import Band, BandFollow, BandInvite, BandMember
from bands.relations import WAITS, audiences, has_somebody, in_band, invited_to, runs_band
from bands.services import follows, leaving
from privacy import datamap as dm
from privacy import erasure
from privacy.gate import rules
from privacy.gate.audiences import Audience
from privacy.gate.deny_rules import APPS, CHILDREN, INDEX
from privacy.gate.rules import AnyMember, Anyone, Nobody, Others, Rule
from privacy.models import Erasure
from privacy.portability import export
from privacy.sharing import media

FIELDS = ("photo", "about", "genres", "links")

# A band is as closed as its most careful member wishes, towards apps and search engines, as a
# recording is. A block with one member takes away that member's name, not the band's page.
rules.see(
    Band,
    Rule(
        audience="audience",
        relations={
            Audience.PUBLIC: Anyone(),
            Audience.MEMBERS: AnyMember(),
            **audiences(),
        },
        also=(in_band(), invited_to()),
        others=Others(in_band(), frozenset({CHILDREN, APPS, INDEX})),
        only=has_somebody(),
        fields={name: f"{name}_audience" for name in FIELDS},
    ),
)
# Who is in a band decides who else may know; the band itself does, and who runs it sees each seat.
rules.see(
    BandMember,
    Rule(
        owner="user",
        audience="audience",
        relations={Audience.BAND: Nobody()},
        within={Audience.PARTICIPANTS: in_band("band_id")},
        also=(runs_band("band_id"),),
        through="band",
    ),
)
rules.see(
    BandInvite,
    Rule(owner="invited", within={Audience.PARTICIPANTS: runs_band("band_id")}, only=WAITS),
)
rules.see(
    BandFollow,
    Rule(owner="follower", within={Audience.PARTICIPANTS: runs_band("band_id")}),
)
media.serve(Band, photo=media.Part("photo", "image/webp"))
erasure.hook(
    hide=leaving.hide,
    show=leaving.show,
    after=leaving.after,
    returns=(_("Your places in bands."),),
    ends=(_("Invitations to bands that you had sent: send them anew."),),
)

dm.declare(
    Band,
    label=_("Bands you are in"),
    correct="bands",
    subjects=["memberships__user"],
    purposes=["publishing"],
    erase=dm.Erase.CUSTOM,
    purge=leaving.release,
    erased_how=_(
        "ended where you were alone in it; else it stays with the others, and who has been in it "
        "longest owns it"
    ),
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(),
        "slug": dm.content(),
        "name": dm.content(),
        "audience": dm.choice(),
        "photo": dm.Datum("user.content.self_image"),
        "photo_audience": dm.choice(),
        "about": dm.content(),
        "about_audience": dm.choice(),
        "genres": dm.content(),
        "genres_audience": dm.choice(),
        "links": dm.content(),
        "links_audience": dm.choice(),
        "approves_followers": dm.choice(),
        "created_at": dm.moment(),
        "updated_at": dm.moment(),
    },
    order=66,
)
dm.declare(
    BandMember,
    label=_("Your place in bands"),
    correct="bands",
    subjects=["user"],
    purposes=["publishing"],
    erase=dm.Erase.CUSTOM,
    purge=leaving.release,
    erased_how=_("deleted"),
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(),
        "band": dm.link(),
        "user": dm.link(),
        "role": dm.technical("one of three words"),
        "plays": dm.content(),
        "audience": dm.choice(),
        "since": dm.moment(),
    },
    order=67,
)
dm.declare(
    BandInvite,
    label=_("Invitations to bands"),
    subjects=["invited", "made_by"],
    purposes=["publishing"],
    retention=[
        dm.Until(dm.Event.ACCOUNT),
        dm.For(
            "RETENTION_INVITES_DAYS",
            since="expires_at",
            after=_("the invitation's end, so that one no is enough"),
        ),
    ],
    erase=dm.Erase.CUSTOM,
    purge=leaving.purge_invites,
    erased_how=_("deleted, in both directions"),
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="participants"),
        "band": dm.link(),
        "invited": dm.link(),
        "made_by": dm.link(),
        "created_at": dm.moment(),
        "expires_at": dm.moment(),
        "declined_at": dm.moment(),
    },
)
export.also(
    BandInvite,
    label=_("Invitations to bands that you sent"),
    fields=["public_id", "band", "invited", "created_at", "expires_at"],
    rows=lambda user: BandInvite.objects.filter(made_by=user),
    name="sent",
    ours=True,
)
dm.declare(
    BandFollow,
    label=_("Bands you follow"),
    remove=follows.stop,
    subjects=["follower"],
    purposes=["publishing"],
    erase=dm.Erase.CUSTOM,
    purge=leaving.purge_follows,
    erased_how=_("deleted"),
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="participants"),
        "band": dm.link(),
        "follower": dm.link(),
        "state": dm.technical("one of two words"),
        "created_at": dm.moment(),
    },
)

dm.serves("bands", "publishing")
dm.reads("bands.services.leaving", Erasure, "its hooks are handed the leaving they serve")
