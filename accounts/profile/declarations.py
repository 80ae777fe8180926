"""Profiles: each field to its own audience; and the real name, which nobody is shown."""

from django.utils.translation import gettext_lazy as _

from accounts.profile.fields import PROFILE_FIELDS
from accounts.profile.models import FIELDS, Plays, Profile, RealName
from accounts.profile.services import usernames
from privacy import datamap as dm
from privacy import rls
from privacy.gate import rules
from privacy.gate.audiences import Audience
from privacy.gate.rules import Anyone, Person, Rule
from privacy.policy.texts import say
from privacy.sharing import media
from privacy.subject_requests import fulfilment

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
rls.protect(RealName, insert=Person("user"), update=Person("user"), delete=Person("user"))
media.serve(
    Profile,
    photo=media.Part("photo", "image/webp"),
    photo_middle=media.Part("photo_middle", "image/webp"),
    photo_small=media.Part("photo_small", "image/webp"),
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
        **{
            column: datum
            for field in PROFILE_FIELDS.values()
            for column, datum in field.data.items()
        },
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

fulfilment.corrected_by("accounts.user.username", usernames.correct)
say("profile-fields", lambda: [field.policy for field in PROFILE_FIELDS.values()])
say(
    "profile-fields-that-begin-private",
    lambda: [field.policy for field in PROFILE_FIELDS.values() if field.begins_private],
)
