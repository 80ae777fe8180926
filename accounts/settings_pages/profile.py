"""What stands on the profile page."""

from django.utils.translation import gettext_lazy as _

from foundation.settings_map import entry

entry(
    "profile", _("Photo"),
    _("Shown beside your name to whom you choose; place and camera data are removed."),
    route="edit_profile", anchor="id_photo", words=_("picture avatar image face upload"),
)  # fmt: skip
entry(
    "profile", _("About you"),
    _("Your own words on your profile, for whom you choose."),
    route="edit_profile", anchor="id_bio", words=_("bio biography text description"),
)  # fmt: skip
entry(
    "profile", _("Status"),
    _("One line under your name, such as what you are looking for, for whom you choose."),
    route="edit_profile", anchor="id_status", words=_("message mood line looking"),
)  # fmt: skip
