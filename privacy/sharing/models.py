"""Share links: secrets that open one thing to whoever holds them."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from foundation.ids import LENGTH, PublicIdField


class ShareLink(models.Model):
    """A link that opens one item. Its secret is a signature, stored nowhere."""

    public_id = PublicIdField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="share_links"
    )
    item_model = models.CharField(max_length=60, help_text="label of the item's model")
    item_id = models.CharField(max_length=LENGTH, help_text="public id of the item")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    used = models.PositiveIntegerField(default=0, help_text="browsers that opened it")

    class Meta:
        indexes = [
            models.Index(fields=["item_model", "item_id"], name="share_link_of"),
            models.Index(fields=["expires_at"], name="share_link_over"),
            models.Index(fields=["made_by", "-created_at", "-id"], name="share_link_newest"),
        ]
