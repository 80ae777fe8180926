"""What the accounts app holds about people, and who sees it; each room declares its own."""

from accounts.connections import declarations as connections
from accounts.discovery import declarations as discovery
from accounts.identity import declarations as identity
from accounts.networks import declarations as networks
from accounts.profile import declarations as profile
from accounts.security import declarations as security
from accounts.sign_in import declarations as sign_in
from privacy import datamap as dm

__all__ = ["connections", "discovery", "identity", "networks", "profile", "security", "sign_in"]

dm.serves("accounts", "account", "publishing", "safety", "children")
