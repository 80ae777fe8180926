"""The rows of people, gathered; each room has its own `models`."""

from accounts.connections.models import Block, Follow, JammedWith, Mute
from accounts.discovery.models import Findable
from accounts.identity.models import (
    Dormancy,
    FormerAddress,
    FormerName,
    Suspension,
    User,
    UserManager,
    is_reserved,
)
from accounts.networks.models import Connection, NetworkFact
from accounts.profile.models import FIELD_AUDIENCES, Plays, Profile, RealName
from accounts.security.models import AccountLock, KnownDevice, SafetyEvent, SafetyLink

__all__ = [
    "FIELD_AUDIENCES",
    "AccountLock",
    "Block",
    "Connection",
    "Dormancy",
    "Findable",
    "Follow",
    "FormerAddress",
    "FormerName",
    "JammedWith",
    "KnownDevice",
    "Mute",
    "NetworkFact",
    "Plays",
    "Profile",
    "RealName",
    "SafetyEvent",
    "SafetyLink",
    "Suspension",
    "User",
    "UserManager",
    "is_reserved",
]
