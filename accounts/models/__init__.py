from accounts.models.children import ConsentWithdrawal, Enrolment, ParentalConsent
from accounts.models.dormancy import Dormancy
from accounts.models.finding import Findable
from accounts.models.names import FormerAddress, FormerName, is_reserved
from accounts.models.networks import Connection, NetworkFact
from accounts.models.partners import ClassSeat, Partner, PartnerStaff, SchoolClass
from accounts.models.people import User, UserManager
from accounts.models.profiles import FIELD_AUDIENCES, Plays, Profile, RealName
from accounts.models.safety import AccountLock, KnownDevice, SafetyEvent, SafetyLink
from accounts.models.suspensions import Suspension
from accounts.models.ties import Block, Follow, Guardianship, JammedWith, Mute

__all__ = [
    "FIELD_AUDIENCES",
    "AccountLock",
    "Block",
    "ClassSeat",
    "Connection",
    "ConsentWithdrawal",
    "Dormancy",
    "Enrolment",
    "Findable",
    "Follow",
    "FormerAddress",
    "FormerName",
    "Guardianship",
    "JammedWith",
    "KnownDevice",
    "Mute",
    "NetworkFact",
    "ParentalConsent",
    "Partner",
    "PartnerStaff",
    "Plays",
    "Profile",
    "RealName",
    "SafetyEvent",
    "SafetyLink",
    "SchoolClass",
    "Suspension",
    "User",
    "UserManager",
    "is_reserved",
]
