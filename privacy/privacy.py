"""What the machinery itself holds about people; each room declares its own."""

from privacy import datamap as dm
from privacy.backups import declarations as backups
from privacy.consent import declarations as consent
from privacy.datamap import declarations as datamap_declarations
from privacy.erasure import declarations as erasure
from privacy.notices import declarations as notices
from privacy.policy import declarations as policy
from privacy.portability import declarations as portability
from privacy.sharing import declarations as sharing
from privacy.staff_access import declarations as staff_access
from privacy.subject_requests import declarations as subject_requests
from privacy.telemetry import declarations as telemetry

dm.serves("privacy", "rights")

__all__ = [
    "backups",
    "consent",
    "datamap_declarations",
    "erasure",
    "notices",
    "policy",
    "portability",
    "sharing",
    "staff_access",
    "subject_requests",
    "telemetry",
]
