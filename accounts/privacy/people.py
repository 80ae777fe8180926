"""Accounts and profiles."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import Profile, User
from accounts.services import ages, importing, lapsing
from privacy import datamap as dm
from privacy import media, rules
from privacy.audiences import Audience
from privacy.importing import bring
from privacy.rules import Anyone, Rule

# A username is public: it is the one thing that sign-up says so of.
rules.see(
    User,
    Rule(owner="pk", only=User.present(), within={Audience.PUBLIC: Anyone()}, open_to_apps=True),
)
rules.see(
    Profile,
    Rule(
        owner="user",
        through="user",
        within={Audience.PUBLIC: Anyone()},
        fields={name: f"{name}_audience" for name in ("photo", "bio", "status")},
        open_to_apps=True,
    ),
)
bring(User, importing.make_account, order=0)
bring(Profile, importing.bring_profile, order=10)
media.serve(Profile, photo=media.Part("photo", "image/webp"))

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
        "restricted": dm.Datum("user.privacy_preferences", seen_by="owner"),
        "is_staff": dm.Datum("user.account", seen_by="owner"),
        "is_active": dm.Datum("user.account", seen_by="owner"),
        "is_superuser": dm.Datum("user.account", seen_by="owner"),
        "date_joined": dm.moment(),
        "last_login": dm.Datum("user.behavior", seen_by="owner"),
        "groups": dm.Datum("user.account", seen_by="owner"),
        "user_permissions": dm.Datum("user.account", seen_by="owner"),
    },
    erased_how="deleted, last of all",
    order=100,
)

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
        "photo_audience": dm.choice(),
        "bio": dm.content(),
        "bio_audience": dm.choice(),
        "status": dm.content(),
        "status_audience": dm.choice(),
        "favourites_audience": dm.choice(),
        "updated_at": dm.moment(),
    },
    order=80,
)
