"""What ties people to each other."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Block, Follow, Guardianship, JammedWith, Mute
from accounts.services import ties
from privacy import datamap as dm
from privacy import export, quiet, rules
from privacy.audiences import Audience
from privacy.rules import Person, Rule

# Both sides see a follow; the walls stand between them as everywhere.
rules.see(
    Follow,
    Rule(
        owner="follower",
        within={Audience.PARTICIPANTS: Person("followee")},
    ),
)
rules.see(Block, Rule(owner="blocker"))
rules.see(Mute, Rule(owner="muter"))
rules.see(JammedWith, Rule(owner="person"))
rules.see(Guardianship, Rule(owner="guardian", within={Audience.PARTICIPANTS: Person("child")}))
quiet.muted_by(lambda key: Mute.objects.filter(muter=key).order_by().values("muted"))

dm.declare(
    Follow,
    label=_("People you follow"),
    remove=ties.stop_following,
    subjects=["follower", "followee"],
    purposes=["publishing"],
    erase=dm.Erase.CUSTOM,
    purge=ties.purge_follows,
    erased_how="deleted, in both directions",
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="owner"),
        "follower": dm.link(),
        "followee": dm.link(),
        "state": dm.technical("one of two words"),
        "created_at": dm.moment(),
    },
)
export.also(
    Follow,
    label=_("People who follow you"),
    fields=["public_id", "follower", "state", "created_at"],
    rows=lambda user: Follow.objects.filter(followee=user),
)
dm.declare(
    Block,
    label=_("People you blocked"),
    remove=ties.take_back_block,
    subjects=["blocker", "blocked"],
    purposes=["safety"],
    basis=dm.Basis.INTEREST,
    erase=dm.Erase.CUSTOM,
    purge=ties.purge_blocks,
    erased_how="deleted, in both directions",
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="owner"),
        "blocker": dm.link(),
        "blocked": dm.link(),
        "created_at": dm.moment(),
    },
)
dm.declare(
    Mute,
    label=_("People you muted"),
    remove=ties.take_back_mute,
    subjects=["muter", "muted"],
    purposes=["publishing"],
    erase=dm.Erase.CUSTOM,
    purge=ties.purge_mutes,
    erased_how="deleted, in both directions",
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="owner"),
        "muter": dm.link(),
        "muted": dm.link(),
        "created_at": dm.moment(),
    },
)
dm.declare(
    JammedWith,
    label="People you have played with",
    subjects=["person", "partner"],
    purposes=["publishing"],
    erase=dm.Erase.CUSTOM,
    purge=ties.purge_jams,
    erased_how="deleted, in both directions",
    fields={
        "id": dm.technical(),
        "person": dm.link(),
        "partner": dm.link(),
        "since": dm.moment(),
    },
)
dm.declare(
    Guardianship,
    label="Children you answer for",
    subjects=["guardian", "child"],
    purposes=["safety"],
    basis=dm.Basis.LEGAL,
    erase=dm.Erase.CUSTOM,
    purge=ties.purge_guardianships,
    erased_how="deleted, in both directions",
    fields={
        "id": dm.technical(),
        "guardian": dm.link(),
        "child": dm.link(),
        "since": dm.moment(),
        "ended": dm.moment(),
        "ended_by": dm.technical("one of four words"),
        "because": dm.Datum("user.childrens", seen_by="participants"),
    },
)
export.also(
    Guardianship,
    label=_("Adults who answer for you"),
    fields=["guardian", "since", "ended"],
    rows=lambda user: Guardianship.objects.filter(child=user),
)
