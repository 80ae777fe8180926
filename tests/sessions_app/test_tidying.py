"""What time takes care of: takes that never came, files nobody names, sign-ins that are over."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from privacy.tasks import expire
from sessions_app.models import Stem, StemChunk
from sessions_app.services import tidying
from tests.cast import PASSWORD, Cast


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def age(folder: Path) -> None:
    """Make every file two hours old."""
    past = time.time() - 7200
    for name in files(folder):
        os.utime(folder / name, (past, past))


def test_files_that_no_row_names_go_and_all_others_stay(cast: Cast, media_folder: Path) -> None:
    named = files(media_folder)
    withdrawn = Stem.objects.filter(player=cast["former"]).values_list("file", flat=True)
    for name in ("mixes/nobody.flac", "stems/nobody.flac", "chunks/nobody/00000-x"):
        default_storage.save(name, ContentFile(b"left behind"))
    assert tidying.delete_orphans() == []  # too young: a job may name them in a moment
    age(media_folder)
    tidying.delete_orphans()
    assert files(media_folder) == named - set(withdrawn)
    assert tidying.delete_orphans() == []


@pytest.mark.clause("takes-survive")
def test_a_take_that_never_came_is_given_up_after_a_week(cast: Cast) -> None:
    stem = Stem.objects.filter(player=cast["owner"]).first()
    assert stem is not None
    Stem.objects.filter(pk=stem.pk).update(state=Stem.State.CAPTURING)
    name = default_storage.save(f"chunks/{stem.public_id}/00000-x", ContentFile(b"mark-chunk"))
    StemChunk.objects.create(stem=stem, number=0, sha256="0" * 64, size=10, file=name)
    Stem.objects.filter(pk=stem.pk).update(created_at=timezone.now() - timedelta(days=6))
    assert tidying.end_stale_takes() == 0
    assert default_storage.exists(name)
    Stem.objects.filter(pk=stem.pk).update(created_at=timezone.now() - timedelta(days=8))
    assert tidying.end_stale_takes() == 1
    assert not default_storage.exists(name)
    assert not StemChunk.objects.filter(stem=stem).exists()
    stem.refresh_from_db()
    assert stem.state == Stem.State.FAILED


def test_a_sign_in_that_is_over_is_forgotten(cast: Cast) -> None:
    for role in ("owner", "stranger"):
        client = cast.client("anonymous")
        client.post("/account/login/", {"login": role, "password": PASSWORD})
    assert UserSession.objects.count() == 2
    ended = UserSession.objects.get(user=cast["owner"])
    Session.objects.filter(session_key=ended.session_key).update(
        expire_date=timezone.now() - timedelta(minutes=1)
    )
    expire()
    assert [one.user for one in UserSession.objects.all()] == [cast["stranger"]]
    assert Session.objects.count() == 1
