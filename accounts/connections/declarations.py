"""What ties people to each other."""

from django.utils.translation import gettext_lazy as _

from accounts.connections import services
from accounts.connections.deny_rules import DENY_RULES, followers_of, jammed_with
from accounts.connections.models import Block, Follow, JammedWith, Mute
from privacy import datamap as dm
from privacy.gate import mutes, rules
from privacy.gate.audiences import Audience
from privacy.gate.rules import Person, Rule
from privacy.portability import export

# Both sides see a follow; deny rules stand between them as everywhere.
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
mutes.muted_by(lambda key: Mute.objects.filter(muter=key).order_by().values("muted"))

dm.declare(
    Follow,
    label=_("People you follow"),
    remove=services.stop_following,
    subjects=["follower", "followee"],
    purposes=["publishing"],
    erase=dm.Erase.CUSTOM,
    purge=services.purge_follows,
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
    remove=services.take_back_block,
    subjects=["blocker", "blocked"],
    purposes=["safety"],
    basis=dm.Basis.INTEREST,
    erase=dm.Erase.CUSTOM,
    purge=services.purge_blocks,
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
    remove=services.take_back_mute,
    subjects=["muter", "muted"],
    purposes=["publishing"],
    erase=dm.Erase.CUSTOM,
    purge=services.purge_mutes,
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
    purge=services.purge_jams,
    erased_how="deleted, in both directions",
    fields={
        "id": dm.technical(),
        "person": dm.link(),
        "partner": dm.link(),
        "since": dm.moment(),
    },
)

for rule in DENY_RULES:
    rules.deny(rule)
rules.standard(Audience.FOLLOWERS, lambda model, owner: followers_of(owner))
rules.standard(Audience.JAMMED, lambda model, owner: jammed_with(owner))
