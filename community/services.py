"""Writers of favourites."""

from accounts.models import Profile, User
from community.models import Favourite
from sessions_app.models import Recording


def keep(user: User, recording: Recording) -> None:
    """Keep a recording. Idempotent."""
    Favourite.objects.get_or_create(user=user, recording=recording)


def drop(user: User, recording: Recording) -> None:
    """Stop keeping it. Idempotent."""
    Favourite.objects.filter(user=user, recording=recording).delete()


def drop_row(user: User, favourite: Favourite) -> None:
    """Delete one of one's own favourites, also of a recording one can't see any more."""
    Favourite.objects.filter(pk=favourite.pk, user=user).delete()


def show_favourites_to(user: User, audience: str) -> None:
    """Choose who may see one's list of favourites."""
    Profile.objects.filter(user=user).update(favourites_audience=audience)
