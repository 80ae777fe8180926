"""Pages and API under granian: Django's WSGI application behind an event loop."""

from jamsite.wsgi import application as wsgi  # first: it says what this process is for

# isort: split
from django.conf import settings

from foundation.rsgi import Bridge

if not settings.IS_FRONT:
    raise SystemExit("jamsite.rsgi must be loaded first: settings were read for another process.")
application = Bridge(wsgi)
