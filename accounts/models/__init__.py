from accounts.models.dormancy import Dormancy
from accounts.models.people import User, UserManager
from accounts.models.profiles import FIELD_AUDIENCES, Plays, Profile, RealName
from accounts.models.ties import Block, Follow, Guardianship, JammedWith, Mute

__all__ = [
    "FIELD_AUDIENCES",
    "Block",
    "Dormancy",
    "Follow",
    "Guardianship",
    "JammedWith",
    "Mute",
    "Plays",
    "Profile",
    "RealName",
    "User",
    "UserManager",
]
