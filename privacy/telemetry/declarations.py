"""Usage statistics and crash reports: what they hold, and what people are asked for them."""

from django.utils.translation import gettext_lazy as _

from privacy import datamap as dm
from privacy.consent import purposes
from privacy.consent.purposes import Purpose, Text
from privacy.datamap import Basis
from privacy.telemetry import usage
from privacy.telemetry.models import CrashReport, UsageCount, UsageEvent

dm.serves("privacy.telemetry.usage", "analytics")


purposes.register(
    Purpose(
        key="analytics",
        label=_("Usage statistics"),
        basis=Basis.CONSENT,
        texts=(
            Text(
                1,
                _(
                    "Count how I use Jamsite: which kinds of pages I open, how long I stay in "
                    "rooms, which features I use. Counted on this server alone, under a name "
                    "that changes every day, without my account, my network address or anything "
                    "I wrote or played. Single events are deleted after 30 days; totals stay, of "
                    "groups of people only."
                ),
            ),
        ),
        stops=_("Nothing is counted any more, and your single events are deleted at once."),
        stop=usage.forget,
        visitors=True,
        held_to=_("to learn how the site is used, if you agreed to it"),
        held_as=_("How the site is used"),
    )
)
purposes.register(
    Purpose(
        key="crash_reports",
        label=_("Crash reports"),
        basis=Basis.CONSENT,
        texts=(
            Text(
                1,
                _(
                    "When a script of this site breaks in my browser, report to this server which "
                    "line broke and which browser it was; not who I am, where I was, or what I "
                    "wrote."
                ),
            ),
        ),
        stops=_("Your browser sends no reports any more. Earlier ones name nobody."),
        visitors=True,
    )
)
dm.declare(
    UsageEvent,
    label="How you used the site",
    subjects=["pseudonym"],
    find=usage.events_of,
    purposes=["analytics"],
    basis=Basis.CONSENT,
    retention=dm.For(usage.KEPT, since="hour", after=_("it happened, or when you withdraw")),
    fields={
        "id": dm.technical(),
        "pseudonym": dm.Datum(
            "user.unique_id.pseudonymous", export=False, seen_by="nobody", note="random, of no use"
        ),
        "kind": dm.moment(),
        "name": dm.moment(),
        "seconds": dm.moment(),
        "hour": dm.moment(),
    },
    erased_how="deleted",
    order=20,
)
dm.not_personal(UsageCount, "Usage statistics", "counts of groups of people")
dm.not_personal(CrashReport, "Faults of our scripts in browsers", "names nobody")
