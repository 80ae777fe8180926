"""Deny rules: what stands before a person's things whatever audience they chose."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from privacy.gate.viewer import Viewer

STATE = "state"  # leaving, suspended
RESTRICTED = "restricted"  # their owner asked us to keep their data and not to use it
BLOCKS = "blocks"
CHILDREN = "children"  # stands before every audience, and before `also`
APPS = "apps"  # stands before everything, one's own and one's own sound included
INDEX = "index"
ORDER = (STATE, RESTRICTED, BLOCKS, CHILDREN, APPS, INDEX)  # in which they are asked


@dataclass(frozen=True)
class DenyRule:
    """One condition on people, in both directions.

    - `rows(path, viewer)`: on rows, by the path to the person, whom this viewer may get at.
    - `people(key)`: on users, who may get at the person with this key.
    - `before_overseers`: it stops those too who answer for the person.
    """

    name: str
    rows: Callable[[str, Viewer], Q]
    people: Callable[[Any], Q]
    before_overseers: bool = False
