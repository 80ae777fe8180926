"""A child is offered nothing that it can't have: each link, button and option of its pages works.

The walk starts at home and goes wherever a link leads. What it may press is pressed, every option
of every form is sent, and nothing may come back refused.
"""

import re
from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.db import transaction
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from accounts.models import User
from schools.middleware import is_open
from sessions_app.models import JamSession, Participant, Recording
from sessions_app.services import rsvps, sessions
from tests.cast import Cast, recorded
from tests.planned import planned

# Ends the walk's own sign-in, or asks for what a walk doesn't know.
NOT_PRESSED = {
    "account_logout", "account_change_password", "account_reauthenticate",
    "conversations", "requests", "public_requests",  # want a name, or words that fit the kind
}  # fmt: skip
WORDS = {"text": "A little tune", "search": "tune", "email": "someone@mail.example", "url": "",
         "date": (timezone.localdate() + timedelta(days=1)).isoformat(),
         "time": "20:00"}  # fmt: skip
MOST = 4  # options of one select: of a long list that is the same for everybody a few will do


class Page(HTMLParser):
    """The links of a page, and its forms with what they would send."""

    def __init__(self, path: str, html: str) -> None:
        super().__init__()
        self.path = path
        self.links: set[str] = set()
        self.forms: list[dict[str, Any]] = []
        self._form: dict[str, Any] | None = None
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        about = {name: value or "" for name, value in pairs}
        for name in ("href", "hx-get") if tag != "link" else ():
            if about.get(name, "").startswith(("/", "?")):
                self.links.add(self._whole(about[name]))
        if tag == "form":
            self._form = {
                "action": self._whole(about.get("action") or self.path),
                "method": about.get("method", "get"), "values": {}, "options": [], "unknown": False,
            }  # fmt: skip
            self.forms.append(self._form)
        if about.get("formaction"):
            self.forms.append({"action": self._whole(about["formaction"]), "method": "post",
                               "values": {}, "options": [], "unknown": True})  # fmt: skip
        if self._form is not None:
            self._control(tag, about)

    def _whole(self, address: str) -> str:
        return urlsplit(self.path).path + address if address.startswith("?") else address

    def _control(self, tag: str, about: dict[str, str]) -> None:
        form, name, kind = self._form, about.get("name", ""), about.get("type", "text")
        assert form is not None
        if tag == "option" and self._select:
            self._option(form, about)
        elif tag == "select":
            self._select = name
        elif tag in {"input", "button"} and kind in {"file", "password"}:
            form["unknown"] = True
        elif name and tag == "button":
            form["options"].append((name, about.get("value", "")))
            form["values"].setdefault(name, about.get("value", ""))  # as the key Enter presses it
        elif name and tag == "textarea":
            form["values"][name] = "A few words about a tune."
        elif name and tag == "input":
            self._input(form, name, kind, about)

    def _option(self, form: dict[str, Any], about: dict[str, str]) -> None:
        if sum(name == self._select for name, _value in form["options"]) < MOST:
            form["options"].append((self._select, about.get("value", "")))
        if "selected" in about:
            form["values"][self._select] = about["value"]

    def _input(self, form: dict[str, Any], name: str, kind: str, about: dict[str, str]) -> None:
        if kind not in {"radio", "checkbox"}:
            form["values"][name] = about.get("value", "") or WORDS.get(kind, "")
            return
        form["options"].append((name, about.get("value", "on")))
        if "checked" in about:
            form["values"][name] = about.get("value", "on")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""


def route(address: str) -> str | None:
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return None


def refusal(client: Any, form: dict[str, Any], values: dict[str, str]) -> str:
    """Send a form and undo what it did; return what was refused, or nothing."""
    mark = transaction.savepoint()
    cache.clear()  # what is counted is not taken back with the rows
    send = client.post if form["method"].lower() == "post" else client.get
    try:
        answer = send(form["action"], values)
        told = [one for one in get_messages(answer.wsgi_request) if one.level_tag == "error"]
        words = " ".join(map(str, told))
        if answer.status_code >= 400 or told:
            return f"{answer.status_code} {words}"
        return ""
    finally:
        transaction.savepoint_rollback(mark)


@pytest.fixture
def busy_child(cast: Cast) -> Cast:
    """A child with a session, a take and words; around it what its class made."""
    child, classmate, teacher = cast["child"], cast["classmate"], cast["teacher"]
    User.objects.filter(pk=child.pk).update(time_zone="Europe/Berlin")
    mine, theirs = (planned(one, audience="members", approval=True) for one in (child, teacher))
    rsvps.answer(mine, classmate, "going")
    rsvps.answer(theirs, child, "maybe")
    own = sessions.open_session(child, title="Finch's room", about="", audience="members")
    sessions.join(own, classmate)
    lesson = sessions.open_session(teacher, title="A lesson", about="", audience="members")
    Participant.objects.create(session=lesson, user=child)
    sessions.open_session(classmate, title="Practice", about="", audience="members")
    recorded(child, [child, classmate], audience="participants", session=own)
    return cast


class Tour:
    """A child opens each link, and sends each form with each of its options."""

    def __init__(self, client: Any, child: Any) -> None:
        self.client, self.child = client, child
        self.seen = {"/"}
        self.routes: set[str] = set()
        self.sent: set[tuple[Any, ...]] = set()
        self.refused: list[str] = []

    def go(self) -> None:
        todo = deque([("/", "")])
        while todo:
            address, source = todo.popleft()
            page = self.opened(address, source)
            if page is None:
                continue
            todo.extend((link, address) for link in self.new_links(page))
            for form in page.forms:
                self.press(address, form)

    def opened(self, address: str, source: str) -> Page | None:
        """Follow a link; return the page it led to, if it is one."""
        answer = self.client.get(address, follow=True)
        if answer.status_code != 200:
            self.refused.append(f"{source}: a link to {address}: {answer.status_code}")
            return None
        self.routes.add(route(address) or "")
        if "text/html" not in answer.get("Content-Type", "") or "/api/" in address:
            return None
        return Page(answer.request["PATH_INFO"], answer.content.decode())

    def new_links(self, page: Page) -> Iterator[str]:
        for link in sorted(page.links):
            plain = link.partition("#")[0]
            shape = re.sub(r"after=[^&]+", "", plain)
            # allauth's own hint below a password leads to the reset, which a child hasn't.
            skipped = {None, "account_logout", "account_reset_password"}
            if route(plain) not in skipped and shape not in self.seen:
                self.seen.add(shape)
                yield plain

    def press(self, address: str, form: dict[str, Any]) -> None:
        """Send a form with each of its options, once each."""
        name = route(form["action"])
        if name in NOT_PRESSED:
            return
        if not is_open(self.child, name):
            self.refused.append(f"{address}: a form to {name}")
        elif not form["unknown"]:
            for option in form["options"] or [None]:
                self.send(f"{address}: {name} {option}", form, option)

    def send(self, what: str, form: dict[str, Any], option: tuple[str, str] | None) -> None:
        key = (form["action"], option)
        if key in self.sent:
            return
        self.sent.add(key)
        fault = refusal(self.client, form, form["values"] | (dict([option]) if option else {}))
        if fault:
            self.refused.append(f"{what}: {fault}")


@pytest.mark.clause("children-seen")
@pytest.mark.promise("JK-24")
def test_each_thing_a_child_is_offered_works(busy_child: Cast) -> None:
    tour = Tour(busy_child.client("child"), busy_child["child"])
    tour.go()
    refused, sent = tour.refused, tour.sent
    assert refused == [], "\n".join(refused)
    assert {
        "home",
        "jams",
        "jam",
        "create_jam",
        "recordings",
        "recording",
        "profile",
        "settings",
    } <= tour.routes
    assert len(sent) > 20
    assert {value for action, (name, value) in (one for one in sent if one[1]) if name == "audience"
            and action == reverse("create_jam")} == {"members", "participants"}  # fmt: skip


def test_who_doesnt_fit_is_told_why(busy_child: Cast) -> None:
    """Not "every seat is taken": an invitation to a room where a child may not be, and back."""
    grown_up = sessions.open_session(
        busy_child["owner"], title="Late", about="", audience="members"
    )
    link = reverse(
        "invite", args=[sessions.token_of(sessions.invite(grown_up, busy_child["owner"]))]
    )
    answer = busy_child.client("child").post(link)
    if answer.status_code != 404:  # a host whom a child can't meet is hidden with the link
        assert [str(one) for one in get_messages(answer.wsgi_request)] == [
            "You play with your own class here. Somebody in this session is not of it."
        ]
    own = JamSession.objects.get(title="Finch's room")
    with pytest.raises(sessions.Apart, match="a class's: only its children"):
        sessions.join(own, busy_child["stranger"])
    sessions.close(own)
    with pytest.raises(sessions.Closed, match="is closed"):
        sessions.join(own, busy_child["teacher"])


def test_a_child_can_neither_choose_nor_send_an_audience_that_isnt_its(busy_child: Cast) -> None:
    client = busy_child.client("child")
    own = JamSession.objects.get(title="Finch's room")
    take = Recording.objects.get(session=own)
    for audience in ("public", "link", "followers", "band", "fans"):
        assert client.post(reverse("create_jam"), {"audience": audience}).status_code == 422
        client.post(reverse("jam_audience", args=[own.public_id]), {"audience": audience})
        client.post(reverse("recording_audience", args=[take.public_id]), {"audience": audience})
        own.refresh_from_db()
        take.refresh_from_db()
        assert (own.audience, take.audience) == ("members", "participants"), audience
