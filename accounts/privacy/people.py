"""Accounts and profiles."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import Plays, Profile, RealName, User
from accounts.models.profiles import FIELDS
from accounts.services import ages, importing, lapsing
from privacy import datamap as dm
from privacy import media, rules, wall
from privacy.audiences import Audience
from privacy.importing import bring
from privacy.rules import Anyone, Person, Rule

# A username is public: it is the one thing that sign-up says so of.
rules.see(
    User,
    Rule(owner="pk", only=User.present(), within={Audience.PUBLIC: Anyone()}, open_to_apps=True),
)
bring(User, importing.make_account, order=0)
rules.see(
    Profile,
    Rule(
        owner="user",
        through="user",
        within={Audience.PUBLIC: Anyone()},
        fields={
            column: f"{name}_audience"
            for name, columns in FIELDS.items()
            for column in {name, *columns}
        },
        open_to_apps=True,
    ),
)
rules.see(Plays, Rule(owner="user", audience="user__profile__instruments_audience"))
rules.see(RealName, Rule(owner="user"))
wall.protect(RealName, insert=Person("user"), update=Person("user"), delete=Person("user"))
bring(Profile, importing.bring_profile, order=10)
bring(Plays, importing.bring_instrument, order=11)
bring(RealName, importing.bring_real_name, order=11)
media.serve(
    Profile,
    photo=media.Part("photo", "image/webp"),
    photo_middle=media.Part("photo_middle", "image/webp"),
    photo_small=media.Part("photo_small", "image/webp"),
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
        "approves_followers": dm.choice(),
        "api_access": dm.choice(),
        "indexed": dm.choice(),
        "strangers_may_write": dm.choice(),
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

_SIZE = _("a smaller copy of your photo, which is in your copy")

dm.declare(
    Profile,
    label=_("Your profile"),
    correct="edit_profile",
    subjects=["user"],
    purposes=["publishing"],
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(),
        "user": dm.link(export=False),
        "photo": dm.Datum("user.content.self_image"),
        "photo_middle": dm.Datum("user.content.self_image", export=False, note=_SIZE),
        "photo_small": dm.Datum("user.content.self_image", export=False, note=_SIZE),
        "stage_name": dm.Datum("user.name"),
        "bio": dm.content(),
        "status": dm.content(),
        "available_until": dm.Datum(
            "user.behavior",
            retention=dm.For(
                timedelta(0), since="available_until", ends=True, after=_("the time you set"),
                words=_("until the time you set"),
            ),
        ),
        "roles": dm.Datum("user.content.public"),
        "genres": dm.Datum("user.content.public"),
        "languages": dm.Datum("user.demographic.language"),
        "country": dm.Datum("user.contact.address.country"),
        "town_id": dm.Datum("user.location.imprecise"),
        "town": dm.Datum("user.location.imprecise"),
        "links": dm.Datum("user.contact.url"),
        "phone": dm.Datum("user.contact.phone_number"),
        "birthday": dm.Datum("user.demographic.date_of_birth"),
        "gender": dm.Datum("user.demographic.gender"),
        **{f"{name}_audience": dm.choice() for name in (*FIELDS, "favourites")},
        "findable": dm.choice(),
        "updated_at": dm.moment(),
    },
    order=80,
)  # fmt: skip

dm.declare(
    Plays,
    label=_("Instruments you play"),
    correct="edit_profile",
    subjects=["user"],
    purposes=["publishing"],
    fields={
        "id": dm.technical(),
        "user": dm.link(export=False),
        "instrument": dm.Datum("user.content.public"),
        "level": dm.Datum("user.content.public"),
        "place": dm.technical("the order of the list"),
    },
)

dm.declare(
    RealName,
    label=_("Your real name"),
    correct="edit_profile",
    subjects=["user"],
    purposes=["account"],
    fields={
        "id": dm.technical(),
        "user": dm.link(export=False),
        "name": dm.Datum("user.name", seen_by="owner"),
    },
)
