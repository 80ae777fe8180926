"""Notices: kinds, preferences, delivery; and the newsletter, in `privacy.notices.newsletter`."""

from privacy.notices.delivery import (
    cancel_queued,
    delete_with,
    marks,
    name_of,
    purge,
    reach,
    reach_with,
    remove,
    run,
    see_all,
    shown,
    tell,
    tell_many,
    wake,
    write,
)
from privacy.notices.fan_out import tell_all
from privacy.notices.kinds import Kind, kind, kinds
from privacy.notices.preferences import choices_of, choose, wishes

__all__ = [
    "Kind",
    "cancel_queued",
    "choices_of",
    "choose",
    "delete_with",
    "kind",
    "kinds",
    "marks",
    "name_of",
    "purge",
    "reach",
    "reach_with",
    "remove",
    "run",
    "see_all",
    "shown",
    "tell",
    "tell_all",
    "tell_many",
    "wake",
    "wishes",
    "write",
]
