"""The policy that runs: clauses in Markdown, each with the promises it covers and the tests
that enforce it. A clause exists only for what works.

`texts` reads the clauses, `marks` the tests, `site` the data map and the configuration; `versions`
keeps what each version said, `compare` shows how two differ, `search` finds words. Which version
is in force on this site is `privacy.policy.releases`' to say.
"""

from typing import Any

from privacy.policy.site import cookies, facts
from privacy.policy.texts import (
    Clause,
    clauses,
    forget,
    marked,
    promises,
    rendered,
    shown,
    tests,
    write_checks,
)

__all__ = [
    "Clause",
    "clauses",
    "cookies",
    "facts",
    "forget",
    "promises",
    "rendered",
    "shown",
    "tests",
    "write_checks",
]


def problems() -> list[str]:
    """Return what is wrong with the policy, one sentence each."""
    known = set(promises())
    ids = [clause.id for clause in clauses()]
    faults = [
        f"Clause id {clause_id} is used twice."
        for clause_id in {i for i in ids if ids.count(i) > 1}
    ]
    parts = {promise for clause in clauses() for promise in clause.partly}
    for clause in clauses():
        faults += [
            f"Clause {clause.id} covers the unknown promise {promise}."
            for promise in (*clause.covers, *clause.partly)
            if promise not in known
        ]
        faults += [
            f"Clause {clause.id} covers all of {promise}, another says that it shows a part."
            for promise in clause.covers
            if promise in parts
        ]
        faults += [
            f"Clause {clause.id} covers {promise}, and no test is marked with that promise."
            for promise in clause.covers
            if not shown().get(promise)
        ]
        if not marked().get(clause.id):
            faults.append(f"Clause {clause.id} has no test marked with it.")
    faults += [
        f"{', '.join(marked()[clause_id])} enforces the unknown clause {clause_id}."
        for clause_id in sorted(set(marked()) - set(ids))
    ]
    if marked() != tests():
        faults.append(
            "Other tests stand behind the clauses than privacy/policy/checks.json says: "
            "manage.py policy --draft writes it anew."
        )
    return faults


def as_json() -> dict[str, Any]:
    covered = {promise for clause in clauses() for promise in clause.covers}
    return {
        "clauses": [
            {
                "id": clause.id,
                "title": clause.title,
                "since": clause.since,
                "covers": list(clause.covers),
                "partly": list(clause.partly),
                "tests": list(clause.tests),
            }
            for clause in clauses()
        ],
        "uncovered": [promise for promise in promises() if promise not in covered],
        "partly": sorted({promise for clause in clauses() for promise in clause.partly}),
    }
