"""What stands on the profile page."""

from django.utils.translation import gettext_lazy as _

from foundation.settings_map import entry

entry(
    "profile", _("Photo"),
    _("Shown beside your name to whom you choose; place and camera data are removed."),
    route="edit_profile", anchor="id_photo", words=_("picture avatar image face upload"),
)  # fmt: skip
entry(
    "profile", _("Stage name"),
    _("The name on your page, for whom you choose; your username stays your address."),
    route="edit_profile", anchor="id_stage_name", words=_("artist name display name pseudonym"),
)  # fmt: skip
entry(
    "profile", _("Status"),
    _("One line under your name, such as what you are looking for, for whom you choose."),
    route="edit_profile", anchor="id_status", words=_("message mood line looking"),
)  # fmt: skip
entry(
    "profile", _("About you"),
    _("Your own words on your profile, for whom you choose."),
    route="edit_profile", anchor="id_bio", words=_("bio biography text description markdown"),
)  # fmt: skip
entry(
    "profile", _("What you are here as"),
    _("Musician, teacher, student, parent: as many as fit, changed at any time."),
    route="edit_profile", anchor="id_roles", words=_("role musician teacher student parent pupil"),
)  # fmt: skip
entry(
    "profile", _("Instruments"),
    _("What you play and how well, for whom you choose."),
    route="edit_profile", anchor="id_instruments",
    words=_("instrument level guitar piano voice drums"),
)  # fmt: skip
entry(
    "profile", _("Genres"),
    _("The music you like to play, for whom you choose."),
    route="edit_profile", anchor="id_genres", words=_("genre style jazz rock classical"),
)  # fmt: skip
entry(
    "profile", _("Open to jam"),
    _("Tells whom you choose that you would play now; it ends by itself."),
    route="edit_profile", anchor="id_available", words=_("available availability online ready"),
)  # fmt: skip
entry(
    "profile", _("Musicians may find me"),
    _("Puts you in the lists of musicians that members search; off, you are in none."),
    route="edit_profile", anchor="id_findable",
    words=_("search discover findable directory listed"),
)  # fmt: skip
entry(
    "profile", _("Place"),
    _("A country and a larger town, for whom you choose; never a finer place."),
    route="edit_profile", anchor="id_country", words=_("country location where"),
)  # fmt: skip
entry(
    "profile", _("Town"),
    _("The larger town near you, with the audience of your place."),
    route="edit_profile", anchor="id_town", words=_("city location near"),
)  # fmt: skip
entry(
    "profile", _("Languages"),
    _("Those you can talk about music in, for whom you choose."),
    route="edit_profile", anchor="id_languages", words=_("language speak tongue"),
)  # fmt: skip
entry(
    "profile", _("Links"),
    _("Your pages elsewhere, for whom you choose."),
    route="edit_profile", anchor="id_links", words=_("website homepage url social"),
)  # fmt: skip
entry(
    "profile", _("Telephone"),
    _("Your number, for you alone unless you choose otherwise."),
    route="edit_profile", anchor="id_phone", words=_("phone mobile number call"),
)  # fmt: skip
entry(
    "profile", _("Birthday"),
    _("Your birthday, for you alone unless you choose otherwise."),
    route="edit_profile", anchor="id_birthday", words=_("date of birth age born"),
)  # fmt: skip
entry(
    "profile", _("Gender"),
    _("In your own words, for you alone unless you choose otherwise."),
    route="edit_profile", anchor="id_gender", words=_("gender sex pronoun"),
)  # fmt: skip
entry(
    "profile", _("Real name"),
    _("Your own name, for your account alone and never shown to anybody else."),
    route="edit_profile", anchor="id_real_name", words=_("legal name first last surname"),
)  # fmt: skip
