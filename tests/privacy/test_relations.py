"""Relations put together: one expression, read as rows and as people."""

from typing import Any

from django.db import connection
from django.db.models import Model, Q
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from bands.relations import in_band
from privacy.gate import access
from privacy.gate.relations import AllOf, AnyOf, Anyone, If, Nobody, Person, Relation
from privacy.gate.viewer import NOBODY, Viewer
from sessions_app.models import Recording
from tests.cast import Cast


class NeverAsked(Relation):
    """A relation that is known not to matter by the time it would be asked."""

    def rows(self, viewer: Viewer) -> Q:
        raise AssertionError("asked for rows")

    def people(self, obj: Model) -> Q:
        raise AssertionError("asked for people")


def both(relation: Relation, viewer: Viewer, take: Recording) -> tuple[set[str], set[str]]:
    """Return the audiences of the rows that a viewer is tied to, and who is tied to a recording."""
    rows: Any = Recording.objects.filter(relation.rows(viewer), owner=take.owner)
    people = User.objects.filter(relation.people(take), username__in=("owner", "stranger"))
    return set(rows.values_list("audience", flat=True)), set(
        people.values_list("username", flat=True)
    )


def test_parts_mean_the_same_in_both_directions(cast: Cast) -> None:
    take, owner = cast.recordings["public"], cast.viewer("owner")
    everything, all_people = {"public", "participants", "me"}, {"owner", "stranger"}
    public = If(Q(audience="public"), Anyone())
    mine = Person("owner")
    for relation, rows, people in (
        (AllOf(()), everything, all_people),
        (AnyOf(()), set(), set()),
        (public & mine, {"public"}, {"owner"}),
        (public | mine, everything, all_people),
        (mine & Nobody(), set(), set()),
        (Nobody() | mine, everything, {"owner"}),
        (mine & Anyone(), everything, {"owner"}),
        (If(Q(audience="me"), Anyone()), {"me"}, set()),
        (If(Q(), public), {"public"}, all_people),
    ):
        assert both(relation, owner, take) == (rows, people), relation
    assert both(public | mine, NOBODY, take) == ({"public"}, all_people)


def test_no_more_is_asked_than_it_takes_to_know(cast: Cast) -> None:
    take, owner = cast.recordings["me"], cast.viewer("owner")
    for relation, shown in ((Nobody() & NeverAsked(), False), (Anyone() | NeverAsked(), True)):
        rows, people = both(relation, owner, take)
        assert (bool(rows), bool(people)) == (shown, shown)


def test_without_a_band_nobody_is_in_it(cast: Cast) -> None:
    take = cast.recordings["public"]
    assert take.band_id is None
    assert both(in_band("band_id"), cast.viewer("owner"), take) == (set(), set())


def test_fan_out_asks_no_deny_rule_about_what_nobody_else_is_shown(cast: Cast) -> None:
    asked = {}
    for audience in ("public", "me"):
        with CaptureQueriesContext(connection) as caught:
            access.audience_of(cast.recordings[audience])
        asked[audience] = len(caught)
    assert asked == {"public": 10, "me": 6}
