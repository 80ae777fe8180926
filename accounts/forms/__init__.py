"""Forms about oneself, one module for each subject."""

from accounts.forms.age import AgeForm
from accounts.forms.clock import QuietForm, ZoneForm
from accounts.forms.entrance import AddressForm, ResetForm, SignInForm, SignUpForm
from accounts.forms.finding import FindForm
from accounts.forms.leaving import LeaveForm
from accounts.forms.names import UsernameForm
from accounts.forms.networks import NetworkSignUpForm
from accounts.forms.notifications import NotificationsForm
from accounts.forms.profile import ProfileForm
from accounts.forms.sharing import SharingForm

__all__ = [
    "AddressForm",
    "AgeForm",
    "FindForm",
    "LeaveForm",
    "NetworkSignUpForm",
    "NotificationsForm",
    "ProfileForm",
    "QuietForm",
    "ResetForm",
    "SharingForm",
    "SignInForm",
    "SignUpForm",
    "UsernameForm",
    "ZoneForm",
]
