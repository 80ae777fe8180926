"""What a band means to the gate: being in it, running it, following it.

Each takes the column that holds the band's key: "pk" of bands, "band_id" of what is a band's.
"""

from dataclasses import dataclass

from django.db.models import Model, OuterRef, Q
from django.db.models.functions import Now

from accounts.models import User
from bands.models import BandFollow, BandMember
from privacy.gate.audiences import Audience
from privacy.gate.probe import Probe
from privacy.gate.relations import AnyOf, Related, Relation
from privacy.gate.viewer import Viewer

RUNS = Q(role__in=[BandMember.Role.OWNER, BandMember.Role.ADMIN])
WAITS = Q(declined_at=None, expires_at__gt=Now())


def in_band(key: str = "pk") -> Related:
    """Return the members of the band."""
    return Related("bands.BandMember", "band", "user", row_key=key)


def runs_band(key: str = "pk") -> Related:
    """Return the band's owners and admins."""
    return Related("bands.BandMember", "band", "user", RUNS, key)


def invited_to(key: str = "pk") -> Related:
    """Return those who are asked to join and haven't answered."""
    return Related("bands.BandInvite", "band", "invited", WAITS, key)


def follows_band(key: str = "pk") -> Related:
    """Return those whose follow the band accepted."""
    accepted = Q(state=BandFollow.State.ACCEPTED)
    return Related("bands.BandFollow", "band", "follower", accepted, key)


@dataclass(frozen=True)
class Fans(Relation):
    """Who follows the band, and who is in it."""

    key: str

    def rows(self, viewer: Viewer) -> Q:
        pose = viewer.pose
        if pose is not None and pose.audience == Audience.FANS:  # of any band of who poses
            return in_band(self.key).rows(Viewer(pose.owner_id))
        return self._either.rows(viewer)

    def people(self, obj: Model) -> Q:
        return self._either.people(obj)

    @property
    def _either(self) -> AnyOf:
        return AnyOf((follows_band(self.key), in_band(self.key)))


def audiences(key: str = "pk") -> dict[Audience, Relation]:
    """Return whom the two audiences of a band mean."""
    return {
        Audience.BAND: in_band(key),
        Audience.FANS: Fans(key),
    }


def has_somebody() -> Q:
    """Return the condition for bands with a member who is there: else there is no band to see."""
    there = BandMember.objects.filter(User.present("user__"), band=OuterRef("pk"))
    return Q(Probe(there))
