"""Telling people things, in the product and by mail: a row first, the mail by a job.

A notice is written in the transaction that makes it true. When the mail is about to go, everything
is asked again: is the person still there, may they still see what the notice is about, does its
kind still want to go (`Kind.still`). At worst a killed worker sends the same letter twice; it
carries the same Message-ID, so that mail programs show it once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model, Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from foundation.work import failing_kindly, soon
from integrations.mail import Letter
from privacy import datamap, quiet
from privacy.access import visible
from privacy.models import Notice
from privacy.viewer import Via, Viewer


@dataclass(frozen=True)
class Kind:
    """One kind of notice.

    - `while_leaving`: goes also to who is leaving (their rights, their safety); others stay unsent.
    - `still`: asked when the mail is about to go; False drops the mail and keeps the notice.
    - `headers`: more headers of the mail, such as List-Unsubscribe.
    - `why`: last line of the mail, or what makes it: why they get it, and how to end it.
    - `whole`: title and text are subject and body as they are, with nothing around them.
    """

    key: str
    while_leaving: bool = False
    still: Callable[[Notice], bool] = lambda notice: True
    headers: Callable[[Notice], Mapping[str, str]] = lambda notice: {}
    why: str | Callable[[Notice], str] = ""
    whole: bool = False


_kinds: dict[str, Kind] = {}


def kind(key: str, **about: Any) -> Kind:
    """Declare a kind of notice; called from `<app>/privacy.py` or beside its service."""
    if key in _kinds:
        raise ValueError(f"notice kind {key} is declared twice")
    _kinds[key] = Kind(key, **about)
    return _kinds[key]


kind("account")
kind("entrance", whole=True)  # sign-up, sign-in, passwords: allauth's own letters
kind("rights", while_leaving=True)
kind("safety", while_leaving=True)
kind("desk", why="You get this because this address is the site's contact for requests.")


def tell(
    user: Any,
    kind: str,
    title: str,
    text: str,
    *,
    url: str = "",
    mail: bool = True,
    about: Model | None = None,
) -> Notice:
    """Write a notice to a person, shown at /notices/ and, with `mail`, sent to their address.

    `url` is a path of this site; `about` the row whose visibility the notice depends on.
    """
    return tell_many([user], kind, title, text, url=url, mail=mail, about=about)[0]


def tell_many(
    users: Iterable[Any],
    kind: str,
    title: str,
    text: str,
    *,
    url: str = "",
    mail: bool = True,
    about: Model | None = None,
) -> list[Notice]:
    """Write the same notice to many people with one INSERT."""
    made = [
        Notice(
            user=user,
            kind=_kinds[kind].key,
            title=title[:200],
            text=text,
            url=url,
            about=name_of(about) if about is not None else "",
            work=Notice.Progress.WAITING if mail else Notice.Progress.DONE,
        )
        for user in users
    ]
    Notice.objects.bulk_create(made)
    if mail and len(made) == 1:
        _soon(made[0])  # more than one: the sweeper takes them in turn
    return made


def write(address: str, kind: str, subject: str, text: str) -> Notice:
    """Send a letter to an address that needs no account; its row goes when the letter has gone."""
    made = Notice.objects.create(
        address=address, kind=_kinds[kind].key, title=subject[:200], text=text
    )
    _soon(made)
    return made


def name_of(about: Model) -> str:
    return f"{about._meta.label_lower}:{about.public_id}"  # type: ignore[attr-defined]


def _soon(notice: Notice) -> None:
    from privacy.tasks import run_notice

    soon(run_notice, notice.pk)


def run(notice_id: int) -> None:
    """Send one notice's mail, if it still holds. Safe to repeat, and to kill at any line."""
    notice = Notice.claim(notice_id)
    if notice is None:
        return
    with failing_kindly(notice):
        if not _may_go(notice):
            notice.cancel()
            return
        _letter(notice).send()
        if notice.user_id is None:
            notice.delete()
        else:
            notice.finish()


def _may_go(notice: Notice) -> bool:
    about = _kinds.get(notice.kind)
    if about is None or not about.still(notice):
        return False
    if notice.user is None:
        return True
    user: Any = notice.user
    if user.is_present:
        return bool(not notice.about or shown([notice], user))
    return about.while_leaving and user.is_active


def shown(notices: Sequence[Notice], user: Any) -> list[Notice]:
    """Return the notices whose subject the person may see and hasn't muted: a query each model."""
    by_model: dict[str, set[str]] = {}
    for one in notices:
        if one.about:
            label, _, public_id = one.about.partition(":")
            by_model.setdefault(label, set()).add(public_id)
    viewer = Viewer.of(user, Via.JOB)
    seen = set()
    for label, ids in by_model.items():
        rows: Any = quiet.heard_owners(visible(apps.get_model(label), viewer), viewer)
        rows = rows.filter(public_id__in=ids)
        seen |= {f"{label}:{one}" for one in rows.values_list("public_id", flat=True)}
    return [one for one in notices if not one.about or one.about in seen]


def _letter(notice: Notice) -> Letter:
    about = _kinds[notice.kind]
    user: Any = notice.user
    to = user.email if user is not None else notice.address
    domain = settings.SITE_URL.split("//")[-1].split("/")[0].split(":")[0]
    headers = {"Message-ID": f"<{notice.public_id}@{domain}>", **about.headers(notice)}
    purpose = about.key if about.key in datamap.PURPOSES else "account"
    if about.whole:
        return Letter(notice.title, notice.text, to=[to], headers=headers, purpose=purpose)
    with override(settings.LANGUAGE_CODE):
        body = render_to_string(
            "email/notice.txt",
            {
                "title": notice.title,
                "text": notice.text,
                "link": f"{settings.SITE_URL}{notice.url}" if notice.url else "",
                "why_text": about.why(notice) if callable(about.why) else about.why,
                "SITE_NAME": settings.SITE_NAME,
                "SITE_URL": settings.SITE_URL,
            },
        )
    subject = f"[{settings.SITE_NAME}] {notice.title}"
    return Letter(subject, body, to=[to], headers=headers, purpose=purpose)


def purge(user: Any, batch: int) -> int:
    """Delete what a person was told, and letters on their way to their address."""
    theirs = Notice.objects.filter(Q(user=user) | Q(user=None, address__iexact=user.email))
    keys = list(theirs.order_by("pk").values_list("pk", flat=True)[:batch])
    return int(Notice.objects.filter(pk__in=keys).delete()[0])


def remove(user: Any, notice: Notice) -> None:
    """Delete one notice at its person's wish; mail that hasn't gone yet doesn't go."""
    Notice.objects.filter(pk=notice.pk, user=user).delete()


def see_all(user: Any) -> int:
    """Mark everything that a person was told as seen."""
    unseen = Notice.objects.filter(user=user, seen_at__isnull=True)
    return int(unseen.update(seen_at=timezone.now()))
