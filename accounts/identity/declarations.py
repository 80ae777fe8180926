"""Accounts: names, addresses, suspensions, and how an unused one ends."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Dormancy, FormerAddress, FormerName, Suspension, User
from accounts.identity.services import addresses, ages, lapsing, leaving
from accounts.identity.services.suspensions import KEPT
from accounts.identity.switches import SWITCHES
from privacy import datamap as dm
from privacy import erasure
from privacy.datamap import identifiers
from privacy.erasure.models import Erasure
from privacy.gate import rules
from privacy.gate.audiences import Audience
from privacy.gate.rules import Anyone, Rule

# A username is public: it is the one thing that sign-up says so of.
rules.see(
    User,
    Rule(owner="pk", only=User.present(), within={Audience.PUBLIC: Anyone()}, open_to_apps=True),
)

dm.declare(
    User,
    label=_("Your account"),
    correct="settings",
    subjects=["pk"],
    purposes=["account", "publishing"],
    retention=[
        dm.Until(dm.Event.ACCOUNT),
        dm.For(
            "RETENTION_UNVERIFIED_DAYS",
            since="date_joined",
            by=lapsing.end_unconfirmed,
            sure=False,
            after=_("you signed up, if you never confirm your address"),
        ),
        dm.For(
            "RETENTION_INACTIVE_DAYS",
            since="last_login",
            by=lapsing.end_dormant,
            sure=False,
            after=_("you last signed in; we warn you twice before"),
        ),
    ],
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="public"),
        "username": dm.Datum("user.account.username", seen_by="public"),
        "email": dm.Datum("user.contact.email", seen_by="owner", recipients=["mail"]),
        "password": dm.Datum("user.authorization.password", export=False, seen_by="nobody"),
        "state": dm.Datum("user.account", seen_by="owner"),
        "age_group": dm.Datum("user.demographic.age_range", seen_by="owner"),
        "adult_from": dm.Datum(
            "user.demographic.age_range",
            seen_by="owner",
            note="of teenagers alone, the month from which they are adults",
            retention=dm.For(
                timedelta(0),
                since="adult_from",
                ends=True,
                by=ages.come_of_age,
                words=_("until that month"),
            ),
        ),
        **{name: dm.choice() for name in SWITCHES},
        "restricted": dm.Datum("user.privacy_preferences", seen_by="owner"),
        "time_zone": dm.Datum("user.location.imprecise", seen_by="owner"),
        "quiet_from": dm.choice(),
        "quiet_until": dm.choice(),
        "is_staff": dm.Datum("user.account", seen_by="owner"),
        "is_active": dm.Datum("user.account", seen_by="owner"),
        "is_superuser": dm.Datum(
            "user.account", seen_by="owner", label=_("may do everything as staff")
        ),
        "date_joined": dm.moment(),
        "last_login": dm.Datum("user.behavior", seen_by="owner"),
        "groups": dm.Datum("user.account", seen_by="owner"),
        "user_permissions": dm.Datum("user.account", seen_by="owner"),
    },
    erased_how="deleted, last of all",
    order=100,
)


rules.see(FormerName, Rule(owner="user"))
rules.see(FormerAddress, Rule(owner="user"))
dm.declare(
    FormerName,
    label=_("Usernames you gave up"),
    subjects=["user"],
    purposes=["account", "safety"],
    retention=dm.For(
        "RETENTION_NAMES_DAYS",
        since="made_at",
        after=_("you gave it up; until then it is reserved"),
    ),
    fields={
        "id": dm.technical(),
        "user": dm.link(export=False),
        "name": dm.Datum("user.account.username", seen_by="owner"),
        "made_at": dm.moment(),
    },
    erase=dm.Erase.CUSTOM,
    purge=addresses.purge_names,
    erased_how=_("deleted; a keyed hash keeps the name reserved for the rest of its time"),
    order=91,
)
dm.declare(
    FormerAddress,
    label=_("Addresses you took away"),
    subjects=["user"],
    purposes=["rights"],
    basis=dm.Basis.INTEREST,
    fields={
        "id": dm.technical(),
        "user": dm.link(export=False),
        "sealed": dm.Datum(
            "user.contact.email",
            export=False,
            seen_by="nobody",
            note=_("encrypted; read once: what was written under it goes when you leave"),
        ),
        "made_at": dm.moment(),
    },
    order=91,
)
identifiers.held_by(addresses.known)
identifiers.owned_by(addresses.owner_of)


rules.see(Dormancy, Rule(owner="user"))
dm.declare(
    Dormancy,
    label=_("Warnings that your account is unused"),
    subjects=["user"],
    purposes=["account"],
    basis=dm.Basis.INTEREST,
    retention=dm.For(
        "RETENTION_INACTIVE_DAYS",
        since="warned_at",
        after=_("the first warning, and only until you sign in again"),
    ),
    fields={
        "id": dm.technical(),
        "user": dm.link(export=False),
        "warned_at": dm.moment(),
        "leaves_at": dm.moment(),
        "warned_again_at": dm.moment(),
    },
    order=91,
)


rules.see(Suspension, Rule(owner="user"))
dm.declare(
    Suspension,
    label=_("Suspensions of your account"),
    subjects=["user"],
    purposes=["safety"],
    basis=dm.Basis.INTEREST,
    retention=dm.For(KEPT, since="ended_at", after=_("it ended")),
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="owner"),
        "user": dm.link(export=False),
        "ground": dm.Datum("user.behavior", seen_by="owner"),
        "reason": dm.Datum("user.behavior", seen_by="owner"),
        "set_by": dm.Datum(
            "user.unique_id",
            dm.Erase.NULL,
            export=False,
            seen_by="nobody",
            note=_("which member of our staff"),
        ),
        "begins_at": dm.moment(),
        "ends_at": dm.moment(),
        "ended_at": dm.moment(),
        "appeal": dm.Datum("user.content", seen_by="owner"),
        "appealed_at": dm.moment(),
        "answer": dm.Datum("user.behavior", seen_by="owner"),
        "answered_at": dm.moment(),
        "answered_by": dm.Datum(
            "user.unique_id",
            dm.Erase.NULL,
            export=False,
            seen_by="nobody",
            note=_("which member of our staff"),
        ),
    },
    order=91,
)

erasure.hook(
    hide=leaving.hide,
    show=leaving.show,
    after=leaving.after,
    returns=(
        _("Your profile and its address, with all settings."),
        _("The people you follow, who follow you, and whom you blocked or muted."),
    ),
    ends=(_("Every sign-in: sign in again, also in apps."),),
)
# What people ask of us under the law: addresses of who leaves.
dm.serves(
    "accounts.identity.services.addresses",
    "account", "publishing", "safety", "children", "rights",
)  # fmt: skip
dm.reads(
    "accounts.identity.services.leaving", Erasure, "its hooks are handed the leaving they serve"
)
