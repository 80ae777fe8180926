"""What the site tells people: in the product, and by mail."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Upper

from foundation.ids import PublicIdField
from foundation.work import Work, work_index


class Notice(Work):
    """One thing told to one person. Its `work` is the mail; without mail it is done at once.

    `about` names the row it tells of ("app.model:public_id"), so that the gate can be asked again
    before the mail goes and before the notice is shown. `address` is for people without account;
    such a row is deleted once its mail has gone.
    """

    public_id = PublicIdField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="notices"
    )
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    url = models.CharField(max_length=500, blank=True)
    about = models.CharField(max_length=120, blank=True)
    address = models.EmailField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            work_index("notice_due"),
            models.Index(fields=["user", "-created_at", "-id"], name="notice_newest"),
            models.Index(
                fields=["user"], condition=models.Q(seen_at__isnull=True), name="notice_unseen"
            ),
            models.Index(fields=["created_at"], name="notice_age"),
            models.Index(Upper("address"), name="notice_address", condition=~models.Q(address="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=False) ^ ~models.Q(address=""),
                name="notice_has_one_recipient",
            )
        ]
