"""Finding people: each thing that is looked for counts only where the viewer may see it.

Two branches, merged in order. The wide one looks up the words that everybody like the viewer may
know (`public` for visitors, `members` for members), by an index over all people. The narrow one
looks at those whom the viewer follows or has played with, whose words for followers or for who
played with them count too. What either finds is put before the gate in turn, until the page is
full. What comes out are keys in order: week of the last visit, then key.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from django.db.models.functions import Now

from accounts.connections.models import Follow, JammedWith
from accounts.discovery.index_terms import Wanted
from accounts.discovery.models import COLUMNS, Findable
from accounts.profile.models import Profile
from accounts.profile.queries import concealed, findable
from foundation.paging import PAGE_SIZE, Cursor, Page
from foundation.turns import in_turn, looked_up
from privacy.gate import compiled, mutes
from privacy.gate.access import visible
from privacy.gate.audiences import Audience
from privacy.gate.viewer import Viewer

Place = tuple[int, int]  # week and key
_ORDER = Cursor(int, int)
SOME = {audience: COLUMNS[audience] for audience in (Audience.FOLLOWERS, Audience.JAMMED)}


def found(viewer: Viewer, wanted: Wanted, after: str | None, *, size: int = PAGE_SIZE) -> Page[Any]:
    """Return the keys of people found, on the page behind the cursor `after`."""
    rows = matching(viewer, wanted, _ORDER.read(after), size + 1)
    page = _ORDER.page(list(rows), size, tuple)
    return Page([key for _week, key in page.items], page.after)


def cards(viewer: Viewer, wanted: Wanted, after: str | None) -> Page[Profile]:
    """Return a page of people found, with what they show this viewer; the rest is emptied.

    What was looked for is compared with the profile itself once more: words that are still those
    of a moment ago find nobody.
    """
    page = found(viewer, wanted, after)
    rows: dict[int, Any] = findable(viewer, page.items) if page.items else {}
    there = [rows[key] for key in page.items if key in rows]
    still = [row for row in there if all(getattr(row, f"sees_{name}") for name in asked(wanted))]
    return Page([concealed(row) for row in still], page.after)


def asked(wanted: Wanted) -> list[str]:
    """Return the fields of a profile that a search goes by, apart from names."""
    by = {
        "instruments": wanted.instrument or wanted.levels,
        "genres": wanted.genre,
        "languages": wanted.language,
        "place": wanted.country,
        "available": wanted.open_now,
    }
    return [name for name, value in by.items() if value]


def matching(viewer: Viewer, wanted: Wanted, behind: Place | None, most: int) -> Any:
    """Return (week, key) of people who match, in order, in one query."""
    widest = Audience.MEMBERS if viewer.is_member else Audience.PUBLIC
    condition = _within(viewer, widest, wanted)
    if viewer.app is not None and viewer.is_member:
        # Who keeps other people's apps out shows them what is public.
        condition |= _within(viewer, Audience.PUBLIC, wanted)
    wide = _seen(viewer, shown_to(widest, wanted, behind), [condition], most)
    if not viewer.is_member or wanted == Wanted():  # everybody is anybody for all members
        return wide
    known = Findable.objects.filter(_known(viewer), *_told_to_some(wanted))
    narrow = _seen(viewer, _ordered(known, behind), _each(viewer, wanted), most)
    return wide.union(narrow).order_by("-week", "-user_id")[:most]


def shown_to(audience: Audience, wanted: Wanted, behind: Place | None) -> QuerySet[Findable]:
    """Return who tells an audience everything that is looked for, in order, as indexes answer."""
    rows = Findable.objects.filter(_words(audience, wanted))
    if wanted.town is not None and wanted.within:
        rows = looked_up(rows)  # of so many towns, most of which have nobody
    return _ordered(rows, behind)


def _ordered(rows: QuerySet[Findable], behind: Place | None) -> QuerySet[Findable]:
    """Return people in order, from behind a place on."""
    if behind:  # one comparison of both, which the index answers: many were here in the same week
        rows = rows.filter(TupleLessThan(Tuple("week", "user"), behind))
    return rows.order_by("-week", "-user")


def _seen(viewer: Viewer, rows: QuerySet[Findable], by: Iterable[Q], most: int) -> Any:
    """Return the first of the people found who are found by what this viewer may see."""

    def ask(people: QuerySet[Findable]) -> QuerySet[Findable]:
        others = people.filter(*by).exclude(user=viewer.user_id or 0)
        return mutes.heard(visible(others, viewer), viewer, "user")

    return in_turn(rows, ask, most).values_list("week", "user_id")


def _known(viewer: Viewer) -> Q:
    """Return the condition for people whom the viewer follows or has played with."""
    followed = Follow.objects.filter(follower=viewer.user_id, state=Follow.State.ACCEPTED)
    played = JammedWith.objects.filter(partner=viewer.user_id).order_by()
    keys = followed.order_by().values("followee").union(played.values("person"), all=True)
    return Q(user__in=keys)


def _words(audience: Audience, wanted: Wanted) -> Q:
    """Return the condition that everything looked for is told to an audience."""
    column, condition = COLUMNS[audience], Q()
    criteria = list(wanted.criteria())
    if exact := [words[0] for words in criteria if len(words) == 1]:
        condition &= Q(**{f"{column}__contains": exact})
    for words in criteria:
        if len(words) > 1:
            condition &= Q(**{f"{column}__overlap": words})
    if wanted.open_now:
        audiences = {Audience.PUBLIC, audience}
        condition &= Q(open_until__gt=Now(), open_audience__in=sorted(audiences))
    return condition


def _told_to_some(wanted: Wanted) -> Iterator[Q]:
    """Yield conditions that who is found by what they don't tell all members meets, short first."""
    some = Q(*(~Q(**{column: []}) for column in SOME.values()), _connector=Q.OR)
    if wanted.open_now:
        yield Q(open_until__gt=Now())
        some |= Q(open_audience__in=list(SOME))
    yield some
    for words in sorted(wanted.criteria(), key=len):
        yield _any([COLUMNS[Audience.MEMBERS], *SOME.values()], words)


def _any(columns: Iterable[str], words: list[str]) -> Q:
    return Q(*(Q(**{f"{column}__overlap": words}) for column in columns), _connector=Q.OR)


def _within(viewer: Viewer, audience: Audience, wanted: Wanted) -> Q:
    """Return the condition that everything looked for is shown to an audience, viewer included."""
    return compiled.audience_rows_for(Findable, audience, viewer) & _words(audience, wanted)


def _each(viewer: Viewer, wanted: Wanted) -> Iterator[Q]:
    """Yield, for each thing looked for, the condition that it is shown to this viewer."""
    among = {column: compiled.audience_rows_for(Findable, column, viewer) for column in COLUMNS}
    for words in wanted.criteria():
        condition = Q()
        for audience, column in COLUMNS.items():
            condition |= among[audience] & _any([column], words)
        yield condition
    if wanted.open_now:
        condition = Q()
        for audience in COLUMNS:
            condition |= among[audience] & Q(open_audience=audience)
        yield Q(open_until__gt=Now()) & condition
