"""What stands on the profile page."""

from django.utils.translation import gettext_lazy as _

from accounts.profile.fields import PROFILE_FIELDS
from foundation.settings_map import Entry, entry, source


def _fields() -> list[Entry]:
    """Return the parts of a profile, each as it was registered."""
    return [entry for field in PROFILE_FIELDS.values() for entry in field.entries()]


source(_fields)
entry(
    "profile", _("Musicians may find me"),
    _("Puts you in the lists of musicians that members search; off, you are in none."),
    route="edit_profile", anchor="id_findable",
    words=_("search discover findable directory listed"),
)  # fmt: skip
entry(
    "profile", _("Real name"),
    _("Your own name, for your account alone and never shown to anybody else."),
    route="edit_profile", anchor="id_real_name", words=_("legal name first last surname"),
)  # fmt: skip
