"""What each part of the machinery is for, and so what it may read."""

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session

from privacy import datamap as dm
from privacy.models import Notice

dm.serves("privacy", "rights")
dm.serves("privacy.links", "publishing")
dm.serves("privacy.views.links", "publishing")
dm.serves("privacy.tombstones", "safety")
dm.serves("privacy.notices", "account", "rights", "safety")
dm.serves("privacy.usage", "analytics")
dm.serves("privacy.news", "news")

dm.reads("privacy.news", Notice, "writes its letters into the outbox, and stops those on their way")
dm.reads("privacy.announcing", EmailAddress, "a new policy is told to confirmed addresses")
dm.reads("privacy.backups.cleaning", Session, "a restore ends the sign-ins that a backup remembers")
dm.reads("privacy.backups.cleaning", LogEntry, "who decided that a restore leaves traces")
