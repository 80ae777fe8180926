"""How well sound gets between two people: asked for, seen by the two, gone after thirty days."""

from django.utils.translation import gettext_lazy as _

from privacy import datamap as dm
from privacy.consent import purposes
from privacy.consent.purposes import Purpose, Text
from privacy.datamap import Basis
from privacy.gate import rules
from privacy.gate.audiences import Audience
from privacy.gate.rules import Person, Rule
from sessions_app.models import Latency
from sessions_app.models.latency import LATENCY_LASTS
from sessions_app.services import latency

purposes.register(
    Purpose(
        key="latency",
        label=_("Expected delay"),
        basis=Basis.CONSENT,
        texts=(
            Text(
                1,
                _(
                    "When I play with somebody who agreed to this too, remember for 30 days "
                    "whether sound got from one of us to the other well: as good, fair or poor, "
                    "without an address or a place. We two see it where we find each other again; "
                    "nobody else does."
                ),
            ),
        ),
        stops=_("What was remembered between you and others is deleted at once."),
        stop=latency.forget,
        held_to=_("to tell you with whom playing will feel close, if you both agreed to it"),
        held_as=_("Expected delay between you and others"),
    )
)

dm.declare(
    Latency,
    label=_("How well sound gets from you to people you played with"),
    subjects=["measured_by", "partner"],
    purposes=["latency"],
    basis=dm.Basis.CONSENT,
    retention=dm.For(LATENCY_LASTS, since="measured_at", after=_("it was measured last")),
    remove=latency.take_back,
    fields={
        "id": dm.technical(),
        "measured_by": dm.link(),
        "partner": dm.link(),
        "grade": dm.Datum("user.behavior", note=_("good, fair or poor: no address and no place")),
        "measured_at": dm.moment(),
    },
)


# What holds of a pair is made of both rows: each of the two reads the other's.
rules.see(Latency, Rule(owner="measured_by", within={Audience.PARTICIPANTS: Person("partner")}))
