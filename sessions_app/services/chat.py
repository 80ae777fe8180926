"""What is said and shared in a room's chat: lines, some with a file, written and taken back."""

from collections.abc import Iterable
from functools import partial
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import limits
from foundation.ids import new_public_id
from foundation.live import tell
from foundation.problems import TooLarge, Unprocessable
from sessions_app.models import ChatLine, JamSession
from sessions_app.services import storage, writers
from sessions_app.shared_files.cleaning import Cleaned, NotShareable, clean

FOLDER = "chat-files"


@transaction.atomic
def say(session: JamSession, author: User, *, text: str, ref: str) -> tuple[ChatLine, bool]:
    """Store a chat line once, whatever the number of times it arrives; say whether it is new.

    Raises TooMany; one that is here already counts too, as the room is told of it again. Raises
    Refused for who may not write here.
    """
    held = writers.hold(session, author)
    limits.CHAT_LINES.spend(author.pk)
    here = _said(author, ref)
    if here is not None:
        return here, False
    return _store(held, author, ref, text=text)


def share(
    session: JamSession, author: User, *, upload: IO[bytes], name: str, text: str, ref: str
) -> tuple[ChatLine, bool]:
    """Store a file with a chat line, once whatever the number of times it arrives.

    `name`: what the file is called; `text`: words with it, or none. Return the line and whether it
    is new. Raises what `say` raises; Unprocessable for what can't be shared; TooLarge without
    storage left.

    Cleaning a file takes seconds, in which nobody waits for the session's row: whether its author
    may still write is asked again before it is stored.
    """
    writers.may_write(JamSession.objects.filter(pk=session.pk).first(), author)
    limits.CHAT_LINES.spend(author.pk)
    here = _said(author, ref)
    if here is not None:
        return here, False
    limits.CHAT_FILES.spend(author.pk)
    try:
        cleaned = clean(upload, name)
    except NotShareable as reason:
        raise Unprocessable(str(reason)) from None
    with transaction.atomic():
        return _keep(writers.hold(session, author), author, ref, text, cleaned)


def _keep(
    held: JamSession, author: User, ref: str, text: str, cleaned: Cleaned
) -> tuple[ChatLine, bool]:
    """Store a clean file with its line, where nobody did meanwhile. Raises TooLarge."""
    use = storage.use_of(author.pk)
    if use.used + len(cleaned.data) > use.limit:
        raise TooLarge(
            _("Your storage is full. Make room under Settings, Storage, and share it again."),
            used=use.used, limit=use.limit,
        )  # fmt: skip
    public_id = new_public_id()
    content = ContentFile(cleaned.data)
    stored = default_storage.save(f"{FOLDER}/{public_id}.{cleaned.ending}", content)
    about = {"public_id": public_id, "file": stored, **told(cleaned)}
    new = False
    try:
        line, new = _store(held, author, ref, text=text, **about)
    finally:
        if not new:
            default_storage.delete(stored)
    return line, new


def told(cleaned: Cleaned) -> dict[str, Any]:
    """Return what a line tells of its file, as columns."""
    return {"file_name": cleaned.name, "file_size": len(cleaned.data)}


def _said(author: User, ref: str) -> ChatLine | None:
    return ChatLine.objects.filter(author=author, ref=ref).first()


def _store(
    held: JamSession, author: User, ref: str, *, text: str, **about: Any
) -> tuple[ChatLine, bool]:
    values = {"session": held, "text": text.strip(), **about}
    return ChatLine.objects.get_or_create(author=author, ref=ref, defaults=values)


def announce(line: ChatLine) -> None:
    """Tell the room of a line that came by another door than its socket."""
    about = {"by": line.author_id, "line": line.pk}
    transaction.on_commit(partial(tell, f"jam.{line.session_id}", type="room.shared", **about))


@transaction.atomic
def take_back(user: User, line: ChatLine) -> None:
    """Delete one's own line of a room's chat, with its file, for everybody. Idempotent."""
    delete_lines(ChatLine.objects.filter(pk=line.pk, author=user))
    about = {"line": line.public_id, "by": user.pk}
    transaction.on_commit(partial(tell, f"jam.{line.session_id}", type="room.unsaid", **about))


def delete_lines(lines: QuerySet[ChatLine]) -> None:
    """Delete lines, and their files once no row names them any more (or tidying does)."""
    names = list(lines.exclude(file="").values_list("file", flat=True))
    lines.delete()
    transaction.on_commit(partial(_delete_files, names))


def _delete_files(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)
