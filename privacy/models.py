"""The rows behind the machinery, one module for each subject."""

from privacy.backups.models import Backup, Restore
from privacy.consent.models import ConsentRecord
from privacy.datamap.models import RetentionRun
from privacy.erasure.models import (
    DeletionOrder,
    Erasure,
    ErasureEvent,
    LeaveLink,
    LegalHold,
    Receipt,
)
from privacy.gate.models import Tombstone
from privacy.notices.models import (
    Newsletter,
    NewsReader,
    NewsSending,
    Notice,
    NoticeChoice,
    NoticeFanOut,
)
from privacy.policy.models import PolicyNotice, PolicyNoticeRun, PolicyRelease, TermsAgreement
from privacy.portability.models import Export
from privacy.sharing.models import ShareLink
from privacy.staff_access.models import AccessLogEntry, Disclosure, LegalDisclosure
from privacy.subject_requests.models import Request, RequestStep
from privacy.telemetry.models import CrashReport, UsageCount, UsageEvent

__all__ = [
    "AccessLogEntry",
    "Backup",
    "ConsentRecord",
    "CrashReport",
    "DeletionOrder",
    "Disclosure",
    "Erasure",
    "ErasureEvent",
    "Export",
    "LeaveLink",
    "LegalDisclosure",
    "LegalHold",
    "NewsReader",
    "NewsSending",
    "Newsletter",
    "Notice",
    "NoticeChoice",
    "NoticeFanOut",
    "PolicyNotice",
    "PolicyNoticeRun",
    "PolicyRelease",
    "Receipt",
    "Request",
    "RequestStep",
    "Restore",
    "RetentionRun",
    "ShareLink",
    "TermsAgreement",
    "Tombstone",
    "UsageCount",
    "UsageEvent",
]
