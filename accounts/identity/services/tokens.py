"""Tokens of apps: a sign-in of an app is a web session, and every token of it ends with that.

The session token names the session; an access token is a signed note about it that is good for a
few minutes, and a refresh token gets the next one, once. Each is asked against the session and its
person whenever it is shown, so what ends the sign-in (signing out, a new password, leaving) ends
all three at once. The tokens name a person by their public id.
"""

import time
from collections.abc import Mapping
from typing import Any

from allauth.headless import app_settings
from allauth.headless.tokens.strategies.jwt import JWTTokenStrategy
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest

from accounts.identity import person_at_hand
from accounts.identity.allauth_internals import (
    authenticated_user,
    get_authorization_credential,
    get_session_user,
    lookup_session,
)
from accounts.identity.allauth_internals import jwt as internal
from accounts.identity.models import User

SCHEME = "Bearer"
SESSION_HEADER = "x-session-token"
OVERLAP = 30  # seconds in which a refresh token that was traded gets the same answer
TRADED = "traded_refresh_tokens"  # key in the session: id of one → until when, and its pair
BY_APP = "by_app"  # key in the session: an app signed in, and no browser carries it as a cookie
UNUSED = "headless_refresh_tokens"  # key in the session: id of a refresh token → when it runs out


class AppTokens(JWTTokenStrategy):  # type: ignore[misc]
    """allauth's tokens, always asked against the session, and without our own keys in them."""

    def create_session_token(self, request: HttpRequest) -> str:
        if not request.session.get(BY_APP):
            request.session[BY_APP] = True
            request.session.save()
        return str(request.session.session_key)

    def create_access_token(self, request: HttpRequest) -> str:
        return _access(authenticated_user(request), request.session)

    def create_access_token_payload(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "access_token": self.create_access_token(request),
            "refresh_token": _refresh(authenticated_user(request), request.session),
            "expires_in": app_settings.JWT_ACCESS_TOKEN_EXPIRES_IN,
        }

    def refresh_token(self, refresh_token: str) -> tuple[str, str] | None:
        """Trade a refresh token for the next pair.

        Sent again within a few seconds it gets the same pair: the answer was lost on its way, or
        two parts of an app asked at once. Later it is in two hands, and nobody knows in whose: the
        sign-in ends.
        """
        claims = internal.decode_token(refresh_token, "refresh")
        key = internal.session_key_from_sid(claims["sid"]) if claims else None
        if claims is None or key is None:
            return None
        with transaction.atomic():
            row = Session.objects.select_for_update().filter(session_key=key).first()
            session_and_person = _of_session(claims) if row is not None else None
            if session_and_person is None:
                return None
            user, session = session_and_person
            pair = _traded(session, claims["jti"])
            if pair is None and session.get(UNUSED, {}).pop(claims["jti"], None) is None:
                session.flush()
                return None
            if pair is None:
                pair = _access(user, session), _refresh(user, session)
                _remember(session, claims["jti"], pair)
                session.save()
        return pair

    def _get_access_token(self, request: HttpRequest) -> dict[str, Any] | None:
        token = get_authorization_credential(request, SCHEME)
        claims = internal.decode_token(token, "access") if token else None
        return claims if claims and _of_session(claims) else None


def is_shown(headers: Mapping[str, str]) -> bool:
    """Return whether a request or a socket carries a token, good or bad."""
    return bool(headers.get(SESSION_HEADER) or _bearer(headers))


def session_of(headers: Mapping[str, str]) -> Any:
    """Return the session that a token opens; None for a token that is none."""
    if token := headers.get(SESSION_HEADER):
        return _session(token)
    signed_in = person_of(headers)
    return signed_in[1] if signed_in else None


def person_of(headers: Mapping[str, str]) -> tuple[User, Any] | None:
    """Return the person of a token and its session; None for a token that is none."""
    if token := headers.get(SESSION_HEADER):
        session = _session(token)
        user = _person(session)
        return None if user is None else (user, session)
    claims = internal.decode_token(_bearer(headers), "access")
    return _of_session(claims) if claims else None


def _session(token: str) -> Any:
    return lookup_session(token) if token.isascii() and token.isalnum() else None


def _bearer(headers: Mapping[str, str]) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == SCHEME.lower() else ""


def _of_session(claims: dict[str, Any]) -> tuple[User, Any] | None:
    """Return whom a token is about, if the sign-in that it belongs to goes on."""
    session = internal.get_token_session(claims)
    user = _person(session)
    if user is None or user.public_id != claims["sub"]:
        return None
    return user, session


def _person(session: Any) -> Any:
    if session is None:
        return None
    with person_at_hand.brought_by(session):
        return get_session_user(session)


def access_token(user: Any, session: Any) -> str:
    """Return a fresh access token of a sign-in."""
    return _access(user, session)


def _access(user: Any, session: Any) -> str:
    return _make("access", user, session, app_settings.JWT_ACCESS_TOKEN_EXPIRES_IN)[0]


def _refresh(user: Any, session: Any) -> str:
    now = time.time()
    token, claims = _make("refresh", user, session, app_settings.JWT_REFRESH_TOKEN_EXPIRES_IN)
    kept = {jti: until for jti, until in session.get(UNUSED, {}).items() if until > now}
    session[UNUSED] = {**kept, claims["jti"]: claims["exp"]}
    return token


def _traded(session: Any, jti: str) -> tuple[str, str] | None:
    """Return the pair that a refresh token was traded for in the last seconds."""
    until, *pair = session.get(TRADED, {}).get(jti, (0,))
    return (pair[0], pair[1]) if until > time.time() else None


def _remember(session: Any, jti: str, pair: tuple[str, str]) -> None:
    now = time.time()
    lately = {key: kept for key, kept in session.get(TRADED, {}).items() if kept[0] > now}
    session[TRADED] = {**lately, jti: (now + OVERLAP, *pair)}


def _make(use: str, user: Any, session: Any, seconds: int) -> tuple[str, dict[str, Any]]:
    sid = internal.session_key_to_sid(session.session_key)
    made: tuple[str, dict[str, Any]] = internal.create_token(
        use, sub=user.public_id, sid=sid, expires_in=seconds
    )
    return made
