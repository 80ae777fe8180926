"""What the accounts app holds about people, and who sees it."""

from typing import Any

from django.db.models import Q

from accounts.models import Profile, User
from accounts.services import leaving
from privacy import datamap as dm
from privacy import erasure, media, rules
from privacy.rules import Anyone, Rule
from privacy.viewer import Viewer


def _owner_is_present(owner: str, viewer: Viewer) -> Q:
    return User.present(f"{owner}__")


def _owner_row_is_present(owner_id: Any) -> Q:
    present = User.objects.filter(User.present(), pk=owner_id).exists()
    return rules.ALL_ROWS if present else rules.NO_ROWS


rules.wall(_owner_is_present, _owner_row_is_present)
erasure.hook(hide=leaving.hide, show=leaving.show)

# A username is public: it is the one thing that sign-up says so of.
rules.see(User, Rule(only=User.present(), also=(Anyone(),)))
rules.see(
    Profile,
    Rule(
        through="user",
        also=(Anyone(),),
        owner="user",
        fields={name: f"{name}_audience" for name in ("photo", "bio", "status")},
    ),
)
media.serve(Profile, photo=media.Part("photo", "image/webp"))

dm.declare(
    User,
    label="Your account",
    subjects=["pk"],
    purposes=["account", "publishing"],
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="public"),
        "username": dm.Datum("user.account.username", seen_by="public"),
        "email": dm.Datum("user.contact.email", seen_by="owner"),
        "password": dm.Datum("user.authorization.password", export=False, seen_by="nobody"),
        "state": dm.Datum("user.account", seen_by="owner"),
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
    label="Your profile",
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
        "updated_at": dm.moment(),
    },
    order=80,
)
