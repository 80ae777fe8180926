"""Usernames that people gave up, and addresses they took away."""

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.tombstones import is_buried


class FormerName(models.Model):
    """A username that its person gave up: kept from others, so that nobody poses as them."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="former_names"
    )
    name = models.CharField(max_length=30)
    made_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="former_name_once")]


class FormerAddress(models.Model):
    """An address that its person took away, encrypted: what was written under it is theirs too.

    Read when they are erased, and for nothing else.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="former_addresses"
    )
    sealed = models.BinaryField(help_text="the address, encrypted")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name, verbose_name_plural = _("former address"), _("former addresses")


def is_reserved(name: str) -> bool:
    """Return whether nobody may take a name: somebody left with it, or gave it up.

    One that was given up before its owner left stands under a heading of its own: its page was not
    there any more, and doesn't begin to answer that it is gone.
    """
    return (
        is_buried(apps.get_model("accounts", "User"), name)
        or is_buried(FormerName, name)
        or FormerName.objects.filter(name__iexact=name).exists()
    )
