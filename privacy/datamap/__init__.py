"""The data map: what is held about people, why, how long, who sees it, how it ends.

Each app declares every field of its models in `<app>/privacy.py`, with `declare`, and every place
that is no table with `store`. What a person sees, the export, the erasure plan, the retention job,
the policy's tables and the record of processing come from here; `problems()` lists whatever is
undeclared. How to declare: docs/datamap.md.
"""

from privacy.datamap.categories import CATEGORIES
from privacy.datamap.checks import problems
from privacy.datamap.output import as_json, fingerprint
from privacy.datamap.registry import (
    choice,
    content,
    declare,
    erase_of,
    held,
    held_of,
    identifier,
    link,
    moment,
    not_personal,
    person_paths,
    resolve,
    store,
    stores,
    technical,
    value_after,
    work,
)
from privacy.datamap.retention import Event, Fades, For, Retention, Until
from privacy.datamap.vocabulary import (
    BASES,
    ENDS,
    PEOPLE,
    SEEN_BY,
    Basis,
    Datum,
    Erase,
    Held,
    Resolved,
    Store,
)
from privacy.datamap.why import (
    PURPOSES,
    Purpose,
    purpose,
    purposes,
    reads,
    serves,
)

__all__ = [
    "BASES",
    "CATEGORIES",
    "ENDS",
    "PEOPLE",
    "PURPOSES",
    "SEEN_BY",
    "Basis",
    "Datum",
    "Erase",
    "Event",
    "Fades",
    "For",
    "Held",
    "Purpose",
    "Resolved",
    "Retention",
    "Store",
    "Until",
    "as_json",
    "choice",
    "content",
    "declare",
    "erase_of",
    "fingerprint",
    "held",
    "held_of",
    "identifier",
    "link",
    "moment",
    "not_personal",
    "person_paths",
    "problems",
    "purpose",
    "purposes",
    "reads",
    "resolve",
    "serves",
    "store",
    "stores",
    "technical",
    "value_after",
    "work",
]
