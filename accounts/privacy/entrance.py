"""What the way in keeps in a browser."""

from django.utils.translation import gettext_lazy as _

from privacy import browser

browser.keeps(
    "cookie",
    "",
    setting="AGE_COOKIE_NAME",
    purpose=_("remembers that signing up isn't possible yet; the same for everybody, no number"),
    lifetime=_("24 hours"),
    when=_("when the age question of signing up is answered by somebody too young"),
)
