"""A person's copy: what it holds, how it is made, and how it ends.

`sections` says what goes in, `parts` writes rows piece by piece, `archive` puts the zip together,
`job` carries it through kills, `schema` publishes the format. See docs/export.md.
"""

from privacy.portability.export.job import (
    cancel_queued,
    delete_ended,
    file_name,
    forget,
    kept,
    order,
    outdate,
    purge,
    remove,
    run,
)
from privacy.portability.export.schema import FORMAT
from privacy.portability.export.sections import also

__all__ = [
    "FORMAT",
    "also",
    "cancel_queued",
    "delete_ended",
    "file_name",
    "forget",
    "kept",
    "order",
    "outdate",
    "purge",
    "remove",
    "run",
]
