"""What the way in keeps in a browser."""

from django.utils.translation import gettext_lazy as _

from accounts.identity.models import User
from accounts.profile.models import Plays, Profile, RealName
from accounts.sign_in import importing
from privacy.datamap import browser_storage
from privacy.portability.importing import register_importer

browser_storage.keeps(
    "cookie",
    "",
    setting="AGE_COOKIE_NAME",
    purpose=_("remembers that signing up isn't possible yet; the same for everybody, no number"),
    lifetime=_("24 hours"),
    when=_("when the age question of signing up is answered by somebody too young"),
)

register_importer(User, importing.make_account, order=0)
register_importer(Profile, importing.bring_profile, order=10)
register_importer(Plays, importing.bring_instrument, order=11)
register_importer(RealName, importing.bring_real_name, order=11)
