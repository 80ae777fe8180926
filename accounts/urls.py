"""Pages of people; each room has its own."""

from accounts.connections import urls as connections
from accounts.discovery import urls as discovery
from accounts.identity import urls as identity
from accounts.networks import urls as networks
from accounts.profile import urls as profile
from accounts.security import urls as security
from accounts.settings import urls as settings
from accounts.sign_in import urls as sign_in

urlpatterns = [
    *networks.urlpatterns,  # before allauth's own, as what follows
    *discovery.urlpatterns,
    *sign_in.urlpatterns,
    *settings.urlpatterns,
    *profile.urlpatterns,
    *security.urlpatterns,
    *connections.urlpatterns,
    *identity.urlpatterns,
]
