"""How a request, or a socket, finds who signed in: by the cookie, or by an app's token.

One place for all of them, so that a token opens what a cookie opens: pages, API, media, sockets. A
request that carries a token is that token's alone, whatever cookies come with it.
"""

from importlib import import_module
from typing import Any

import channels.sessions
from asgiref.sync import sync_to_async
from channels.auth import AuthMiddleware
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.translation import gettext as _

from accounts.identity import person_at_hand
from accounts.identity.allauth_internals import new_session
from accounts.identity.services import tokens
from foundation import clients
from foundation.problems import problem_response
from privacy.rls import middleware as rls

SessionStore: Any = import_module(settings.SESSION_ENGINE).SessionStore
WAYS_IN = "/api/auth/"  # allauth reads tokens there itself, and says 410 of what has ended


class CookieSessions(SessionStore):  # type: ignore[misc]
    """Web sessions as a cookie names them: what an app signed in with opens nothing here.

    Else an app that was handed a token would be a page of ours by sending it as a cookie.
    """

    key_salt = "django.contrib.sessions.SessionStore"  # reads and writes what the others do

    def load(self) -> dict[str, Any]:
        return self._of_browsers(super().load())

    async def aload(self) -> dict[str, Any]:
        return self._of_browsers(await super().aload())

    def _of_browsers(self, stored: dict[str, Any]) -> dict[str, Any]:
        if not stored.get(tokens.BY_APP):
            return stored
        self._session_key = self.person = None
        return {}


class SignInMiddleware(SessionMiddleware):
    """The session of a request: that of its token, or else that of its cookie.

    `request.by_token` says which. A token that is none, or no longer one, is 401 everywhere.
    """

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self.SessionStore = CookieSessions

    def process_request(self, request: HttpRequest) -> None:
        request.by_token = tokens.is_shown(request.headers)  # type: ignore[attr-defined]
        if request.by_token:  # type: ignore[attr-defined]
            request.session = tokens.session_of(request.headers) or new_session()
        else:
            super().process_request(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not request.by_token or request.path.startswith(WAYS_IN):  # type: ignore[attr-defined]
            return None
        return None if request.user.is_authenticated else refused(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not getattr(request, "by_token", False):
            return super().process_response(request, response)
        session = request.session
        ours = not request.path.startswith(WAYS_IN)
        if ours and session.modified and SESSION_KEY in session and response.status_code != 500:
            session.save()  # and no cookie: a browser must not be signed in by an app's token
        return response


class ViewerMiddleware(rls.ViewerMiddleware):
    """Row-level security's, with the person who came with the web session."""

    def user_of(self, request: Any) -> Any:
        return person_at_hand.of_request(request)


def refused(request: HttpRequest) -> HttpResponse:
    """Return the 401 for a token that opens nothing."""
    said = _("This token has run out or was ended. Sign in again.")
    response = problem_response(request, 401, said)
    response["WWW-Authenticate"] = 'Bearer realm="api"'
    return response


class CsrfMiddleware(CsrfViewMiddleware):
    """Asks for the form's own key where a cookie signs in: no other site can send a token."""

    def process_view(
        self, request: HttpRequest, callback: Any, callback_args: Any, callback_kwargs: Any
    ) -> HttpResponseForbidden | None:
        if getattr(request, "by_token", False):
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)


class SocketSessions(channels.sessions.SessionMiddleware):  # type: ignore[misc]
    """The sessions that a socket's cookie names."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        wrapper = channels.sessions.InstanceSessionWrapper(scope, send)
        wrapper.session_store = CookieSessions
        await wrapper.resolve_session()
        return await self.inner(wrapper.scope, receive, wrapper.send)


class SocketSignIn:
    """The same for sockets (ASGI): gives the scope its `session`, `user` and `app`.

    `app`: see `foundation.clients`. What carries a cookie was sent by a page of ours, see
    `foundation.origins`. A token that is none leaves nobody signed in.
    """

    def __init__(self, application: Any) -> None:
        self.application = application
        self.by_cookie = channels.sessions.CookieMiddleware(
            SocketSessions(AuthMiddleware(application))
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        headers = heads(scope)
        if not tokens.is_shown(headers):
            return await self.by_cookie({**scope, "app": None}, receive, send)
        signed_in = await sync_to_async(tokens.person_of)(headers)
        user, session = signed_in or (AnonymousUser(), new_session())
        app = None if clients.is_ours(headers.get(clients.HEADER.lower())) else clients.OUTSIDE
        known = {**scope, "user": user, "session": session, "app": app}
        return await self.application(known, receive, send)


def heads(scope: Any) -> dict[str, str]:
    """Return the headers of a socket by their names in small letters."""
    return {name.decode("latin1"): value.decode("latin1") for name, value in scope["headers"]}
