"""Asking sign-in networks: every answer is bounded in time and size, and no redirect is followed.

A network that is down, slow or odd ends one person's sign-in with a clear page, and holds up
nobody else.
"""

import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import requests

from integrations import networks
from integrations.boundary import disclose

CONNECT = 4  # seconds
SILENCE = 5  # seconds between two pieces of an answer
WHOLE = 10  # seconds for all of it
LONGEST = 1024 * 1024  # bytes of an answer that is no picture
LONGEST_PICTURE = 8 * 1024 * 1024
PIECE = 64 * 1024


FAILURES = (requests.RequestException,)  # whatever goes wrong on the way


class Unfit(requests.RequestException):
    """An answer that is too long, too slow, or not what was asked for."""


class Asking(requests.Session):
    """What allauth asks networks with. No proxy or netrc of the machine is used."""

    longest = LONGEST

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs.update(timeout=(CONNECT, SILENCE), allow_redirects=False, stream=True)
        began = time.monotonic()
        answer = super().request(method, url, *args, **kwargs)
        answer._content = _whole(answer, self.longest, began)
        answer._content_consumed = True
        return answer


def learned_of_sign_in(provider_id: str, user_id: int) -> None:
    """Record that a network learned of a sign-in, when it has sent somebody back to us.

    allauth carries the protocols. A network's own pages get a random state and our client id; that
    the person signs in to this site is what it learns about them. Raises Undeclared for a network
    that isn't configured.
    """
    with disclose(networks.key_of(provider_id), [user_id], ("user.account",), "account"):
        pass  # the browser has gone there and come back


def picture(
    provider_key: str, url: str, hosts: Sequence[str], people: Sequence[int] = (), own: str = ""
) -> bytes:
    """Fetch a picture that a person chose to keep. Raises Unfit.

    Only from the network's own picture hosts (`*.` before a name: its subdomains), over TLS;
    `own` is the network's own address where it is configured, which may be plain in development.
    """
    if not _allowed(url, hosts, own):
        raise Unfit("not one of this network's picture hosts")
    with disclose(provider_key, people, ("user.account",), "account"), Asking() as session:
        session.longest = LONGEST_PICTURE
        try:
            answer = session.get(url, headers={"Accept": "image/*"})
        except requests.RequestException as error:
            raise Unfit(type(error).__name__) from None
    if answer.status_code != 200:
        raise Unfit(f"status {answer.status_code}")
    if not answer.headers.get("Content-Type", "").lower().startswith("image/"):
        raise Unfit("no picture")
    return answer.content


def _whole(answer: requests.Response, longest: int, began: float) -> bytes:
    """Read an answer to its end, within its bounds."""
    content = bytearray()
    try:
        for piece in answer.iter_content(PIECE):
            content += piece
            if len(content) > longest:
                raise Unfit("too long")
            if time.monotonic() - began > WHOLE:
                raise Unfit("too slow")
    finally:
        answer.close()
    return bytes(content)


def _allowed(url: str, hosts: Sequence[str], own: str) -> bool:
    address, home = urlsplit(url), urlsplit(own)
    if address.username is not None or address.password is not None:
        return False
    if own and (address.scheme, address.netloc) == (home.scheme, home.netloc):
        return True
    try:
        port = address.port
    except ValueError:
        return False
    if address.scheme != "https" or port not in {None, 443}:
        return False
    host = address.hostname or ""
    return any(
        host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern
        for pattern in hosts
    )
