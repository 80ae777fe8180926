"""People, for staff; each room has its own pages."""

from accounts.connections import admin as connections
from accounts.discovery import admin as discovery
from accounts.identity import admin as identity
from accounts.identity import suspension_admin as suspensions
from accounts.networks import admin as networks
from accounts.profile import admin as profile
from accounts.security import admin as security

__all__ = [
    "connections",
    "discovery",
    "identity",
    "networks",
    "profile",
    "security",
    "suspensions",
]
