from accounts.models.dormancy import Dormancy
from accounts.models.people import FIELD_AUDIENCES, Profile, User, UserManager
from accounts.models.ties import Block, Follow, Guardianship, JammedWith, Mute

__all__ = [
    "FIELD_AUDIENCES",
    "Block",
    "Dormancy",
    "Follow",
    "Guardianship",
    "JammedWith",
    "Mute",
    "Profile",
    "User",
    "UserManager",
]
