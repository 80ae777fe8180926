"""A person's copy: what it holds, how it is made, and how it ends.

`sections` says what goes in, `parts` writes rows piece by piece, `archive` puts the zip together,
`job` carries it through kills, `schema` publishes the format. See docs/export.md.
"""

from privacy.export.job import (
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
from privacy.export.schema import FORMAT
from privacy.export.sections import also

__all__ = [
    "FORMAT",
    "also",
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
