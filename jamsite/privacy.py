"""What the frameworks under Jamsite hold about people: their tables, and the stores beside them."""

from datetime import timedelta

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from accounts.identity.services import leaving
from accounts.models import User
from accounts.networks import arrived
from accounts.security.services import sign_ins
from jamsite import known_by
from privacy import datamap as dm
from privacy.erasure import provider_orders

provider_orders.subject("openid", known_by.network)
provider_orders.subject("network", known_by.network)
provider_orders.subject("mail", known_by.mail)
provider_orders.subject("relay", known_by.relay)
provider_orders.subject("livekit", known_by.livekit)

dm.declare(
    EmailAddress,
    label=_("Your e-mail addresses"),
    correct="account_email",
    subjects=["user"],
    purposes=["account"],
    fields={
        "id": dm.technical(),
        "user": dm.link(export=False),
        "email": dm.Datum("user.contact.email", seen_by="owner", recipients=["mail"]),
        "verified": dm.Datum("user.account", seen_by="owner"),
        "primary": dm.Datum("user.account", seen_by="owner"),
    },
    order=92,
)
dm.declare(
    EmailConfirmation,
    label="Confirmations of your address",
    subjects=["email_address__user"],
    purposes=["account"],
    retention=dm.For(timedelta(days=3), since="created"),
    fields={
        "id": dm.technical(),
        "email_address": dm.link(export=False),
        "created": dm.moment(),
        "sent": dm.moment(),
        "key": dm.Datum("user.authorization.credentials", export=False, seen_by="nobody"),
    },
    order=91,
)
dm.declare(
    SocialAccount,
    label=_("Networks you sign in with"),
    correct="networks",
    subjects=["user"],
    purposes=["account"],
    fields={
        "id": dm.technical(),
        "user": dm.link(export=False),
        "provider": dm.Datum("user.account", seen_by="owner"),
        "uid": dm.Datum("user.unique_id", seen_by="owner"),
        "last_login": dm.Datum("user.behavior", seen_by="owner"),
        "date_joined": dm.moment(),
        "extra_data": dm.Datum(
            "user.account",
            seen_by="owner",
            note="the subject id alone",
            keys={"sub": dm.Datum("user.unique_id", seen_by="owner")},
        ),
    },
    order=92,
)
dm.declare(
    SocialToken,
    label="Tokens of networks",
    subjects=["account__user"],
    purposes=["account"],
    retention=dm.Until(dm.Event.NEVER),
    fields={
        "id": dm.technical(),
        "app": dm.technical(),
        "account": dm.link(export=False),
        "token": dm.Datum("user.authorization.credentials", export=False, seen_by="nobody"),
        "token_secret": dm.Datum("user.authorization.credentials", export=False, seen_by="nobody"),
        "expires_at": dm.technical(),
    },
    order=91,
)
_key = dm.Datum("user.authorization.credentials", export=False, seen_by="nobody")
dm.declare(
    Authenticator,
    label=_("Your passkeys and second factors"),
    correct="mfa_index",
    subjects=["user"],
    purposes=["account"],
    fields={
        "id": dm.technical(),
        "user": dm.link(export=False),
        "type": dm.Datum("user.account", seen_by="owner"),
        "created_at": dm.moment(),
        "last_used_at": dm.Datum("user.behavior", seen_by="owner"),
        "data": dm.Datum(
            "user.authorization.credentials",
            seen_by="owner",
            note=_("a copy has the name you gave a passkey, and no key or code"),
            keys={
                "name": dm.Datum("user.account", seen_by="owner", label=_("name of a passkey")),
                "credential": _key,  # the public half of a passkey, as the browser sent it
                "credential.*": _key,
                "last_step": dm.technical(),  # of a clock: codes up to it are used
                "secret": _key,  # what the codes of an app are made from, sealed
                "seed": _key,  # what recovery codes are made from, sealed
                "migrated_codes[]": _key,
                "used_mask": dm.technical(),
                "viewed_at": dm.technical(),
            },
        ),
    },
    order=92,
)
dm.declare(
    UserSession,
    label=_("Your sign-ins"),
    remove=sign_ins.end_one,
    subjects=["user"],
    purposes=["safety"],
    basis=dm.Basis.INTEREST,
    retention=[
        dm.For(
            timedelta(0),
            since="created_at",
            by=sign_ins.forget_ended,
            words=_("until you sign out or the sign-in runs out"),
        ),
        dm.For(
            "RETENTION_SIGN_INS_DAYS",
            since="created_at",
            by=sign_ins.forget_old,
            after=_("you signed in, at most"),
        ),
    ],
    erase=dm.Erase.CUSTOM,
    purge=leaving.purge_sign_ins,
    erased_how="deleted, and every web session with them",
    fields={
        "id": dm.technical(),
        "user": dm.link(export=False),
        "created_at": dm.moment(),
        "ip": dm.Datum(
            "user.device.ip_address",
            seen_by="owner",
            retention=dm.For(
                "RETENTION_IP_DAYS",
                since="created_at",
                by=sign_ins.shorten_addresses,
                after=_("you signed in, then its first part alone"),
            ),
        ),
        "last_seen_at": dm.moment(),
        "session_key": dm.Datum("user.authorization.credentials", export=False, seen_by="nobody"),
        "user_agent": dm.Datum("user.device", seen_by="owner"),
        "data": dm.Datum(
            "user.device",
            seen_by="owner",
            keys={
                "browser": dm.Datum("user.device", seen_by="owner"),
                "system": dm.Datum("user.device", seen_by="owner"),
                "device": dm.Datum("user.device", seen_by="owner"),
                "app": dm.Datum("user.device", seen_by="owner", label=_("version of the app")),
                "zone": dm.Datum("user.location.imprecise", seen_by="owner", label=_("time zone")),
                "place": dm.Datum(
                    "user.location.imprecise", seen_by="owner", label=_("rough place")
                ),
            },
        ),
    },
    order=92,
)
dm.declare(
    Session,
    label="Web sessions",
    purposes=["account"],
    retention=dm.For(
        timedelta(seconds=settings.SESSION_COOKIE_AGE),
        since="expire_date",
        ends=True,
        after=_("you last came in, or until you sign out"),
    ),
    erase=dm.Erase.KEEP,
    kept_because="They are found by your sign-ins and deleted with them when you leave.",
    fields={
        "session_key": dm.Datum("user.device.cookie_id", export=False, seen_by="nobody"),
        "session_data": dm.Datum("user.account", export=False, seen_by="nobody"),
        "expire_date": dm.technical(),
    },
)
dm.declare(
    LogEntry,
    label="What you did as staff",
    subjects=["user"],
    purposes=["safety"],
    basis=dm.Basis.INTEREST,
    retention=dm.For("RETENTION_STAFF_LOG_DAYS", since="action_time", after=_("you did it")),
    fields={
        "id": dm.technical(),
        "action_time": dm.moment(),
        "user": dm.link(),
        "content_type": dm.technical(),
        "object_id": dm.technical(),
        "object_repr": dm.technical("never a name: models have no __str__ that tells one"),
        "action_flag": dm.moment(),
        "change_message": dm.content(),
    },
    order=93,
)
for model in (User.groups.through, User.user_permissions.through):
    dm.declare(
        model,
        label="Your staff rights",
        subjects=["user"],
        purposes=["account"],
        fields={
            name: dm.link(export=False) if name == "user" else dm.technical()
            for name in (column.name for column in model._meta.concrete_fields)
        },
        order=94,
    )
for configured, label in (
    (Group, "Staff roles"),
    (Group.permissions.through, "What staff roles may do"),
    (Permission, "Permissions"),
    (ContentType, "Kinds of rows"),
    (SocialApp, "Networks that are switched on"),
):
    dm.not_personal(configured, label, "configuration")

dm.store(
    "valkey",
    label=_("Counts against abuse"),
    categories=["user.unique_id", "user.device.ip_address"],
    purposes=["safety"],
    basis=dm.Basis.INTEREST,
    retention=dm.Fades(timedelta(hours=25), _("it was written"), _("a time to live on each key")),
    erased_how=_("expires by itself"),
    places={
        ":1:apple:*": _("Apple's public keys"),
        ":1:jwt:*": _("that a network's signed word was used, so that it isn't twice"),
        ":1:limit:*": _(
            "how often somebody did something in a span of time; addresses as keyed hashes"
        ),
        ":1:throttle:*": _("how often the API was asked; addresses as keyed hashes"),
        ":1:sign-ins-used*": _("that a sign-in was used, until it is written to its row"),
        ":1:allauth:*": _("how often a second factor was tried"),
        ":1:allauth.mfa.*": _("that a code of an app was used, so that it isn't twice"),
    },
)
dm.store(
    "arrived",
    label=_("What a network told, before you answered"),
    categories=["user.account", "user.contact", "user.social", "user.name"],
    purposes=["account"],
    retention=dm.Fades(
        timedelta(seconds=arrived.LIFETIME), _("it arrived"), _("a time to live on each key")
    ),
    seen_by="owner",
    erased_how=_("deleted with your answer, or by itself"),
    places={":1:arrived:*": _("encrypted: everything that arrived, until you chose what is kept")},
)
dm.store(
    "queue",
    label=_("Jobs on their way"),
    categories=["user.unique_id"],
    purposes=["operations"],
    basis=dm.Basis.INTEREST,
    retention=dm.Until(dm.Event.HANDED_ON, words=_("until a worker takes it, seconds as a rule")),
    erased_how=_("ends by itself"),
    places={"celery:*": _("ids of the rows that a job is about, and nothing else")},
)
dm.store(
    "logs",
    label="Logs of the servers",
    categories=["system.operations"],
    purposes=["operations"],
    basis=dm.Basis.INTEREST,
    retention=dm.Fades("RETENTION_LOGS_DAYS", _("it was written"), _("the rotation of logs")),
    erase=dm.Erase.NOTHING,
    erased_how="nothing personal in them: no addresses, no names, no query strings",
)
dm.store(
    "mail",
    label="Mail we sent you",
    categories=["user.contact.email"],
    purposes=["account"],
    retention=dm.Until(dm.Event.HANDED_ON),
    erase=dm.Erase.OUTSIDE,
    erased_how="not kept by us",
)
dm.store(
    "cookies",
    label="Cookies in your browser",
    categories=["user.device.cookie_id"],
    purposes=["account"],
    retention=dm.Fades(timedelta(days=365), _("it was set, at most"), _("your browser")),
    erase=dm.Erase.OUTSIDE,
    erased_how="deleted when you sign out, or by you in your browser",
    where="your browser",
    places={
        "jamsite_session": "keeps you signed in",
        "csrftoken": "proves that a form was sent from our own page",
        "jamsite_later": "says that signing up isn't possible yet, for a day",
        "jamsite_device": "tells that you signed in with this browser before",
        "apple-login-session": "carries a sign-in through Apple over to our page",
        "jamsite_choices": "what you chose without an account, and a random name for counting",
    },
)
dm.store(
    "browser-settings",
    label="Choices that stay in your browser",
    categories=["user.account.settings"],
    purposes=["account", "jamming"],
    retention=dm.Until(dm.Event.CHOICE),
    erase=dm.Erase.OUTSIDE,
    erased_how="never sent to us; clearing site data removes them",
    seen_by="owner",
    where="your browser",
    places={
        "jamsite.theme": "light or dark",
        "jamsite.volume": "how loud you listen",
        "jamsite.kept-said": "which takes that couldn't be sent you were told of",
        "htmx-current-path-for-history": "the page that a tab is on, for its back button",
        "jam-*": "your sound input and room choices",
    },
)

dm.serves("jamsite", "account", "operations", "safety")
