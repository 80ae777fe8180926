"""The rows behind the machinery, one module for each subject."""

from privacy.models.backups import Backup, Restore
from privacy.models.consent import ConsentRecord
from privacy.models.disclosures import Disclosure, LegalDisclosure
from privacy.models.erasing import (
    DeletionOrder,
    Erasure,
    ErasureEvent,
    LeaveLink,
    LegalHold,
    Receipt,
    Tombstone,
)
from privacy.models.links import ShareLink
from privacy.models.looks import Look
from privacy.models.news import Newsletter, NewsReader, NewsSending
from privacy.models.notices import Notice, NoticeChoice
from privacy.models.policy import PolicyNotice, PolicyNoticeRun, PolicyRelease, TermsAgreement
from privacy.models.requests import Request, RequestStep
from privacy.models.retention import RetentionRun
from privacy.models.rights import Export
from privacy.models.usage import CrashReport, UsageCount, UsageEvent

__all__ = [
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
    "Look",
    "NewsReader",
    "NewsSending",
    "Newsletter",
    "Notice",
    "NoticeChoice",
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
