"""Networks that people sign in with, and what they kept from them."""

from django.utils.translation import gettext_lazy as _

from accounts.networks import services
from accounts.networks.adapter import drop_arrived
from accounts.networks.models import Connection, NetworkFact
from accounts.sign_in import age_gate
from privacy import datamap as dm
from privacy import rls
from privacy.gate import rules
from privacy.gate.rules import Person, Rule

rules.see(Connection, Rule(owner="user"))
rules.see(NetworkFact, Rule(owner="user"))
rls.protect(NetworkFact, insert=Person("user"), update=Person("user"), delete=Person("user"))

dm.declare(
    Connection,
    label=_("Networks you connected"),
    correct="networks",
    subjects=["user"],
    purposes=["account"],
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="owner"),
        "user": dm.link(export=False),
        "account": dm.Datum(
            "user.unique_id", export=False, note="the networks you sign in with are in your copy"
        ),
        "grant": dm.Datum(
            "user.authorization.credentials",
            export=False,
            seen_by="nobody",
            note="encrypted; used for one thing, to give the network's permission back",
        ),
    },
    order=90,
)
dm.declare(
    NetworkFact,
    label=_("What you kept from networks"),
    correct="networks",
    remove=services.forget_fact,
    subjects=["user"],
    purposes=["account"],
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="owner"),
        "user": dm.link(export=False),
        "connection": dm.link(),
        "name": dm.Datum("user.account", seen_by="owner"),
        "value": dm.Datum(
            "user.social",
            seen_by="owner",
            note="whatever you ticked: your time zone, what you like there, your friends there",
        ),
        "place": dm.technical("a field of the profile"),
        "kept_at": dm.moment(),
    },
    order=89,
)

age_gate.when_too_young(drop_arrived)
