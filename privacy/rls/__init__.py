"""The wall: row-level security in PostgreSQL, the second thing that stands before private rows.

The gate (`privacy.gate.access`) filters what Jamsite asks for. The wall holds when somebody forgets
to ask it: the web logs in as a role to which PostgreSQL itself shows only what the rule of the
model shows, generated from that rule. See docs/visibility.md.
"""

from privacy.rls.declare import Guard, guarded, protect
from privacy.rls.viewer_identity import as_system, looking, of

__all__ = ["Guard", "as_system", "guarded", "looking", "of", "protect"]
