"""What the accounts app holds about people, and who sees it."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Block, Dormancy, Follow, Guardianship, JammedWith, Profile, User
from accounts.services import importing, lapsing, leaving, ties
from accounts.walls import WALLS, followers_of, guardians_of, jammed_with
from privacy import datamap as dm
from privacy import erasure, media, rules
from privacy.audiences import Audience
from privacy.importing import bring
from privacy.models import Erasure
from privacy.rules import Anyone, Person, Rule

for each in WALLS:
    rules.wall(each)
rules.oversee(guardians_of)
rules.standard(Audience.FOLLOWERS, lambda model, owner: followers_of(owner))
rules.standard(Audience.JAMMED, lambda model, owner: jammed_with(owner))
erasure.hook(hide=leaving.hide, show=leaving.show, after=leaving.after)

rules.see(Dormancy, Rule(owner="user"))
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
# Both sides see a follow; the walls stand between them as everywhere.
rules.see(
    Follow,
    Rule(
        owner="follower",
        within={Audience.PARTICIPANTS: Person("followee")},
    ),
)
rules.see(Block, Rule(owner="blocker"))
rules.see(JammedWith, Rule(owner="person"))
rules.see(Guardianship, Rule(owner="guardian", within={Audience.PARTICIPANTS: Person("child")}))

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

dm.declare(
    Follow,
    label=_("People you follow"),
    remove=ties.stop_following,
    subjects=["follower", "followee"],
    purposes=["publishing"],
    erase=dm.Erase.CUSTOM,
    purge=ties.purge_follows,
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
dm.declare(
    Block,
    label=_("People you blocked"),
    remove=ties.take_back_block,
    subjects=["blocker", "blocked"],
    purposes=["safety"],
    basis=dm.Basis.INTEREST,
    erase=dm.Erase.CUSTOM,
    purge=ties.purge_blocks,
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
    JammedWith,
    label="People you have played with",
    subjects=["person", "partner"],
    purposes=["publishing"],
    erase=dm.Erase.CUSTOM,
    purge=ties.purge_jams,
    erased_how="deleted, in both directions",
    fields={
        "id": dm.technical(),
        "person": dm.link(),
        "partner": dm.link(),
        "since": dm.moment(),
    },
)
dm.declare(
    Guardianship,
    label="Children you answer for",
    subjects=["guardian", "child"],
    purposes=["safety"],
    basis=dm.Basis.LEGAL,
    erase=dm.Erase.CUSTOM,
    purge=ties.purge_guardianships,
    erased_how="deleted, in both directions",
    fields={
        "id": dm.technical(),
        "guardian": dm.link(),
        "child": dm.link(),
        "since": dm.moment(),
        "ended": dm.moment(),
    },
)
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

dm.serves("accounts", "account", "publishing", "safety")
dm.reads("accounts.services.leaving", Erasure, "its hooks are handed the leaving they serve")
