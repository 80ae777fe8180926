"""Sockets only: pages and API are answered by the WSGI server."""

import gc
import os
import sys

from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jamsite.settings.development")
if not settings.configured:
    os.environ["JAMSITE_FRONT"] = "1"
_http = get_asgi_application()

from accounts.identity.services import tokens  # noqa: E402  (needs the apps)
from accounts.identity.signed_in import SocketSignIn  # noqa: E402
from foundation.origins import OwnPagesOnly  # noqa: E402
from foundation.outages import Waiting  # noqa: E402
from jamsite.ws_urls import patterns  # noqa: E402
from privacy.rls.middleware import SocketBehalf  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": _http,
        "websocket": OwnPagesOnly(
            Waiting(SocketSignIn(SocketBehalf(URLRouter(patterns)))), by_token=tokens.is_shown
        ),
    }
)

# Threads that work for the database give way to clocks and signals five times as soon as usual.
sys.setswitchinterval(0.001)
# A full collection takes 0.4 s beside 1,000 sockets and stops all of them. It comes far more
# rarely, and passes over what was there from the start; what is young is looked through as ever.
gc.freeze()
gc.set_threshold(5_000, 10, 100)

if settings.IS_FRONT:
    from privacy.gate import compiled
    from privacy.rls.start import demand

    demand()
    compiled.fill()
