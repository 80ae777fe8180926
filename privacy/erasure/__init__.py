"""Leaving: hide at once, wait out the grace period, purge step by step, prove it.

The stages and the ways between them stand in `states`. The purge's plan comes from the data map
(`steps`): one step for each model that names data subjects, files before rows, the account last.
Each step works in batches and can be repeated at any point, so a killed worker continues where it
was; `Erasure.steps` counts what is done.
"""

from privacy.erasure.hooks import (
    end_queued_work,
    hook,
    if_they_stay,
    nothing,
    queued_work_ends,
)
from privacy.erasure.leaving import (
    HARD_LIMIT_DAYS,
    TooLate,
    cancel,
    grace,
    open_erasure,
    request,
    settle,
    unsettled,
)
from privacy.erasure.plans import PlanLine, Retained, plan, retained, stages
from privacy.erasure.purging import (
    backups_expired,
    confirm_backups_with,
    expire_backups,
    run,
)
from privacy.erasure.steps import BATCH, declared, delete_files, store_step
from privacy.erasure.undo import recall, remember

__all__ = [
    "BATCH",
    "HARD_LIMIT_DAYS",
    "PlanLine",
    "Retained",
    "TooLate",
    "backups_expired",
    "cancel",
    "confirm_backups_with",
    "declared",
    "delete_files",
    "end_queued_work",
    "expire_backups",
    "grace",
    "hook",
    "if_they_stay",
    "nothing",
    "open_erasure",
    "plan",
    "queued_work_ends",
    "recall",
    "remember",
    "request",
    "retained",
    "run",
    "settle",
    "stages",
    "store_step",
    "unsettled",
]
