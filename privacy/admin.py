"""Staff pages of the machinery; each room has its own."""

from privacy.backups import admin as backups
from privacy.consent import admin as consent
from privacy.datamap import admin as datamap
from privacy.erasure import admin as erasure
from privacy.notices import admin as notices
from privacy.policy import admin as policy
from privacy.portability import admin as portability
from privacy.sharing import admin as sharing
from privacy.staff_access import admin as staff_access
from privacy.subject_requests import admin as subject_requests
from privacy.telemetry import admin as telemetry

__all__ = [
    "backups",
    "consent",
    "datamap",
    "erasure",
    "notices",
    "policy",
    "portability",
    "sharing",
    "staff_access",
    "subject_requests",
    "telemetry",
]
