"""The policy that runs: clauses in Markdown, each with the promises it covers and the tests
that enforce it. A clause exists only for what works.

`texts` reads the clauses, `marks` the tests, `versions` keeps what each version said, `compare`
shows how two differ. Which version is in force on this site is `privacy.releases`' to say.
"""

from typing import Any

from django.conf import settings

from integrations import providers
from privacy import datamap
from privacy.policy.texts import Clause, clauses, forget, promises, rendered, tests

__all__ = ["Clause", "clauses", "forget", "promises", "rendered", "tests"]

EFFECTIVE = "2026-11-22"


def problems() -> list[str]:
    """Return what is wrong with the policy, one sentence each."""
    known = set(promises())
    ids = [clause.id for clause in clauses()]
    found = [f"Clause id {one} is used twice." for one in {i for i in ids if ids.count(i) > 1}]
    for clause in clauses():
        found += [
            f"Clause {clause.id} covers the unknown promise {promise}."
            for promise in clause.covers
            if promise not in known
        ]
        if not clause.tests:
            found.append(f"Clause {clause.id} has no test marked with it.")
    marked = tests()
    found += [
        f"{', '.join(marked[one])} enforces the unknown clause {one}."
        for one in sorted(set(marked) - set(ids))
    ]
    return found


def as_json() -> dict[str, Any]:
    covered = {promise for clause in clauses() for promise in clause.covers}
    return {
        "clauses": [
            {
                "id": clause.id,
                "title": clause.title,
                "since": clause.since,
                "covers": list(clause.covers),
                "tests": list(clause.tests),
            }
            for clause in clauses()
        ],
        "uncovered": [promise for promise in promises() if promise not in covered],
    }


COOKIES = [
    {
        "name": settings.SESSION_COOKIE_NAME,
        "purpose": "keeps you signed in",
        "lifetime": "30 days, or until you sign out",
    },
    {
        "name": settings.CSRF_COOKIE_NAME,
        "purpose": "proves that a form was sent from our own page",
        "lifetime": "1 year",
    },
]


def facts() -> dict[str, Any]:
    """Return what the page tells from the data map and the configuration of this site."""
    rows = [item for item in datamap.held() if item.purposes]
    return {
        "region": settings.REGION,
        "contact": settings.CONTACT_EMAIL,
        "purposes": datamap.PURPOSES,
        "data": [
            {
                "label": item.label,
                "purposes": [datamap.PURPOSES[name] for name in item.purposes],
                "basis": item.basis.value,
                "retention": item.kept,
                "erased": item.kept_because or item.erased_how or item.erase.value,
            }
            for item in rows
        ],
        "stores": datamap.stores(),
        "cookies": COOKIES,
        "providers": providers.configured(),
    }
