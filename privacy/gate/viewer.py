"""Who looks, and through what."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from foundation import clients

LINKS = "share_links"  # key in the web session
MAX_LINKS = 50  # a browser holds the newest of those it opened


class Via(Enum):
    """The surface that somebody looks through."""

    PAGE = "page"
    API = "api"
    SOCKET = "socket"
    MEDIA = "media"
    JOB = "job"
    INDEX = "index"  # what search engines are shown, over what anybody sees


@dataclass(frozen=True)
class Pose:
    """Eyes that a person borrows for their own pages: somebody in this audience of theirs."""

    audience: str | None
    owner_id: int


@dataclass(frozen=True)
class Viewer:
    """A person, or nobody, looking through one surface. Every visibility question has one.

    - `user_id`: key of the account, None for nobody.
    - `links`: keys of the share links whose secret this viewer has shown.
    - `app`: client id of the third-party app that looks, on somebody's behalf or nobody's.
    - `real`, `pose`: who looks with borrowed eyes, and how; see `privacy.sharing.view_as`.
    - `trusts`: parents whose own policies say who sees them; only while row-level security is
    generated.
    """

    user_id: int | None = None
    via: Via = Via.PAGE
    links: frozenset[int] = frozenset()
    app: str | None = None
    pose: Pose | None = None
    real: "Viewer | None" = None
    trusts: frozenset[type] = frozenset()

    @classmethod
    def of(cls, user: Any, via: Via = Via.PAGE) -> "Viewer":
        """Return the viewer that a person is, without what their browser holds.

        A person who is leaving or suspended looks as nobody: only their own settings know them.
        """
        if not user.is_authenticated or not user.is_present:
            return cls(None, via)
        return cls(user.pk, via)

    @classmethod
    def oneself(cls, user: Any) -> "Viewer":
        """Return a person as the viewer of what their rights are about, suspended or leaving too.

        For copies, requests, evidence, notices, children they answer for: never for others' things.
        """
        return cls(user.pk if user.is_authenticated else None)

    @classmethod
    def looking(cls, request: Any, via: Via = Via.PAGE) -> "Viewer":
        """Return the viewer of a request: the person, their links, the app they use.

        An app that was registered is known by the token that the API accepted (`request.auth`,
        with the `client_id` it was given to); it holds no web session, so no links either. All
        others are one: see `foundation.clients`.
        """
        client = getattr(getattr(request, "auth", None), "client_id", None)
        if client is not None:
            return replace(cls.of(request.user, via), app=str(client))
        app = clients.app_of(request, machine=via is Via.API)
        return replace(cls.of(request.user, via), links=links_in(request.session), app=app)

    @classmethod
    def connected(cls, scope: Mapping[str, Any], user: Any) -> "Viewer":
        """Return the viewer of an open socket; `user` as the database knows them now."""
        links = links_in(scope.get("session") or {})
        return replace(cls.of(user, Via.SOCKET), links=links, app=scope.get("app"))

    def holding(self, link_id: int) -> "Viewer":
        return replace(self, links=self.links | {link_id})

    @property
    def is_member(self) -> bool:
        return self.user_id is not None


def links_in(session: Any) -> frozenset[int]:
    """Return the share links that a web session holds; whether they still hold, the gate asks."""
    return frozenset(session.get(LINKS, ()))


def hold_link(session: Any, link_id: int) -> bool:
    """Have a web session hold a share link; return whether it is new to it."""
    held = list(session.get(LINKS, ()))
    if link_id in held:
        return False
    session[LINKS] = [*held, link_id][-MAX_LINKS:]
    return True


SOMEBODY = 0  # the key of no account: a member without relations
NOBODY = Viewer()
ANY_APP = Viewer(via=Via.API, app=clients.OUTSIDE)  # somebody else's, on nobody's behalf
SEARCH_ENGINE = Viewer(via=Via.INDEX)
