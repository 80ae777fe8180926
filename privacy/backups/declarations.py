"""Backups: what they hold about people."""

from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from privacy import datamap as dm
from privacy import erasure, notices
from privacy.backups import catalogue
from privacy.backups.models import Backup, Restore

dm.reads("privacy.backups.cleaning", Session, "a restore ends the sign-ins that a backup remembers")
dm.reads("privacy.backups.cleaning", LogEntry, "who decided that a restore leaves traces")


notices.kind("operations")
erasure.confirm_backups_with(catalogue.holds_none)

dm.not_personal(Backup, "Backups", "tells when one was made, and nothing of what is in it")
dm.not_personal(Restore, "Restores", "counts people and names places, and tells of nobody")
dm.store(
    "backups",
    label="Encrypted backups",
    categories=["user.content", "user.contact.email", "user.biometric.voice"],
    purposes=["operations"],
    retention=dm.Fades("BACKUP_LIFE_DAYS", _("it was made"), _("the expiry of backups")),
    erased_how="deleted whole when its time is over; who was erased is erased again on a restore",
)
