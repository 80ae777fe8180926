"""Row-level security in PostgreSQL: the second thing that stands before private rows.

The gate (`privacy.gate.access`) filters what Jamsite asks for. Row-level security holds when
somebody forgets to ask it: the web logs in as a role to which PostgreSQL itself shows only what the
rule of the model shows, generated from that rule. See docs/row-security.md.
"""

from privacy.rls.declare import WritePolicies, protect, protected_models
from privacy.rls.viewer_identity import bypass_rls, looking, of

__all__ = ["WritePolicies", "bypass_rls", "looking", "of", "protect", "protected_models"]
