"""Favourites from somebody's copy: those of their own takes; others' aren't here."""

from typing import Any

from django.utils.translation import gettext as _

from community.models import Favourite
from privacy.portability.importing import Incoming, Result
from privacy.portability.importing.run import moment
from sessions_app.models import Recording


def bring_favourite(incoming: Incoming, row: dict[str, Any], result: Result) -> None:
    recording = incoming.find(Recording.objects.all(), row["recording"])
    if recording is None:
        result.skip(_("takes of others"))
        return
    _kept, new = Favourite.objects.get_or_create(
        user=incoming.user,
        recording=recording,
        defaults={"created_at": moment(row["created_at"])},
    )
    if new:
        result.made += 1
    else:
        result.there += 1
