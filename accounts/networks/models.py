"""Networks that people sign in with: our side of a connection, and what was kept from it."""

from django.db import models
from django.utils import timezone

from accounts.identity.models import User
from foundation.ids import PublicIdField


class Connection(models.Model):
    """One account at a network that somebody may sign in with; allauth's row holds its id there."""

    public_id = PublicIdField()
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="connections")
    account = models.OneToOneField(
        "socialaccount.SocialAccount", on_delete=models.CASCADE, related_name="connection"
    )
    grant = models.BinaryField(
        null=True, help_text="encrypted: the network's permission, kept to give it back"
    )

    def __str__(self) -> str:
        return str(self.public_id)


class NetworkFact(models.Model):
    """One thing that a network told and that the person ticked to keep.

    Either here (`value`), or in the profile, whose field `place` then names.
    """

    public_id = PublicIdField()
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="network_facts")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="facts")
    name = models.CharField(max_length=70)
    value = models.TextField(blank=True)
    place = models.CharField(max_length=20, blank=True)
    kept_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "name"], name="fact_once")]

    def __str__(self) -> str:
        return str(self.public_id)
