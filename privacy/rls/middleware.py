"""Where PostgreSQL learns who looks: in requests, in sockets, in the staff's pages."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.utils.functional import SimpleLazyObject

from foundation import database_identity
from foundation.database_identity import DatabaseIdentity, behalf
from privacy.gate.viewer import Viewer, links_in
from privacy.rls.viewer_identity import of


class ViewerMiddleware:
    """Tell row-level security who looks as soon as the request's user is read; until then it is
    nobody.

    Reading the user costs a query or two, so a page that needs none doesn't pay for them.
    """

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        def known() -> Any:
            user = self.user_of(request)
            database_identity.become(of(replace(Viewer.of(user), links=links_in(request.session))))
            return user

        request.user = SimpleLazyObject(known)
        return self.get_response(request)

    def user_of(self, request: Any) -> Any:
        """Return who is signed in; an app that has them at hand says so here."""
        return get_user(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> None:
        """Staff look after rows that aren't theirs; the admin's own permissions say which."""
        if request.resolver_match.app_names[:1] == ["admin"]:
            user = request.user
            if user.is_authenticated and user.is_present and user.is_staff:
                database_identity.become(DatabaseIdentity(role=settings.SYSTEM_ROLE))


class SocketBehalf:
    """Have everything that a socket does be done on behalf of who opened it (ASGI)."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        user = scope.get("user")
        viewer = Viewer() if user is None else Viewer.connected(scope, user)
        with behalf(of(viewer)):
            return await self.application(scope, receive, send)
