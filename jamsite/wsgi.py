"""Pages and API."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jamsite.settings.development")
if not settings.configured:
    os.environ["JAMSITE_FRONT"] = "1"
application = get_wsgi_application()

if settings.IS_FRONT:
    from jamsite import collected  # need the apps
    from privacy.gate import compiled
    from privacy.rls.start import demand

    collected.demand()
    demand()
    compiled.fill()
