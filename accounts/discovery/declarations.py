"""What people are found by, and who finds whom."""

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.connections.deny_rules import Peer, Seeker, followers_of, jammed_with
from accounts.discovery import services
from accounts.discovery.models import COLUMNS, Findable
from accounts.identity.models import User
from accounts.profile.services import profiles
from privacy import datamap as dm
from privacy.gate import rules
from privacy.gate.audiences import Audience
from privacy.gate.rules import If, Rule

# Grown-ups are found by grown-ups, teenagers and visitors; teenagers by teenagers, and by whom they
# let follow or have played with; children by nobody. A child finds those it knows.
rules.see(
    Findable,
    Rule(
        owner="user",
        only=~Q(user__age_group=User.AgeGroup.CHILD),
        within={
            Audience.PUBLIC: If(Q(user__age_group=User.AgeGroup.ADULT), Seeker()),
            Audience.MEMBERS: If(Q(user__age_group=User.AgeGroup.TEEN), Peer()),
            Audience.FOLLOWERS: followers_of("user"),
            Audience.JAMMED: jammed_with("user"),
        },
        open_to_apps=True,
        no_childs=True,
    ),
)

profiles.on_change(services.draw)

_DRAWN = _("drawn from your profile, which is in your copy")

dm.declare(
    Findable,
    label=_("What musicians find you by"),
    correct="edit_profile",
    subjects=["user"],
    purposes=["publishing"],
    fields={
        "user": dm.link(export=False),
        "week": dm.Datum("user.behavior", note=_("the week you were here last")),
        **{
            column: dm.Datum("user.content.public", export=False, note=_DRAWN)
            for column in COLUMNS.values()
        },
        "open_until": dm.Datum(
            "user.behavior",
            export=False,
            note=_DRAWN,
            retention=dm.For(
                timedelta(0), since="open_until", ends=True, after=_("the time you set"),
                words=_("until the time you set"),
            ),
        ),
        "open_audience": dm.Datum("user.privacy_preferences", export=False, note=_DRAWN),
    },
)  # fmt: skip
