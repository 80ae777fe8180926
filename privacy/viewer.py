"""Who looks, and through what."""

from dataclasses import dataclass
from enum import Enum
from typing import Any


class Via(Enum):
    """The surface that somebody looks through."""

    PAGE = "page"
    API = "api"
    SOCKET = "socket"
    MEDIA = "media"
    JOB = "job"


@dataclass(frozen=True)
class Viewer:
    """A person, or nobody, looking through one surface. Every visibility question has one."""

    user_id: int | None = None
    via: Via = Via.PAGE

    @classmethod
    def of(cls, user: Any, via: Via = Via.PAGE) -> "Viewer":
        """Return the viewer of a request's user.

        A person who is leaving or suspended looks as nobody: only their own settings know them.
        """
        if not user.is_authenticated or not user.is_present:
            return cls(None, via)
        return cls(user.pk, via)

    @property
    def is_member(self) -> bool:
        return self.user_id is not None


NOBODY = Viewer()
