"""A walk over every address of the site, as the resolver lists them, with a child's things.

An address without parameters is asked as it is. One with parameters takes them from `ARGUMENTS`; a
new route fails the walk until it is given some. Who answers only to POST is posted to.
"""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import quote

from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver

from foundation import clients as apps
from privacy.gate.viewer import Viewer
from schools import parent_links
from tests.cast import BACKEND, OWN_PAGE, app_of, just_signed_in
from tests.presence import come_in
from tests.privacy import routes
from tests.privacy.exempt import EXEMPT
from tests.privacy.kid import Kid
from tests.privacy.traces import contents
from tests.privacy.walk_arguments import ARGUMENTS, QUERIES, SENT
from tests.privacy.world import Undone

INSIDE = ("child", "classmate", "guardian", "teacher", "coordinator")
BESIDE = ("friend", "blocked")  # grown-ups whom rows of the kid's tie to it
APPS = {"app of friend": "friend", "app of teacher": "teacher", "app of child": "child"}
OUTSIDE = ("anonymous", "bot", "stranger", *BESIDE, "other-child", "other-teacher", "far-child",
           "far-teacher", *APPS)  # fmt: skip

# Left out, and why.
SKIPPED = {"admin/": "staff, who look behind a reason: tests/privacy/test_staff.py"}
# One without an account and one with every tie there is ask for everything, in every way; the
# others ask what shows somebody's things, for fewer of them.
EVERYTHING = {"anonymous", "friend"}
READ = {
    *(one.route for one in routes.SURFACES if "GET" in one.ways),
    *(one.route for one in routes.LISTINGS),
    *(
        "shared",
        "seen_who",
        "blocks",
        "followers",
        "wards",
        "schools",
        "school",
        "school_class",
        "school_child",
        "ward",
        "ward_held",
        "ward_copy",
    ),
}
LIMITS = {"media": 4, "profile": 2, "favourites_of": 2, "api_person": 2, "find": 2, "api_people": 1}


def every_route(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield the path and the pattern of every address."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(one.pattern)
        if path.startswith(tuple(SKIPPED)):
            continue
        if isinstance(one, URLResolver):
            yield from every_route(one.url_patterns, path)
        else:
            yield path, one


@dataclass(frozen=True)
class Step:
    """One address, as it is asked."""

    name: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    sent: tuple[tuple[str, str], ...] = ()

    @property
    def whole(self) -> str:
        asked = "&".join(f"{key}={quote(value)}" for key, value in self.query)
        return f"{self.path}?{asked}" if asked else self.path


class Unplaced(Exception):
    """A route has parameters, and nothing says with what of the child's to ask it."""


@dataclass
class Walk:
    """Who asks, and what they got."""

    kid: Kid
    clients: dict[str, Client] = field(default_factory=dict)
    forged: str = ""

    def __post_init__(self) -> None:
        self.telltales = self.kid.telltales()
        self.shared = {name: self.kid.shared_with(name) for name in self.kid.ties}
        place = self.kid.place
        address, place.guardian_email = place.guardian_email, "else@mail.example"
        self.forged = parent_links.token_of(place)
        place.guardian_email = address
        self.clients = {role: self._client(role) for role in (*INSIDE, *OUTSIDE)}

    def user(self, role: str) -> Any:
        role = APPS.get(role, role)
        if role in {"anonymous", "bot"}:
            return None
        if role == "child":
            return self.kid.user
        if role in BESIDE:
            return getattr(self.kid, role)
        return self.kid.cast[role]

    def viewer(self, role: str) -> Viewer:
        if role == "bot":
            return Viewer(links=frozenset(one.pk for one in self.kid.links))
        if self.user(role) is None:
            return Viewer()
        return Viewer(self.user(role).pk, app=apps.OUTSIDE if role in APPS else None)

    def _client(self, role: str) -> Client:
        if role in APPS:
            return app_of(self.user(role))
        client = Client(headers=OWN_PAGE)
        if role == "bot":
            client = Client(
                headers={**OWN_PAGE, "User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}
            )
            session = client.session  # it opened the links, as if they had once been in force
            session["share_links"] = [one.pk for one in self.kid.links]
            session.save()
        elif role != "anonymous":
            client.force_login(self.user(role), backend=BACKEND)
            just_signed_in(client)
        return client

    def steps(self, role: str) -> Iterator[Step]:
        """Yield every address there is, as this role asks it."""
        for path, pattern in every_route():
            name = pattern.name or ""
            if not _asks(role, name, path):
                continue
            for one in self._paths(path, pattern, role):
                yield Step(name or path, one)
                if name in QUERIES and not _about_another(name, one, self.user, role):
                    some = None if role in EVERYTHING else LIMITS.get(name, 3)
                    for query in QUERIES[name](self)[:some]:
                        yield Step(name, one, query=tuple(query.items()))
                if name in SENT and role in EVERYTHING:
                    yield Step(name, one, sent=tuple(SENT[name](self).items()))

    def _paths(self, path: str, pattern: URLPattern, role: str) -> Iterator[str]:
        if not _has_parameters(path):
            yield f"/{path}"
            return
        make = ARGUMENTS.get(pattern.name or "", ARGUMENTS.get(path))
        if make is None:
            raise Unplaced(path)
        some = None if role in EVERYTHING else LIMITS.get(pattern.name or "", 3)
        for args in make(self, role)[:some]:
            if pattern.name in NAMED_TWICE or not pattern.name:
                yield "/" + _filled(path, args)
            else:
                yield reverse(pattern.name, args=args)

    def answer(self, role: str, step: Step) -> tuple[int, str]:
        """Ask, and return the status and all that came back, without what the asker said."""
        client = self.clients[role]
        cookies = copy(client.cookies)
        with Undone():
            if step.sent:
                response = client.post(step.path, dict(step.sent))
            else:
                response = client.get(step.path, dict(step.query))
                if response.status_code == 405:
                    response = client.post(step.path)
            data = b"".join(response) if response.streaming else response.content
        client.cookies = cookies
        heads = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
        text = "\n".join([heads, *(inside for pair in contents("", data) for inside in pair)])
        return response.status_code, _without_echo(text, step)

    def told(self, role: str, step: Step) -> set[str]:
        """Return the texts of the child's that an answer holds."""
        status, text = self.answer(role, step)
        assert status < 500, f"{status} {role} {step}"
        assert status != 429, f"{role} {step} was not answered"
        lowered = text.lower()
        mine = self.shared.get(getattr(self.user(role), "username", ""), set())
        return {one for one in self.telltales - mine if one.lower() in lowered}

    def go(self, role: str) -> dict[str, set[str]]:
        """Ask for everything; return by route what was told."""
        found: dict[str, set[str]] = {}
        come_in(self.kid.session, self.kid.user)  # who is silent for long is taken for gone
        for number, step in enumerate(self.steps(role)):
            if number % 20 == 0:
                cache.clear()  # limits are another story
            told = self.told(role, step)
            if told:
                found.setdefault(step.name, set()).update(told)
        return found


def _asks(role: str, name: str, path: str) -> bool:
    """Say whether a role asks for an address."""
    if role in APPS:
        return path.startswith("api/") and not path.startswith("api/auth/")
    if role == "anonymous":
        return True
    if role == "friend":
        others = name in EXEMPT and name not in {"shared", "seen_who", "held_kind", "oembed"}
        return not others and not path.startswith(("account/", "api/auth/"))
    return name in READ


NAMED_TWICE = {"socialaccount_signup", "account_signup"}


def _about_another(name: str, path: str, user: Any, role: str) -> bool:
    """Say whether a profile is another's than the role's: one poses on one's own alone."""
    mine = user(role)
    return name == "profile" and (mine is None or f"/@{mine.username}/" != path)


def _has_parameters(path: str) -> bool:
    return "<" in path


def _filled(path: str, args: list[Any]) -> str:
    for one in args:
        before, _, rest = path.partition("<")
        path = before + str(one) + rest.partition(">")[2]
    return path


def _without_echo(text: str, step: Step) -> str:
    """Take out what the asker said: a page may say "not found" of an address, and its search.

    Who has to sign in for an action is led back to its page, whose address is the one above.
    """
    above = step.path.rstrip("/").rpartition("/")[0] + "/"
    said = [
        step.path,
        step.whole,
        f"next={above}",
        *(f'value="{value}"' for _key, value in step.query),
    ]
    said += [f'value="{value}"' for _key, value in step.sent]
    said += [f"{key}={quote(value)}" for key, value in step.query]
    said += [quote(value, safe="") for _key, value in step.query]
    for one in sorted(said, key=len, reverse=True):
        if len(one) > 1:
            for shape in (quote(one, safe=""), quote(one), escape(one), one):
                text = text.replace(shape, "")
    return text
