"""Children, guardians, partners, classes: whoever answers for a child, and what it may do."""
